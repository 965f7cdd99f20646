import { Body, Controller, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { Caller, Visitor } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Public, Requires } from '../../access/requires.js';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { AccountsService } from '../accounts.service.js';
import {
  AccountAnswer,
  AvailableUsernameBody,
  ConfirmedEmailAnswer,
  SignUpAnswer,
  SignUpBody,
  TakenUsernameAnswer,
  UpdateAccountBody,
} from './own-account.dto.js';
import { presentAccount } from './own-account.presenter.js';
import { OwnAccountService } from './own-account.service.js';
import { SignupService } from './signup.service.js';

@Controller()
export class OwnAccountController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly ownAccount: OwnAccountService,
    private readonly signup: SignupService,
  ) {}

  /**
   * Sign up
   *
   * The confirmation id goes out by mail. A known address gets the same answer.
   */
  @Post('signup')
  @Public()
  signUp(@Visitor() visitor: Actor, @Body() body: SignUpBody): Promise<SignUpAnswer> {
    return this.signup.signUp(visitor, body);
  }

  /**
   * Confirm a new e-mail address
   *
   * The link that was mailed to the new address.
   *
   * @throws {404} The link is unknown or was used already.
   * @throws {409} The address belongs to another account by now.
   */
  @Get('confirm/email/:id')
  @Public()
  async confirmEmail(@Visitor() visitor: Actor, @Param('id') id: string): Promise<ConfirmedEmailAnswer> {
    return { email: (await this.ownAccount.confirmEmail(visitor, id)).email };
  }

  /** Tell who a login token belongs to */
  @Get('whoami/jwt')
  @Requires(LEVELS.authenticate, { withoutConsent: true })
  async whoAmI(@Caller() caller: Caller): Promise<AccountAnswer> {
    return { account: presentAccount(await this.ownAccount.read(caller)) };
  }

  /** Read your account */
  @Get(['account/jwt', 'account/key'])
  @Requires(LEVELS.readOwn, { withoutConsent: true })
  async readAccount(@Caller() caller: Caller): Promise<AccountAnswer> {
    return { account: presentAccount(await this.ownAccount.read(caller)) };
  }

  /**
   * Change your account
   *
   * Withdrawing consent (0) ends all your personal keys; consenting again brings none back. A key that is weaker than its owner can't
   * set the password or the address.
   *
   * @throws {409} The user name is taken.
   */
  @Patch(['account/jwt', 'account/key'])
  @Requires(LEVELS.writeSome, { withoutConsent: true })
  async updateAccount(@Caller() caller: Caller, @Body() body: UpdateAccountBody): Promise<AccountAnswer> {
    return { account: presentAccount(await this.ownAccount.update(caller, body)) };
  }

  /**
   * Ask whether a user name is taken
   *
   * @throws {404} It is free.
   */
  @Post(['available/username/jwt', 'available/username/key'])
  @HttpCode(200)
  @Requires(LEVELS.readSome)
  async isUsernameTaken(@Body() { username }: AvailableUsernameBody): Promise<TakenUsernameAnswer> {
    if (!(await this.accounts.isTaken(username))) throw new DomainError('username.free');
    return { username, available: false };
  }
}
