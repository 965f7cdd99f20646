import { Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.js';
import { Config } from '../../platform/config/config.js';
import type { Actor } from '../../platform/events/actor.js';
import { DAY_SECONDS } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { Account } from '../account.entity.js';
import { AccountsService } from '../accounts.service.js';
import { Mailer } from '../mailer.js';
import { OneTimeLinks } from '../one-time-links.js';
import { Passwords } from '../passwords.js';
import { assertMayChangeAccount } from './changes-by-key.js';
import type { UpdateAccountBody } from './own-account.dto.js';
import { NOTHING } from '../../platform/events/invalidation.js';

const EMAIL_CHANGE_SECONDS = DAY_SECONDS;

/** The own account of a person. */
@Injectable()
export class OwnAccountService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly config: Config,
    private readonly links: OneTimeLinks,
    private readonly mailer: Mailer,
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
   * @throws {DomainError} `username.taken`, or as {@link assertMayChangeAccount}
   */
  async update(caller: Caller, body: UpdateAccountBody): Promise<Account> {
    const { password, email, ...changes } = withoutNulls(body);
    const account = await this.read(caller);
    assertMayChangeAccount(caller, account, { password, email, ...changes });
    const given = {
      ...changes,
      ...(password !== undefined && { passwordHash: await this.passwords.hash(password) }),
    };
    const token = this.links.newToken();
    const changed = await this.transactions.run(async (tx) => {
      if (email !== undefined) await this.prepareEmail(tx, caller, account, email, token);
      return Object.keys(given).length > 0 ? this.accounts.change(tx, caller, account.id, given) : account;
    });
    if (email !== undefined) {
      const link = `${this.config.publicUrl}/confirm/email/${token}`;
      this.mailer.send({
        to: email,
        subject: 'Confirm your new e-mail address',
        text: `Your Keywright account is about to use this address. To confirm it, open this link within a day:\n${link}`,
        requestId: caller.requestId,
      });
    }
    return changed;
  }

  /**
   * Changes an account's address to the one that the link was mailed to.
   *
   * @throws {DomainError} `confirmation.not_found` or `email.taken`
   */
  confirmEmail(visitor: Actor, token: string): Promise<Account> {
    return this.transactions.run(async (tx) => {
      const link = await this.links.use(tx, token, 'email_change');
      const account = link?.accountId ? await tx.manager.findOneBy(Account, { id: link.accountId }) : null;
      if (!link?.email || account?.deletedAt !== null) throw new DomainError('confirmation.not_found');
      const namedByAddress = account.usernameKey === account.emailKey;
      const { email } = link;
      return this.accounts.change(tx, visitor, account.id, { email, ...(namedByAddress && { username: email }) });
    });
  }

  private async prepareEmail(
    tx: Transaction,
    caller: Caller,
    account: Account,
    email: string,
    token: string,
  ): Promise<void> {
    await this.links.withdraw(tx, account.id, 'email_change');
    const link = await this.links.issue(tx, token, {
      purpose: 'email_change',
      ttlSeconds: EMAIL_CHANGE_SECONDS,
      accountId: account.id,
      email,
    });
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
