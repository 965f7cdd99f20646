import { Body, Controller, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { Caller, Visitor } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Public } from '../../platform/http/requirement.js';
import { LoginNames } from '../login-names.js';
import { Answers, PathParameter, Refuses } from '../../platform/http/route-facts.js';
import {
  AccountAnswer,
  AvailableUsernameBody,
  CONFIRMATION_ID,
  ConfirmedEmailAnswer,
  NewPasswordBody,
  RecoverAnswer,
  RecoverBody,
  SignUpAnswer,
  SignUpBody,
  TakenUsernameAnswer,
  UpdateAccountBody,
  UPDATE_ACCOUNT_EXAMPLES,
} from './own-account.dto.js';
import { presentAccount } from './own-account.presenter.js';
import { OwnAccountService } from './own-account.service.js';
import { RecoveryService } from './recovery.service.js';
import { SignupService } from './signup.service.js';

@Controller()
@PathParameter('id', ...CONFIRMATION_ID)
export class OwnAccountController {
  constructor(
    private readonly names: LoginNames,
    private readonly ownAccount: OwnAccountService,
    private readonly recovery: RecoveryService,
    private readonly signup: SignupService,
  ) {}

  /**
   * Sign up
   *
   * The confirmation id is sent by mail. A known address gets the same answer, and so does one that may not sign up because it was not invited.
   */
  @Post('signup')
  @Answers('The address that the confirmation was sent to.')
  @Refuses('signup.closed', 'mail.unavailable', 'unavailable')
  @Public()
  signUpAccount(@Visitor() visitor: Actor, @Body() body: SignUpBody): Promise<SignUpAnswer> {
    return this.signup.signUp(visitor, body);
  }

  /**
   * Recover your account
   *
   * A link that sets a new password is sent by mail, if an account has this address. The answer is the same for all addresses.
   */
  @Post('recover')
  @Answers('The address that the link is sent to, if it is known.')
  @Refuses('mail.unavailable', 'unavailable')
  @HttpCode(200)
  @Public()
  async recoverAccount(@Visitor() visitor: Actor, @Body() { email }: RecoverBody): Promise<RecoverAnswer> {
    await this.recovery.request(visitor, email);
    return { email };
  }

  /**
   * Set a new password
   *
   * With the id from the mail. All sessions of the account end.
   */
  @Post('confirm/recovery/:id')
  @Answers("The account's e-mail address.")
  @Refuses('confirmation.not_found', 'password.too_short', 'unavailable')
  @HttpCode(200)
  @Public()
  async setNewPassword(
    @Visitor() visitor: Actor,
    @Param('id') id: string,
    @Body() { password }: NewPasswordBody,
  ): Promise<RecoverAnswer> {
    return { email: (await this.recovery.recover(visitor, id, password)).email };
  }

  /**
   * Confirm a new e-mail address
   *
   * With the id from the mail that was sent to the new address. All other sessions of the account end.
   */
  @Post('confirm/email/:id')
  @HttpCode(200)
  @Answers("The account's new e-mail address.")
  @Refuses('confirmation.not_found', 'email.taken', 'unavailable')
  @Public()
  async confirmEmail(@Visitor() visitor: Actor, @Param('id') id: string): Promise<ConfirmedEmailAnswer> {
    return { email: (await this.ownAccount.confirmEmail(visitor, id)).email };
  }

  /** Read the account of a login token */
  @Get('whoami/jwt')
  @Answers('The account.')
  @Requires(LEVELS.authenticate, { withoutConsent: true, withoutSecondFactor: true })
  async whoAmI(@Caller() caller: Caller): Promise<AccountAnswer> {
    return { account: presentAccount(await this.ownAccount.read(caller)) };
  }

  /** Read your account */
  @Get(['account/jwt', 'account/key'])
  @Answers('The account.')
  @Requires(LEVELS.readOwn, { by: 'lastSegment', withoutConsent: true })
  async readAccount(@Caller() caller: Caller): Promise<AccountAnswer> {
    return { account: presentAccount(await this.ownAccount.read(caller)) };
  }

  /**
   * Change your account
   *
   * Withdrawing consent (0) deletes all your personal keys; giving consent again restores none. A key cannot set the
   * password or the e-mail address, and a key whose level is below its owner's can set nothing but the language.
   */
  @Patch(['account/jwt', 'account/key'])
  @ApiBody({ type: UpdateAccountBody, examples: UPDATE_ACCOUNT_EXAMPLES })
  @Answers('The changed account.')
  @Refuses(
    'username.taken',
    'password.current_missing',
    'password.current_wrong',
    'access.login_too_old',
    'password.not_allowed',
    'password.too_short',
    'mail.unavailable',
    'login.throttled',
    'unavailable',
  )
  @Requires(LEVELS.writeSome, { by: 'lastSegment', withoutConsent: true })
  async updateAccount(@Caller() caller: Caller, @Body() body: UpdateAccountBody): Promise<AccountAnswer> {
    return { account: presentAccount(await this.ownAccount.update(caller, body)) };
  }

  /** Check whether a username is taken */
  @Post(['available/username/jwt', 'available/username/key'])
  @Answers('The username, which is taken.')
  @Refuses('username.free')
  @HttpCode(200)
  @Requires(LEVELS.readSome, { by: 'lastSegment' })
  async isUsernameTaken(@Body() { username }: AvailableUsernameBody): Promise<TakenUsernameAnswer> {
    if (!(await this.names.isTaken(username))) throw new DomainError('username.free');
    return { username, available: false };
  }
}
