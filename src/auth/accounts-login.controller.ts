import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { Visitor } from '../access/caller.js';
import { ConfirmSignUpBody } from '../accounts/own-account/own-account.dto.js';
import { SignupService } from '../accounts/own-account/signup.service.js';
import type { Actor } from '../platform/events/actor.js';
import { ErrorMessages } from '../platform/http/surfaces/answers.js';
import { Public } from '../platform/http/requirement.js';
import { Answers, PathParameter, Refuses } from '../platform/http/route-facts.js';
import { CONFIRMATION_ID } from '../accounts/own-account/own-account.dto.js';
import { AccountLoginAnswer, AccountLoginBody, LOGIN_EXAMPLES } from './accounts-login.dto.js';
import { presentAccountLogin } from './login.presenter.js';
import { LOGIN_REFUSALS, LoginService } from './login.service.js';

@Controller()
@PathParameter('id', ...CONFIRMATION_ID)
export class AccountsLoginController {
  constructor(
    private readonly logins: LoginService,
    private readonly signup: SignupService,
  ) {}

  /**
   * Log in to your account
   *
   * With the username, the e-mail address or the number of the account. The login token is valid on every surface. An account with a second factor is
   * refused with 401 `login.second_factor_required` and a challenge, with which you go on at `POST /login/second-factor`.
   */
  @Post('login')
  @ApiBody({ type: AccountLoginBody, examples: LOGIN_EXAMPLES })
  @Answers('The login token, and the account that it belongs to.')
  @Refuses(...LOGIN_REFUSALS)
  @HttpCode(200)
  @Public({ limit: 'failures' })
  logInAccount(@Visitor() visitor: Actor, @Body() body: AccountLoginBody): Promise<AccountLoginAnswer> {
    return this.logIn(visitor, body);
  }

  /**
   * Sign in to your account
   *
   * Does the same as `/login`.
   */
  @Post('signin')
  @ApiBody({ type: AccountLoginBody, examples: LOGIN_EXAMPLES })
  @Answers('The login token, and the account that it belongs to.')
  @Refuses(...LOGIN_REFUSALS)
  @HttpCode(200)
  @Public({ limit: 'failures' })
  @ErrorMessages({ 'login.failed': { message: 'signInFailed' } })
  signInAccount(@Visitor() visitor: Actor, @Body() body: AccountLoginBody): Promise<AccountLoginAnswer> {
    return this.logIn(visitor, body);
  }

  /**
   * Confirm a signup
   *
   * With the confirmation id from the mail, which works once. Also logs in.
   *
   * @throws {403} The merchant is blocked.
   */
  @Post('confirm/signup/:id')
  @Answers('The login token, and the account that it belongs to.')
  @Refuses('confirmation.not_found', 'password.too_short', 'access.account_inactive', 'unavailable')
  @HttpCode(200)
  @Public()
  async confirmSignUp(
    @Visitor() visitor: Actor,
    @Param('id') id: string,
    @Body() body: ConfirmSignUpBody,
  ): Promise<AccountLoginAnswer> {
    const account = await this.signup.confirm(visitor, id, body);
    return presentAccountLogin(await this.logins.open(visitor, account));
  }

  private async logIn(
    visitor: Actor,
    { username, email, id, password }: AccountLoginBody,
  ): Promise<AccountLoginAnswer> {
    const name = username ?? email ?? id ?? '';
    return presentAccountLogin(await this.logins.login(visitor, name, password));
  }
}
