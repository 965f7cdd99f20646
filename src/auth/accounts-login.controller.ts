import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Visitor } from '../access/caller.js';
import { Public } from '../access/requires.js';
import { ConfirmSignUpBody } from '../accounts/own-account/own-account.dto.js';
import { SignupService } from '../accounts/own-account/signup.service.js';
import type { Actor } from '../platform/events/actor.js';
import { ErrorMessages } from '../platform/http/surfaces/answers.js';
import { AccountLoginAnswer, AccountLoginBody } from './accounts-login.dto.js';
import { presentAccountLogin } from './login.presenter.js';
import { LoginService } from './login.service.js';

@Controller()
export class AccountsLoginController {
  constructor(
    private readonly logins: LoginService,
    private readonly signup: SignupService,
  ) {}

  /**
   * Log in to your account
   *
   * By user name, e-mail address or number. The token is good on all surfaces.
   *
   * @throws {401} Wrong name or password.
   * @throws {403} The account or its merchant is not active.
   */
  @Post('login')
  @HttpCode(200)
  @Public()
  logInAccount(@Visitor() visitor: Actor, @Body() body: AccountLoginBody): Promise<AccountLoginAnswer> {
    return this.logIn(visitor, body);
  }

  /**
   * Sign in to your account
   *
   * The same as log in.
   *
   * @throws {401} Wrong name or password.
   * @throws {403} The account or its merchant is not active.
   */
  @Post('signin')
  @HttpCode(200)
  @Public()
  @ErrorMessages({ 'login.failed': { message: 'signInFailed' } })
  signInAccount(@Visitor() visitor: Actor, @Body() body: AccountLoginBody): Promise<AccountLoginAnswer> {
    return this.logIn(visitor, body);
  }

  /**
   * Confirm a signup
   *
   * By the confirmation id that was mailed, which is good once. Logs in.
   *
   * @throws {403} The merchant is blocked.
   * @throws {404} The id is unknown or was used already.
   */
  @Post('confirm/signup/:id')
  @HttpCode(200)
  @Public()
  async confirmSignUp(
    @Visitor() visitor: Actor,
    @Param('id') id: string,
    @Body() { consent }: ConfirmSignUpBody,
  ): Promise<AccountLoginAnswer> {
    const account = await this.signup.confirm(visitor, id, consent);
    return presentAccountLogin(await this.logins.open(visitor, account.id));
  }

  private async logIn(
    visitor: Actor,
    { username, email, id, password }: AccountLoginBody,
  ): Promise<AccountLoginAnswer> {
    const name = { username, email, ...(id && { id: Number(id) }) };
    return presentAccountLogin(await this.logins.login(visitor, name, password));
  }
}
