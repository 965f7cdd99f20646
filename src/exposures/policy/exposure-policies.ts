import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type EntityManager, type Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { TenantKeys } from '../../accounts/tenant-keys.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import type { ExposureSource } from '../../api-keys/api-key.entity.js';
import { changesBetween } from '../../platform/events/audited-changes.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { lockRow } from '../../platform/database/row-locks.js';
import { DEFAULT_POLICY, ExposurePolicy, type SightingReaction } from './exposure-policy.entity.js';
import { NOTHING } from '../../platform/events/invalidation.js';

type PolicyChanges = Partial<Omit<ExposurePolicy, 'merchantId'>>;

/** The field of a policy for each source. */
const PART_OF = { report: 'reported', github: 'reported', query: 'inQuery', http: 'overHttp' } as const;

/** The merchants' policies for exposed keys. */
@Injectable()
export class ExposurePolicies {
  constructor(
    @InjectRepository(ExposurePolicy) private readonly policies: Repository<ExposurePolicy>,
    private readonly keys: TenantKeys,
    private readonly transactions: Transactions,
  ) {}

  read(merchantId: string): Promise<ExposurePolicy> {
    return policyOf(this.policies.manager, merchantId);
  }

  /**
   * Changes the policy of the caller's merchant; missing fields stay as they are.
   *
   * @throws {DomainError} `access.stronger_key` if a key above the caller's level would meet a stricter reaction
   */
  update(caller: Caller, { reported, inQuery, overHttp }: PolicyChanges): Promise<ExposurePolicy> {
    const { merchantId } = caller;
    return this.transactions.run(async (tx) => {
      await lockRow(tx.manager, Merchant, merchantId);
      const before = await policyOf(tx.manager, merchantId);
      const reactions = {
        reported: reported ?? before.reported,
        inQuery: inQuery ?? before.inQuery,
        overHttp: overHttp ?? before.overHttp,
      };
      const policy = { merchantId, ...reactions };
      if (isStricter(reactions, before)) await this.keys.assertNoneStronger(tx, caller, { merchantId }, 'all');
      await tx.manager.save(ExposurePolicy, policy);
      await tx.publish({
        name: 'exposure_policy.updated',
        actor: caller,
        merchantId,
        targetType: 'merchant',
        targetId: merchantId,
        details: { ...reactions, changes: changesBetween(before, policy, ['reported', 'inQuery', 'overHttp']) },
        invalidates: NOTHING,
      });
      return policy;
    });
  }

  /** Reads the policies of these merchants, as far as they have one. */
  async of(manager: EntityManager, merchantIds: string[]): Promise<Map<string, ExposurePolicy>> {
    const stored = await manager.findBy(ExposurePolicy, { merchantId: In(merchantIds) });
    return new Map(stored.map((policy) => [policy.merchantId, policy]));
  }
}

type Reactions = Omit<ExposurePolicy, 'merchantId'>;

/** What a reaction takes from a key: nothing, its use until it is enabled again, or all. */
const SEVERITY: Record<SightingReaction, number> = { off: 0, notify: 0, disable: 1, revoke: 2 };

/** Whether any reaction takes more from a key than the one before it. */
const isStricter = (reactions: Reactions, before: Reactions): boolean =>
  (['reported', 'inQuery', 'overHttp'] as const).some((part) => SEVERITY[reactions[part]] > SEVERITY[before[part]]);

/** Returns the reaction of a policy, or of the default, to this source. */
export const reactionOf = (policy: ExposurePolicy | undefined, source: ExposureSource): SightingReaction =>
  (policy ?? DEFAULT_POLICY)[PART_OF[source]];

async function policyOf(manager: EntityManager, merchantId: string): Promise<ExposurePolicy> {
  return (await manager.findOneBy(ExposurePolicy, { merchantId })) ?? { merchantId, ...DEFAULT_POLICY };
}
