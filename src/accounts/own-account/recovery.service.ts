import { Injectable } from '@nestjs/common';
import { lockRow } from '../../platform/database/row-locks.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { DAY_SECONDS } from '../../platform/runtime/clock.js';
import { NOTHING } from '../../platform/events/invalidation.js';
import { DeniedRequests } from '../../platform/http/denied-requests.js';
import { Account, STATUS } from '../account.entity.js';
import { AccountMails } from '../mails/account-mails.js';
import { accountTarget, AccountsService } from '../accounts.service.js';
import { keyOf, LoginNames } from '../login-names.js';
import { OneTimeLinks } from '../links/one-time-links.js';
import { assertLongEnough } from '../passwords/password-rules.js';
import { SecondFactors } from '../second-factors/second-factors.js';
import { Passwords } from '../passwords/passwords.js';

const RECOVERY_SECONDS = 3600;

/** Lets a person who reads the account's mails set a new password. */
@Injectable()
export class RecoveryService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly deniedRequests: DeniedRequests,
    private readonly factors: SecondFactors,
    private readonly links: OneTimeLinks,
    private readonly mails: AccountMails,
    private readonly names: LoginNames,
    private readonly passwords: Passwords,
    private readonly transactions: Transactions,
  ) {}

  /** Mails a recovery link to an address, if an active account logs in by it and can have a password. The answer never tells. */
  async request(visitor: Actor, email: string): Promise<void> {
    this.mails.assertReachable();
    const account = await this.names.find(email);
    const token = this.links.newToken();
    const isKnown =
      account !== null && account.status === STATUS.active && account.emailKey === keyOf(email) && !account.isExternal;
    // Earlier links stay valid: whoever else asks for one can have the owner's mail delayed, and must not void the one before. Without an
    // account the link leads nowhere, but takes as long.
    const link = await this.transactions.run((tx) =>
      this.links.issue(tx, token, {
        purpose: 'recovery',
        ttlSeconds: RECOVERY_SECONDS,
        email,
        ...(isKnown && { accountId: account.id }),
      }),
    );
    if (!isKnown) return;
    // After the answer, whose time would tell that there is an account.
    this.deniedRequests.record(`recovery ${account.uuid}`, {
      ...accountTarget(account),
      name: 'account.recovery_requested',
      actor: visitor,
      details: { linkId: link.id },
      invalidates: NOTHING,
    });
    this.mails.recovery(visitor, account.email, token);
  }

  /**
   * Sets a new password, and ends all sessions and links of the account. A link that was mailed proves the address.
   *
   * @throws {DomainError} `confirmation.not_found`, or `password.too_short`, which leaves the link valid
   */
  async recover(visitor: Actor, token: string, password: string): Promise<Account> {
    await this.links.assertValid(token, 'recovery', 'confirmation.not_found');
    const passwordHash = await this.passwords.hash(password, visitor.address);
    const { account, isFirst } = await this.transactions.run(async (tx) => {
      const link = await this.links.use(tx, token, 'recovery');
      const account = link?.accountId ? await tx.manager.findOneBy(Account, { id: link.accountId }) : null;
      if (!link || account?.deletedAt !== null || account.status !== STATUS.active)
        throw new DomainError('confirmation.not_found');
      assertLongEnough(password, account.level);
      const isProven = link.email !== null && account.emailKey === keyOf(link.email);
      return this.setPassword(tx, visitor, account, passwordHash, isProven);
    });
    this.mails.passwordChanged(visitor, account.email, isFirst);
    return account;
  }

  /**
   * Takes the password from an account on behalf of the operator, and ends its sessions and links.
   *
   * @returns the token of a link, valid once, with which its owner sets a new password
   * @throws {DomainError} `member.not_found`, or `password.not_allowed` for an external account
   */
  async reset(actor: Actor, id: number): Promise<{ token: string; expiresAt: Date }> {
    const token = this.links.newToken();
    const { expiresAt } = await this.transactions.run(async (tx) => {
      const account = await this.accounts.change(tx, actor, id, { passwordHash: null });
      if (account.isExternal) throw new DomainError('password.not_allowed');
      // An account without a password has no sessions that the change has ended, but may have links.
      await this.links.withdraw(tx, { accountId: id });
      const link = await this.links.issue(tx, token, { purpose: 'recovery', ttlSeconds: DAY_SECONDS, accountId: id });
      await tx.publish({
        ...accountTarget(account),
        name: 'account.recovery_requested',
        actor,
        details: { linkId: link.id },
        invalidates: NOTHING,
      });
      return link;
    });
    return { token, expiresAt };
  }

  /**
   * Sets a new password on behalf of the operator, and ends all sessions and links of the account.
   *
   * @throws {DomainError} `member.not_found`, `password.too_short`, or `password.not_allowed` for an external account
   */
  async replacePassword(actor: Actor, { id, level }: Account, password: string): Promise<void> {
    assertLongEnough(password, level);
    const passwordHash = await this.passwords.hash(password, null);
    const { account, isFirst } = await this.transactions.run(async (tx) => {
      const before = await lockRow(tx.manager, Account, id);
      if (before?.deletedAt !== null) throw new DomainError('member.not_found');
      return this.setPassword(tx, actor, before, passwordHash, false);
    });
    this.mails.passwordChanged(actor, account.email, isFirst);
  }

  /**
   * @param provesAddress whether the address is proven by that
   * @returns the account, and whether it had no password before
   */
  private async setPassword(
    tx: Transaction,
    actor: Actor,
    { id, email, emailVerifiedAt, consent, passwordHash: before }: Account,
    passwordHash: string,
    provesAddress: boolean,
  ): Promise<{ account: Account; isFirst: boolean }> {
    // Until the address is proven, somebody else may have had the account, who keeps none of its personal keys and second factors.
    const isProven = emailVerifiedAt !== null;
    if (!isProven) {
      await this.accounts.change(tx, actor, id, { consent: 0 });
      await this.factors.removeAll(tx, id);
    }
    const account = await this.accounts.change(tx, actor, id, {
      passwordHash,
      ...(!isProven && { consent }),
      ...(provesAddress && { email: { address: email, isProven: true } }),
    });
    return { account, isFirst: before === null };
  }
}
