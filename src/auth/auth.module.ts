import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '../accounts/accounts.module.js';
import { Config } from '../platform/config/config.js';
import { DeniedRequestsModule } from '../platform/http/denied-requests.module.js';
import { AccountsLoginController } from './accounts-login.controller.js';
import { LoginController } from './login.controller.js';
import { LoginService } from './login.service.js';
import { LoginTokenStrategy } from './login-token.strategy.js';
import { FactorChallenges, OldChallenges } from './second-factor/factor-challenges.js';
import { FactorChanges } from './second-factor/factor-changes.js';
import { MemberFactorController } from './second-factor/member-factor.controller.js';
import { OwnFactorsService } from './second-factor/own-factors.service.js';
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
import { SessionCookie } from './session-cookie.js';
import { NewAccounts } from './oidc/new-accounts.js';
import { OidcAccounts } from './oidc/oidc-accounts.js';
import { OidcCompletedSignIn } from './oidc/oidc-completed-sign-in.entity.js';
import { OidcController } from './oidc/oidc.controller.js';
import { OidcIdentity } from './oidc/oidc-identity.entity.js';
import { OidcProvider } from './oidc/oidc-provider.js';
import { OidcService } from './oidc/oidc.service.js';
import { OIDC_SETTINGS, readOidcSettings } from './oidc/oidc-settings.js';
import { OldSignIns } from './oidc/old-sign-ins.js';
import { SignInCookie } from './oidc/sign-in-cookie.js';

/** Authenticates callers: three logins and the sign-in with an OpenID provider, whose tokens are valid on all surfaces. */
@Module({
  imports: [
    AccountsModule,
    PassportModule,
    DeniedRequestsModule,
    TypeOrmModule.forFeature([OidcCompletedSignIn, OidcIdentity]),
  ],
  controllers: [
    LoginController,
    AccountsLoginController,
    MemberFactorController,
    OidcController,
    SecondFactorController,
    SecondStepController,
    SessionsController,
  ],
  exports: [
    LoginService,
    LoginTokens,
    LoginTokenStrategy,
    OidcService,
    SecondStepService,
    SessionCookie,
    SessionsService,
    SignInCookie,
  ],
  providers: [
    { provide: OIDC_SETTINGS, useFactory: readOidcSettings, inject: [Config] },
    FactorChallenges,
    FactorChanges,
    LoginChallenges,
    LoginService,
    LoginTokens,
    LoginTokenStrategy,
    NewAccounts,
    OidcAccounts,
    OidcProvider,
    OidcService,
    OldChallenges,
    OldSignIns,
    OwnFactorsService,
    PasskeysService,
    RecoveryCodes,
    SecondStepService,
    SessionCookie,
    SessionsService,
    SignInCookie,
    TotpService,
    WebAuthn,
  ],
})
export class AuthModule {}
