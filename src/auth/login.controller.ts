import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Visitor } from '../access/caller.js';
import type { Actor } from '../platform/events/actor.js';
import { Message } from '../platform/http/surfaces/answers.js';
import { Public } from '../platform/http/requirement.js';
import { Answers, Refuses } from '../platform/http/route-facts.js';
import { ClientLoginView, LoginBody, MerchantLoginView } from './login.dto.js';
import { presentClientLogin, presentMerchantLogin } from './login.presenter.js';
import { LOGIN_REFUSALS, LoginService } from './login.service.js';
import { LoginTokens } from './login-tokens.js';

@Controller()
export class LoginController {
  constructor(
    private readonly logins: LoginService,
    private readonly tokens: LoginTokens,
  ) {}

  /**
   * Log in as a client
   *
   * The login token is valid on every surface. An account with a second factor is refused with 401 `login.second_factor_required` and a
   * challenge, with which you go on at `POST /api/auth/login/second-factor`.
   */
  @Post('api/auth/login')
  @Answers('The login token, and the user that it belongs to.')
  @Refuses(...LOGIN_REFUSALS)
  @HttpCode(200)
  @Public({ limit: 'failures' })
  @Message('Login successful')
  async logInClient(@Visitor() visitor: Actor, @Body() { username, password }: LoginBody): Promise<ClientLoginView> {
    return presentClientLogin(await this.logins.login(visitor, username, password));
  }

  /**
   * Log in
   *
   * The login token is valid on every surface. An account with a second factor is refused with 401 `login.second_factor_required` and a
   * challenge, with which you go on at `POST /api/v1/auth/login/second-factor`.
   */
  @Post('api/v1/auth/login')
  @Answers('The login token.')
  @Refuses(...LOGIN_REFUSALS)
  @HttpCode(200)
  @Public({ limit: 'failures' })
  async logInMerchant(
    @Visitor() visitor: Actor,
    @Body() { username, password }: LoginBody,
  ): Promise<MerchantLoginView> {
    return presentMerchantLogin(await this.logins.login(visitor, username, password), this.tokens.ttlSeconds);
  }
}
