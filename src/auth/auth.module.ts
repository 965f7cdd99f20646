import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { AccountsModule } from '../accounts/accounts.module.js';
import { DeniedRequestsModule } from '../platform/http/denied-requests.module.js';
import { AccountsLoginController } from './accounts-login.controller.js';
import { LoginController } from './login.controller.js';
import { LoginService } from './login.service.js';
import { LoginTokenStrategy } from './login-token.strategy.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { LoginTokens } from './login-tokens.js';

/** Authenticates callers: three logins, whose tokens are valid on all surfaces. */
@Module({
  imports: [AccountsModule, PassportModule, DeniedRequestsModule],
  controllers: [LoginController, AccountsLoginController, SessionsController],
  exports: [LoginTokenStrategy],
  providers: [LoginService, LoginTokens, LoginTokenStrategy, SessionsService],
})
export class AuthModule {}
