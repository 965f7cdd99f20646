import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { Config } from '../../platform/config/config.js';
import { changesBetween } from '../../platform/events/audited-changes.js';
import { Clock } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { lockRow } from '../../platform/database/row-locks.js';
import { Merchant } from '../merchant.entity.js';
import { TenantKeys } from '../tenant-keys.js';
import { resolveIdlePolicy, isInOrder, isStricter, readOwnPolicy, type IdlePolicy } from './idle-policy.js';
import type { UpdateIdlePolicyBody } from './idle-policy.dto.js';
import { NOTHING } from '../../platform/events/invalidation.js';

const OUT_OF_ORDER = 'idleAfterDays, disableAfterDays and deleteAfterDays must follow each other, and the first be set';

const STEPS: (keyof IdlePolicy)[] = ['idleAfterDays', 'disableAfterDays', 'deleteAfterDays'];

/** A merchant's policy for idle keys. */
@Injectable()
export class IdlePolicyService {
  constructor(
    @InjectRepository(Merchant) private readonly merchants: Repository<Merchant>,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly keys: TenantKeys,
    private readonly transactions: Transactions,
  ) {}

  async read({ merchantId }: Caller): Promise<IdlePolicy> {
    return resolveIdlePolicy(await this.merchants.findOneByOrFail({ id: merchantId }), this.config);
  }

  /**
   * @throws {DomainError} `request.invalid` for steps in the wrong order; `access.stronger_key` if a key above the caller's level would be disabled or
   *   deleted sooner
   */
  update(caller: Caller, body: UpdateIdlePolicyBody): Promise<IdlePolicy> {
    const id = caller.merchantId;
    return this.transactions.run(async (tx) => {
      const merchant = await lockRow(tx.manager, Merchant, id);
      if (!merchant) throw new DomainError('merchant.not_found');
      const { idleAfterDays, disableAfterDays, deleteAfterDays } = body;
      const changes = {
        ...(idleAfterDays !== undefined && { idleAfterDays }),
        ...(disableAfterDays !== undefined && { idleDisableAfterDays: disableAfterDays }),
        ...(deleteAfterDays !== undefined && { idleDeleteAfterDays: deleteAfterDays }),
      };
      const policy = readOwnPolicy({ ...merchant, ...changes }, this.config);
      if (!isInOrder(policy)) throw DomainError.invalid('idleAfterDays', OUT_OF_ORDER);
      const before = resolveIdlePolicy(merchant, this.config);
      if (isStricter(policy, before)) await this.keys.assertNoneStronger(tx, caller, { merchantId: id }, 'all');
      await tx.manager.update(Merchant, { id }, { ...changes, updatedAt: this.clock.now() });
      await tx.publish({
        name: 'merchant.policy_changed',
        actor: caller,
        merchantId: id,
        targetType: 'merchant',
        targetId: id,
        details: { changes: changesBetween(before, policy, STEPS) },
        invalidates: NOTHING,
      });
      return policy;
    });
  }
}
