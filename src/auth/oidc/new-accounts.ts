import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { Account, STATUS, type AccountStatus } from '../../accounts/account.entity.js';
import { AccountsService } from '../../accounts/accounts.service.js';
import { keyOf } from '../../accounts/login-names.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import { refusedStart } from '../../platform/config/config-error.js';
import { lockRow } from '../../platform/database/row-locks.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import type { Actor } from '../../platform/events/actor.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Clock } from '../../platform/runtime/clock.js';
import { OIDC_SETTINGS, type OidcSettings } from './oidc-settings.js';
import type { Person } from './person.js';

/** Creates accounts for people whom the provider has signed in for the first time. */
@Injectable()
export class NewAccounts implements OnApplicationBootstrap {
  constructor(
    @InjectEntityManager() private readonly manager: EntityManager,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
    @Inject(OIDC_SETTINGS) private readonly settings: OidcSettings | null,
  ) {}

  /** @throws {ConfigError} if `OIDC_MERCHANT` is no merchant */
  async onApplicationBootstrap(): Promise<void> {
    const name = this.settings?.merchant ?? null;
    if (name !== null && !(await findMerchant(this.manager, name)))
      throw refusedStart([`OIDC_MERCHANT: there is no merchant ${name}`]);
  }

  /**
   * Gives a person without an account one in the configured merchant: the one that the person was invited to, or a new one. It has no password.
   * Accounts that have not proven that the address is theirs lose it.
   *
   * @throws {DomainError} `oidc.account_unknown`, `email.taken`, or `access.account_inactive` while the merchant is blocked, or when it has
   *   disabled the person
   */
  async admit(tx: Transaction, visitor: Actor, { email, role, firstName, lastName }: Person): Promise<Account> {
    const name = this.settings?.merchant ?? null;
    const found = name === null ? null : await findMerchant(tx.manager, name);
    const merchant = found && (await lockRow(tx.manager, Merchant, found.id));
    if (!merchant) throw new DomainError('oidc.account_unknown');
    const known = await findNamesakes(tx.manager, merchant, email);
    const has = (...statuses: AccountStatus[]): Account | undefined =>
      known.find(({ status }) => statuses.includes(status));
    if (merchant.status !== 'active' || has(STATUS.disabled, STATUS.blocked))
      throw new DomainError('access.account_inactive');
    const settled = { isExternal: true, status: STATUS.active, consent: 1, firstName, lastName };
    const invited = has(STATUS.notYet);
    if (invited)
      return this.accounts.change(tx, visitor, invited.id, {
        ...settled,
        email: { address: invited.email, isProven: true },
        ...(role && { role }),
      });
    const given = role ?? this.settings?.defaultRole;
    if (!given) throw new DomainError('oidc.role_missing');
    return this.accounts.create(tx, visitor, {
      ...settled,
      merchantId: merchant.id,
      username: email,
      email,
      emailVerifiedAt: this.clock.now(),
      role: given,
    });
  }
}

/** Finds a merchant by its client id or its uuid. */
const findMerchant = (manager: EntityManager, name: string): Promise<Merchant | null> =>
  manager.findOneBy(Merchant, name.includes('-') ? { id: name.toLowerCase() } : { clientId: name });

/** Finds the accounts of a merchant that have, or wait for, an address. */
const findNamesakes = (manager: EntityManager, { id }: Merchant, email: string): Promise<Account[]> =>
  manager
    .createQueryBuilder(Account, 'account')
    .where('account.merchantId = :id AND account.deletedAt IS NULL', { id })
    .andWhere('LOWER(account.email) = :key', { key: keyOf(email) })
    .orderBy('account.id')
    .getMany();
