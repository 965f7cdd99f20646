import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { AccountsModule } from '../accounts/accounts.module.js';
import { DeniedRequestsModule } from '../platform/http/denied-requests.module.js';
import { AccountsLoginController } from './accounts-login.controller.js';
import { LoginController } from './login.controller.js';
import { LoginService } from './login.service.js';
import { LoginTokenStrategy } from './login-token.strategy.js';
import { FactorChallenges, OldChallenges } from './second-factor/factor-challenges.js';
import { FactorChanges } from './second-factor/factor-changes.js';
import { MemberFactorController } from './second-factor/member-factor.controller.js';
import { OwnFactorsService } from './second-factor/own-factors.service.js';
import { OwnerTransactions } from './second-factor/owner-transactions.js';
import { PasskeysService } from './second-factor/passkeys.service.js';
import { RecoveryCodes } from './second-factor/recovery-codes.js';
import { SecondFactorController } from './second-factor/second-factor.controller.js';
import { TotpService } from './second-factor/totp.service.js';
import { WebAuthn } from './second-factor/webauthn.js';
import { LoginChallenges } from './second-step/login-challenges.js';
import { SecondStepController } from './second-step/second-step.controller.js';
import { SecondStepService } from './second-step/second-step.service.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { LoginTokens } from './login-tokens.js';

/** Authenticates callers: three logins, whose tokens are valid on all surfaces. */
@Module({
  imports: [AccountsModule, PassportModule, DeniedRequestsModule],
  controllers: [
    LoginController,
    AccountsLoginController,
    MemberFactorController,
    SecondFactorController,
    SecondStepController,
    SessionsController,
  ],
  exports: [LoginTokenStrategy],
  providers: [
    FactorChallenges,
    FactorChanges,
    LoginChallenges,
    LoginService,
    LoginTokens,
    LoginTokenStrategy,
    OldChallenges,
    OwnFactorsService,
    OwnerTransactions,
    PasskeysService,
    RecoveryCodes,
    SecondStepService,
    SessionsService,
    TotpService,
    WebAuthn,
  ],
})
export class AuthModule {}
