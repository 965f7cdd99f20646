import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { Account } from '../../accounts/account.entity.js';
import { accountTarget } from '../../accounts/accounts.service.js';
import { AccountMails } from '../../accounts/mails/account-mails.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import { OneTimeLinks } from '../../accounts/links/one-time-links.js';
import { isSecondFactorDemanded } from '../../accounts/second-factors/demand.js';
import { Passkey } from '../../accounts/second-factors/passkey.entity.js';
import { SecondFactors } from '../../accounts/second-factors/second-factors.js';
import { TotpFactor } from '../../accounts/second-factors/totp-factor.entity.js';
import { LoginSessions } from '../../accounts/sessions/login-sessions.js';
import { Config } from '../../platform/config/config.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { NOTHING } from '../../platform/events/invalidation.js';
import { Clock } from '../../platform/runtime/clock.js';
import { RecoveryCodes } from './recovery-codes.js';

/** What can be set up and removed. */
export type FactorKind = 'totp' | 'passkey';

/** What follows when a second factor of a locked account has been set up or removed. */
@Injectable()
export class FactorChanges {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly factors: SecondFactors,
    private readonly links: OneTimeLinks,
    private readonly mails: AccountMails,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly sessions: LoginSessions,
  ) {}

  /**
   * Follows a setup: all other sessions of the account end, and its links are withdrawn.
   *
   * @returns recovery codes if it is the first second factor, else `null`
   */
  async added(tx: Transaction, caller: Caller, account: Account, kind: FactorKind): Promise<string[] | null> {
    const isFirst = account.secondFactorAt === null;
    if (isFirst) await tx.manager.update(Account, { id: account.id }, { secondFactorAt: this.clock.now() });
    await this.sessions.endAll(tx, account.id, caller.sessionId ?? null);
    await this.links.withdraw(tx, { accountId: account.id });
    await tx.publish({
      ...accountTarget(account),
      name: 'account.second_factor_added',
      actor: caller,
      details: { kind },
      invalidates: NOTHING,
    });
    tx.during('announce', () => this.mails.secondFactorAdded(caller, account.email, kind));
    return isFirst ? this.recoveryCodes.replace(tx, caller, account) : null;
  }

  /**
   * Follows the removal of one.
   *
   * @throws {DomainError} `second_factor.demanded` when it was the last one and the account must have one
   */
  async removed(tx: Transaction, caller: Caller, account: Account, kind: FactorKind): Promise<void> {
    const { manager } = tx;
    const { id: accountId, merchantId } = account;
    const isLast =
      !(await manager.existsBy(TotpFactor, { accountId, confirmedAt: Not(IsNull()) })) &&
      !(await manager.existsBy(Passkey, { accountId }));
    const merchant = await manager.findOneByOrFail(Merchant, { id: merchantId });
    if (isLast && isSecondFactorDemanded(account, merchant, this.config))
      throw new DomainError('second_factor.demanded');
    if (isLast) await this.factors.removeAll(tx, account.id);
    await this.publishRemoval(tx, caller, account, kind);
  }

  /** Removes all second factors of a member, and ends its sessions. */
  async reset(tx: Transaction, actor: Actor, member: Account): Promise<void> {
    if (member.id === actor.accountId) throw new DomainError('second_factor.own');
    if (member.secondFactorAt === null) return;
    await this.factors.removeAll(tx, member.id);
    await this.sessions.endAll(tx, member.id);
    await this.publishRemoval(tx, actor, member, 'all');
  }

  private async publishRemoval(
    tx: Transaction,
    actor: Actor,
    account: Account,
    kind: FactorKind | 'all',
  ): Promise<void> {
    await tx.publish({
      ...accountTarget(account),
      name: 'account.second_factor_removed',
      actor,
      details: { kind },
      invalidates: NOTHING,
    });
    tx.during('announce', () => this.mails.secondFactorRemoved(actor, account.email, kind));
  }
}
