import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import { Config } from '../../platform/config/config.js';
import { holdRow, lockRow } from '../../platform/database/row-locks.js';
import { readRow } from '../../platform/database/rows.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { changesBetween } from '../../platform/events/audited-changes.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { NOTHING } from '../../platform/events/invalidation.js';
import { Clock } from '../../platform/runtime/clock.js';
import { ApiKey } from '../api-key.entity.js';
import { countExceeding } from './exceeding-keys.js';
import { combinePolicies, readOperatorPolicy, readOwnPolicy, type KeyPolicy } from './key-policy.js';

/** A merchant's policy in its parts. */
export interface KeyPolicyParts {
  own: KeyPolicy;
  operator: KeyPolicy;
  effective: KeyPolicy;
  /** The number of keys that exceed it; `null` if the merchant has too many keys to count. */
  exceedingKeys: number | null;
}

const RULES: (keyof KeyPolicy)[] = ['maxLifeSeconds', 'defaultLifeSeconds', 'expiryRequired'];

const NONE: KeyPolicy = { maxLifeSeconds: null, defaultLifeSeconds: null, expiryRequired: false };

/** The policies for how long keys live: the operator's, and each merchant's, which can only be stricter. */
@Injectable()
export class KeyPolicies {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly transactions: Transactions,
  ) {}

  /** Returns the policy of a merchant, and keeps it from changing until the transaction ends. */
  async hold({ manager }: Transaction, merchantId: string): Promise<KeyPolicy> {
    return this.effective(await holdRow(manager, Merchant, merchantId));
  }

  /** Returns the policy of a merchant now. */
  async read(merchantId: string): Promise<KeyPolicy> {
    return this.effective(await readRow(this.keys.manager, Merchant, merchantId));
  }

  async describe({ merchantId }: Caller): Promise<KeyPolicyParts> {
    return this.parts(this.keys.manager, await readRow(this.keys.manager, Merchant, merchantId), merchantId);
  }

  /**
   * Changes the policy of the caller's merchant; missing rules stay as they are. Existing keys stay as they are, too.
   *
   * @throws {DomainError} `request.invalid` for a rule that is laxer than the operator's, or a default above the maximum
   */
  update(
    caller: Caller,
    { maxLifeSeconds, defaultLifeSeconds, expiryRequired }: Partial<KeyPolicy>,
  ): Promise<KeyPolicyParts> {
    const id = caller.merchantId;
    return this.transactions.run(async (tx) => {
      const merchant = await lockRow(tx.manager, Merchant, id);
      if (!merchant) throw new DomainError('merchant.not_found');
      const before = readOwnPolicy(merchant);
      const own = {
        maxLifeSeconds: maxLifeSeconds === undefined ? before.maxLifeSeconds : maxLifeSeconds,
        defaultLifeSeconds: defaultLifeSeconds === undefined ? before.defaultLifeSeconds : defaultLifeSeconds,
        expiryRequired: expiryRequired ?? before.expiryRequired,
      };
      assertStricter(own, readOperatorPolicy(this.config));
      const columns = {
        keyMaxLifeSeconds: own.maxLifeSeconds,
        keyDefaultLifeSeconds: own.defaultLifeSeconds,
        keyExpiryRequired: own.expiryRequired,
      };
      await tx.manager.update(Merchant, { id }, { ...columns, updatedAt: this.clock.now() });
      await tx.publish({
        name: 'merchant.policy_changed',
        actor: caller,
        merchantId: id,
        targetType: 'merchant',
        targetId: id,
        details: { changes: changesBetween(before, own, RULES) },
        invalidates: NOTHING,
      });
      return this.parts(tx.manager, { ...merchant, ...columns }, id);
    });
  }

  private effective(merchant: Merchant | null): KeyPolicy {
    return combinePolicies(merchant ? readOwnPolicy(merchant) : NONE, readOperatorPolicy(this.config));
  }

  private async parts(manager: EntityManager, merchant: Merchant | null, merchantId: string): Promise<KeyPolicyParts> {
    const effective = this.effective(merchant);
    return {
      own: merchant ? readOwnPolicy(merchant) : NONE,
      operator: readOperatorPolicy(this.config),
      effective,
      exceedingKeys: await countExceeding(manager, merchantId, effective),
    };
  }
}

/** @throws {DomainError} `request.invalid` */
function assertStricter(own: KeyPolicy, operator: KeyPolicy): void {
  const within = (field: 'maxLifeSeconds' | 'defaultLifeSeconds', limit: number | null, what: string): void => {
    const life = own[field];
    if (life !== null && limit !== null && life > limit)
      throw DomainError.invalid(field, `${field} must not be above ${what}, which is ${limit}`);
  };
  within('maxLifeSeconds', operator.maxLifeSeconds, "the operator's maximum");
  within('defaultLifeSeconds', operator.defaultLifeSeconds, "the operator's default");
  const { maxLifeSeconds } = combinePolicies({ ...own, defaultLifeSeconds: null }, operator);
  within('defaultLifeSeconds', maxLifeSeconds, 'the maximum');
}
