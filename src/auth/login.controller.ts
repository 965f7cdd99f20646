import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Visitor } from '../access/caller.js';
import { Public } from '../access/requires.js';
import type { Actor } from '../platform/events/actor.js';
import { Message } from '../platform/http/surfaces/answers.js';
import { ClientLoginView, LoginBody, MerchantLoginView } from './login.dto.js';
import { presentClientLogin, presentMerchantLogin } from './login.presenter.js';
import { LoginService } from './login.service.js';
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
   * The token is good on all surfaces.
   *
   * @throws {401} Wrong user name or password.
   * @throws {403} The account or its client is not active.
   */
  @Post('api/auth/login')
  @HttpCode(200)
  @Public()
  @Message('Login successful')
  async logInClient(@Visitor() visitor: Actor, @Body() { username, password }: LoginBody): Promise<ClientLoginView> {
    return presentClientLogin(await this.logins.login(visitor, { username }, password));
  }

  /**
   * Log in
   *
   * The token is good on all surfaces.
   *
   * @throws {401} Wrong user name or password.
   * @throws {403} The account or its merchant is not active.
   */
  @Post('api/v1/auth/login')
  @HttpCode(200)
  @Public()
  async logInMerchant(
    @Visitor() visitor: Actor,
    @Body() { username, password }: LoginBody,
  ): Promise<MerchantLoginView> {
    return presentMerchantLogin(await this.logins.login(visitor, { username }, password), this.tokens.ttlSeconds);
  }
}
