import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { lockRow } from '../../platform/database/row-locks.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { changesBetween } from '../../platform/events/audited-changes.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { NOTHING } from '../../platform/events/invalidation.js';
import { Clock } from '../../platform/runtime/clock.js';
import { Merchant } from '../merchant.entity.js';

interface SignInPolicy {
  requireSecondFactor: boolean;
}

/** A merchant's policy for the logins of its members. */
@Injectable()
export class SignInPolicyService {
  constructor(
    @InjectRepository(Merchant) private readonly merchants: Repository<Merchant>,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
  ) {}

  async read({ merchantId }: Caller): Promise<SignInPolicy> {
    return policyOf(await this.merchants.findOneByOrFail({ id: merchantId }));
  }

  update(caller: Caller, policy: SignInPolicy): Promise<SignInPolicy> {
    const id = caller.merchantId;
    return this.transactions.run(async (tx) => {
      const merchant = await lockRow(tx.manager, Merchant, id);
      if (!merchant) throw new DomainError('merchant.not_found');
      const before = policyOf(merchant);
      if (before.requireSecondFactor === policy.requireSecondFactor) return before;
      const now = this.clock.now();
      const secondFactorDemandedAt = policy.requireSecondFactor ? now : null;
      await tx.manager.update(Merchant, { id }, { secondFactorDemandedAt, updatedAt: now });
      const after = policyOf({ secondFactorDemandedAt });
      await tx.publish({
        name: 'merchant.policy_changed',
        actor: caller,
        merchantId: id,
        targetType: 'merchant',
        targetId: id,
        details: { changes: changesBetween(before, after, ['requireSecondFactor']) },
        invalidates: NOTHING,
      });
      return after;
    });
  }
}

const policyOf = ({ secondFactorDemandedAt }: Pick<Merchant, 'secondFactorDemandedAt'>): SignInPolicy => ({
  requireSecondFactor: secondFactorDemandedAt !== null,
});
