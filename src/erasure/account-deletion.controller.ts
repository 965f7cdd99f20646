import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Requires } from '../access/requires.js';
import { Answers, Refuses } from '../platform/http/route-facts.js';
import { DeleteAccountBody, DeletedAccountAnswer } from './account-deletion.dto.js';
import { AccountDeletion } from './account-deletion.service.js';

@Controller('account')
export class AccountDeletionController {
  constructor(private readonly deletion: AccountDeletion) {}

  /**
   * Delete your account
   *
   * For good. Your personal keys, sessions and links end at once, your names are free again, and what the audit trail says of you (names, addresses, user
   * agents) is erased in the following minutes. Keys that you made for your merchant stay. The last manager of a merchant cannot go while
   * others are left.
   */
  @Post('delete/jwt')
  @HttpCode(200)
  @Answers('Whether your merchant is deleted, too.')
  @Refuses(
    'password.current_missing',
    'password.current_wrong',
    'access.login_too_old',
    'login.throttled',
    'member.last_manager',
    'member.last_admin',
    'merchant.operators',
    'unavailable',
  )
  @Requires(LEVELS.authenticate, { withoutConsent: true })
  async deleteAccount(@Caller() caller: Caller, @Body() body: DeleteAccountBody): Promise<DeletedAccountAnswer> {
    return { merchantDeleted: await this.deletion.delete(caller, body) };
  }
}
