import { In } from 'typeorm';
import { ApiKey, type QuotaPeriod } from '../../api-keys/api-key.entity.js';
import { keyTarget } from '../../api-keys/usable-keys.js';
import { SYSTEM } from '../../platform/events/actor.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { nameOf, usedOf, type QuotaTerm } from './used-quotas.js';
import { NOTHING } from '../../platform/events/invalidation.js';

/** Shares of a quota, in percent, that are told when they are used up. */
const THRESHOLDS = [80, 100];

/** What has just been added to the use of a quota. */
interface Addition extends QuotaTerm {
  period: QuotaPeriod;
  limit: number;
  writing: number;
}

/**
 * Tells which quotas have been used up to a threshold by what was added in this transaction. The row stays locked until it ends, so of
 * several instances that add to it, one passes a threshold.
 */
export async function publishThresholds(tx: Transaction, additions: Addition[]): Promise<void> {
  const used = await usedOf(tx.manager, additions);
  const passed = additions.flatMap((addition) => {
    const after = used.get(nameOf(addition)) ?? 0;
    return THRESHOLDS.filter((percent) => isPassed(addition, after, percent)).map((percent) => ({
      ...addition,
      used: after,
      percent,
    }));
  });
  if (passed.length === 0) return;
  const keys = await tx.manager.findBy(ApiKey, { id: In(passed.map(({ keyId }) => keyId)) });
  const byId = new Map(keys.map((key) => [key.id, key]));
  for (const { keyId, period, periodStartMs, limit, percent, used: usedByNow } of passed) {
    const key = byId.get(keyId);
    if (!key) continue;
    const { name, applicationId } = key;
    await tx.publish({
      ...keyTarget(key),
      name: 'quota.threshold',
      actor: SYSTEM,
      details: {
        name,
        applicationId,
        percent,
        used: usedByNow,
        limit,
        period,
        periodStart: new Date(periodStartMs).toISOString(),
      },
      invalidates: NOTHING,
    });
  }
}

function isPassed({ limit, writing }: Addition, after: number, percent: number): boolean {
  const threshold = (limit * percent) / 100;
  return after >= threshold && after - writing < threshold;
}
