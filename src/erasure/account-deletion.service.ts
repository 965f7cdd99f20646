import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { Account } from '../accounts/account.entity.js';
import { AccountsService } from '../accounts/accounts.service.js';
import { MembersService } from '../accounts/members/members.service.js';
import { MerchantChanges } from '../accounts/merchants/merchant-changes.js';
import { OwnerTransactions } from '../accounts/passwords/owner-transactions.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import type { DeleteAccountBody } from './account-deletion.dto.js';
import { eraseTracesOfPeople } from './erasures.js';
import { deleteBelongings, OF_ACCOUNTS } from './merchant-rows.js';
import { assertNoStaff, lockMerchant } from './merchant-deletion.service.js';

/** Deletes the accounts of people who want it. */
@Injectable()
export class AccountDeletion {
  constructor(
    private readonly accounts: AccountsService,
    private readonly changes: MerchantChanges,
    private readonly members: MembersService,
    private readonly owners: OwnerTransactions,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Deletes the caller's account and has its traces erased. Its personal keys and sessions end at once; other keys that the person made stay.
   *
   * @returns whether the merchant is deleted, too
   * @throws {DomainError} as {@link OwnerTransactions.runChecked}; `member.last_manager` or `member.last_admin`; `merchant.operators`
   */
  async delete(caller: Caller, { currentPassword, deleteMerchant = false }: DeleteAccountBody): Promise<boolean> {
    const { merchantId } = caller;
    const checked = await this.owners.check(caller, currentPassword);
    return this.transactions.run(async (tx) => {
      await lockMerchant(tx, merchantId);
      const account = await this.owners.lock(tx, caller, checked);
      const others = { merchantId, id: Not(account.id), deletedAt: IsNull() };
      const isDeletingMerchant = deleteMerchant && !(await tx.manager.existsBy(Account, others));
      if (isDeletingMerchant) {
        await assertNoStaff(tx, merchantId);
        await this.changes.startDeletion(tx, caller, merchantId);
      } else await this.members.assertDispensable(tx, caller, account, null);
      await eraseTracesOfPeople(tx, [account]);
      await this.accounts.delete(tx, caller, account.id);
      await deleteBelongings(tx, OF_ACCOUNTS, [account.id]);
      return isDeletingMerchant;
    });
  }
}
