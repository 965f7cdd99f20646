import { Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { Account } from '../account.entity.js';
import { AccountsService } from '../accounts.service.js';
import { AccountMails } from '../mails/account-mails.js';
import { keyOf } from '../login-names.js';
import { assertLongEnough } from '../passwords/password-rules.js';
import { OwnerTransactions } from '../passwords/owner-transactions.js';
import { OneTimeLinks } from '../links/one-time-links.js';
import { Passwords } from '../passwords/passwords.js';
import { assertMayChangeAccount } from './changes-by-key.js';
import type { UpdateAccountBody } from './own-account.dto.js';
import { NOTHING } from '../../platform/events/invalidation.js';

/** The own account of a person. */
@Injectable()
export class OwnAccountService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly links: OneTimeLinks,
    private readonly mails: AccountMails,
    private readonly owners: OwnerTransactions,
    private readonly passwords: Passwords,
    private readonly transactions: Transactions,
  ) {}

  async read(caller: Caller): Promise<Account> {
    const account = await this.accounts.find(caller.accountId);
    if (!account) throw new DomainError('credential.invalid');
    return account;
  }

  /**
   * Changes the own account. A new address takes effect when its link is followed.
   *
   * @throws {DomainError} `username.taken`, `password.too_short`; `password.current_missing`, `password.current_wrong`, `login.throttled`,
   *   `access.login_too_old` for a new password or address; or as {@link assertMayChangeAccount}
   */
  async update(caller: Caller, body: UpdateAccountBody): Promise<Account> {
    const { password, currentPassword, email, ...changes } = withoutNulls(body);
    const account = await this.read(caller);
    const setsLogin = password !== undefined || email !== undefined;
    assertMayChangeAccount(caller, account, { password, email, ...changes });
    if (password !== undefined) assertLongEnough(password, account.level);
    if (email !== undefined) this.mails.assertReachable();
    const checked = setsLogin ? await this.owners.check(caller, currentPassword) : undefined;
    const token = this.links.newToken();
    const passwordHash = password === undefined ? undefined : await this.passwords.hash(password, caller.address);
    const given = { ...changes, ...(passwordHash !== undefined && { passwordHash }) };
    const change = async (tx: Transaction): Promise<Account> => {
      const changed =
        Object.keys(given).length > 0 ? await this.accounts.change(tx, caller, account.id, given) : account;
      if (email !== undefined) await this.prepareEmail(tx, caller, account, email, token);
      return changed;
    };
    const changed = await this.owners.run(caller, change, checked);
    if (email !== undefined) this.mails.confirmNewAddress(caller, email, token);
    if (password !== undefined && account.emailKey !== null)
      this.mails.passwordChanged(caller, account.email, account.passwordHash === null);
    return changed;
  }

  /**
   * Changes an account's address to the one that the link was mailed to, or proves the one that it has. The former address is told.
   *
   * @throws {DomainError} `confirmation.not_found` or `email.taken`
   */
  async confirmEmail(visitor: Actor, token: string): Promise<Account> {
    const [before, after] = await this.transactions.run(async (tx) => {
      const link = await this.links.use(tx, token, 'email_change');
      const account = link?.accountId ? await tx.manager.findOneBy(Account, { id: link.accountId }) : null;
      if (!link?.email || account?.deletedAt !== null) throw new DomainError('confirmation.not_found');
      const isNamedByAddress = keyOf(account.username) === keyOf(account.email);
      const changed = await this.accounts.change(tx, visitor, account.id, {
        email: { address: link.email, isProven: true },
        ...(isNamedByAddress && { username: link.email }),
      });
      return [account, changed] as const;
    });
    if (before.emailKey !== null && before.emailKey !== after.emailKey)
      this.mails.addressChanged(visitor, before.email, after.email);
    return after;
  }

  private async prepareEmail(
    tx: Transaction,
    caller: Caller,
    account: Account,
    email: string,
    token: string,
  ): Promise<void> {
    await this.links.withdraw(tx, { accountId: account.id, purpose: 'email_change' });
    const link = await this.links.issueConfirmation(tx, token, { id: account.id, email });
    await tx.publish({
      name: 'link.issued',
      actor: caller,
      merchantId: account.merchantId,
      targetType: 'link',
      targetId: link.id,
      details: { purpose: link.purpose, email },
      invalidates: NOTHING,
    });
  }
}

/** Removes fields that are `null`, which count as missing. */
function withoutNulls(body: UpdateAccountBody): UpdateAccountBody {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined));
}
