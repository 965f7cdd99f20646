import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type EntityManager, type Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import type { ExposureSource } from '../../api-keys/api-key.entity.js';
import { changesBetween } from '../../platform/events/audited-changes.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { lockRow } from '../../platform/database/row-locks.js';
import { DEFAULT_POLICY, ExposurePolicy, type SightingReaction } from './exposure-policy.entity.js';

type PolicyChanges = Partial<Omit<ExposurePolicy, 'merchantId'>>;

/** Which part of a policy speaks of a source. */
const PART_OF = { report: 'reported', github: 'reported', query: 'inQuery', http: 'overHttp' } as const;

/** What merchants want done with keys that are exposed. */
@Injectable()
export class ExposurePolicies {
  constructor(
    @InjectRepository(ExposurePolicy) private readonly policies: Repository<ExposurePolicy>,
    private readonly transactions: Transactions,
  ) {}

  read(merchantId: string): Promise<ExposurePolicy> {
    return policyOf(this.policies.manager, merchantId);
  }

  /** Changes what the caller's merchant wants; what isn't said stays. */
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
      await tx.manager.save(ExposurePolicy, policy);
      await tx.publish({
        name: 'exposure_policy.updated',
        actor: caller,
        merchantId,
        targetType: 'merchant',
        targetId: merchantId,
        details: { ...reactions, changes: changesBetween(before, policy, ['reported', 'inQuery', 'overHttp']) },
      });
      return policy;
    });
  }

  /** The policies of those of the merchants that have one. */
  async of(manager: EntityManager, merchantIds: string[]): Promise<Map<string, ExposurePolicy>> {
    const stored = await manager.findBy(ExposurePolicy, { merchantId: In(merchantIds) });
    return new Map(stored.map((policy) => [policy.merchantId, policy]));
  }
}

/** What a policy, or none, says of keys that became known so. */
export const reactionOf = (policy: ExposurePolicy | undefined, source: ExposureSource): SightingReaction =>
  (policy ?? DEFAULT_POLICY)[PART_OF[source]];

async function policyOf(manager: EntityManager, merchantId: string): Promise<ExposurePolicy> {
  return (await manager.findOneBy(ExposurePolicy, { merchantId })) ?? { merchantId, ...DEFAULT_POLICY };
}
