import { Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import { Account } from '../../accounts/account.entity.js';
import { AccountsService } from '../../accounts/accounts.service.js';
import { OwnerCheck } from '../../accounts/owner-check.js';
import { lockRow } from '../../platform/database/row-locks.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { DomainError } from '../../platform/events/domain-error.js';

type Work<T> = (tx: Transaction, account: Account) => Promise<T>;

/** Changes the second factors of callers' own accounts, one change of an account after the other. */
@Injectable()
export class OwnerTransactions {
  constructor(
    private readonly accounts: AccountsService,
    private readonly check: OwnerCheck,
    private readonly transactions: Transactions,
  ) {}

  /** Runs `work` with the caller's account, which stays locked. */
  run<T>({ accountId }: Caller, work: Work<T>): Promise<T> {
    return this.transactions.run(async (tx) => {
      const account = await lockRow(tx.manager, Account, accountId);
      if (account?.deletedAt !== null) throw new DomainError('credential.invalid');
      return work(tx, account);
    });
  }

  /**
   * Does the same for a caller who has sent the current password.
   *
   * @throws {DomainError} `password.current_missing`, `password.current_wrong`, `login.throttled`
   */
  async runChecked<T>(caller: Caller, password: string | undefined, work: Work<T>): Promise<T> {
    const found = await this.accounts.find(caller.accountId);
    if (!found) throw new DomainError('credential.invalid');
    await this.check.assertIsOwner(caller, found, password);
    return this.run(caller, async (tx, account) => {
      if (account.passwordHash !== found.passwordHash) throw new DomainError('password.current_wrong');
      return work(tx, account);
    });
  }
}
