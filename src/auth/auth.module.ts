import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { AccountsModule } from '../accounts/accounts.module.js';
import { DeniedRequestsModule } from '../platform/http/denied-requests.module.js';
import { VerificationModule } from '../verification/verification.module.js';
import { AccountsLoginController } from './accounts-login.controller.js';
import { KeyPairStrategy } from '../verification/http/key-pair.strategy.js';
import { LoginController } from './login.controller.js';
import { LoginService } from './login.service.js';
import { LoginThrottle } from './login-throttle.js';
import { LoginTokenStrategy } from './login-token.strategy.js';
import { LoginTokens } from './login-tokens.js';

/** How callers prove who they are: three logins with one token, and key pairs. */
@Module({
  imports: [AccountsModule, PassportModule, DeniedRequestsModule, VerificationModule],
  controllers: [LoginController, AccountsLoginController],
  exports: [LoginTokenStrategy],
  providers: [LoginService, LoginThrottle, LoginTokens, LoginTokenStrategy, KeyPairStrategy],
})
export class AuthModule {}
