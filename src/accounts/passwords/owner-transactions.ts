import { Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import { lockRow } from '../../platform/database/row-locks.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Account } from '../account.entity.js';
import { AccountsService } from '../accounts.service.js';
import { OwnerCheck } from './owner-check.js';
import { LoginSessions } from '../sessions/login-sessions.js';

/** An account whose current password has been sent. */
type CheckedOwner = Pick<Account, 'passwordHash'>;

type Work<T> = (tx: Transaction, account: Account) => Promise<T>;

/**
 * Changes what callers' own accounts log in with, one change of an account after the other. A change whose session has ended by the time it has its
 * turn, by a new password for example, is refused.
 */
@Injectable()
export class OwnerTransactions {
  constructor(
    private readonly accounts: AccountsService,
    private readonly ownerCheck: OwnerCheck,
    private readonly sessions: LoginSessions,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Checks the current password of the caller's account.
   *
   * @throws {DomainError} as {@link OwnerCheck.assertIsOwner}
   */
  async check(caller: Caller, password: string | null | undefined): Promise<CheckedOwner> {
    const account = await this.accounts.find(caller.accountId);
    if (!account) throw new DomainError('credential.invalid');
    await this.ownerCheck.assertIsOwner(caller, account, password);
    return account;
  }

  /**
   * Runs `work` with the caller's account, which stays locked.
   *
   * @param checked what the current password was compared with, if it had to be
   * @throws {DomainError} `credential.invalid` if the caller's session has ended; `password.current_wrong` if the password has been changed since
   *   the check
   */
  run<T>(caller: Caller, work: Work<T>, checked?: CheckedOwner): Promise<T> {
    return this.transactions.run(async (tx) => work(tx, await this.lock(tx, caller, checked)));
  }

  /**
   * Locks the caller's account, in a transaction that has locked its merchant before.
   *
   * @throws {DomainError} as {@link run}
   */
  async lock(tx: Transaction, { accountId, sessionId }: Caller, checked?: CheckedOwner): Promise<Account> {
    const account = await lockRow(tx.manager, Account, accountId);
    if (account?.deletedAt !== null) throw new DomainError('credential.invalid');
    if (sessionId && !(await this.sessions.isValid(tx, sessionId))) throw new DomainError('credential.invalid');
    if (checked && account.passwordHash !== checked.passwordHash) throw new DomainError('password.current_wrong');
    return account;
  }

  /**
   * Does the same for a caller who has sent the current password.
   *
   * @throws {DomainError} as {@link check} and {@link run}
   */
  async runChecked<T>(caller: Caller, password: string | null | undefined, work: Work<T>): Promise<T> {
    return this.run(caller, work, await this.check(caller, password));
  }
}
