import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, type Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { ROLE_NAMES, ROLES } from '../../access/levels.js';
import { lockRow } from '../../platform/database/row-locks.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { changesBetween } from '../../platform/events/audited-changes.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { NOTHING } from '../../platform/events/invalidation.js';
import { Clock } from '../../platform/runtime/clock.js';
import { Account } from '../account.entity.js';
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

  /** @throws {DomainError} `access.level_lacking` when it would change how a member above the caller logs in */
  update(caller: Caller, policy: SignInPolicy): Promise<SignInPolicy> {
    const id = caller.merchantId;
    return this.transactions.run(async (tx) => {
      const merchant = await lockRow(tx.manager, Merchant, id);
      if (!merchant) throw new DomainError('merchant.not_found');
      const before = policyOf(merchant);
      if (before.requireSecondFactor === policy.requireSecondFactor) return before;
      await assertNoneAbove(tx, caller);
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

async function assertNoneAbove({ manager }: Transaction, { level, merchantId }: Caller): Promise<void> {
  const above = ROLE_NAMES.filter((role) => ROLES[role] > level);
  if (await manager.existsBy(Account, { merchantId, role: In(above), deletedAt: IsNull() }))
    throw new DomainError('access.level_lacking');
}

const policyOf = ({ secondFactorDemandedAt }: Pick<Merchant, 'secondFactorDemandedAt'>): SignInPolicy => ({
  requireSecondFactor: secondFactorDemandedAt !== null,
});
