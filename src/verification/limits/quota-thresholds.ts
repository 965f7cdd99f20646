import { In } from 'typeorm';
import { ApiKey, type QuotaPeriod } from '../../api-keys/api-key.entity.js';
import { keyTarget } from '../../api-keys/usable-keys.js';
import { SYSTEM } from '../../platform/events/actor.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { readUsed, termKey, type QuotaTerm } from './used-quotas.js';
import { NOTHING } from '../../platform/events/invalidation.js';

/** The percentages of a quota at which an event is published. */
const THRESHOLDS = [80, 100];

/** Use that the current transaction has added to a quota. */
interface Addition extends QuotaTerm {
  period: QuotaPeriod;
  limit: number;
  /** The use that was added. */
  writing: number;
}

/**
 * Publishes an event for each threshold that the transaction's additions have crossed. A quota's row stays locked until the transaction
 * ends, so when several instances add to it, only one of them crosses a threshold.
 */
export async function publishThresholds(tx: Transaction, additions: Addition[]): Promise<void> {
  const used = await readUsed(tx.manager, additions);
  const crossed = additions.flatMap((addition) => {
    const after = used.get(termKey(addition)) ?? 0;
    return THRESHOLDS.filter((percent) => isCrossed(addition, after, percent)).map((percent) => ({
      ...addition,
      used: after,
      percent,
    }));
  });
  if (crossed.length === 0) return;
  const keys = await tx.manager.findBy(ApiKey, { id: In(crossed.map(({ keyId }) => keyId)) });
  const byId = new Map(keys.map((key) => [key.id, key]));
  for (const { keyId, period, periodStartMs, limit, percent, used: usedByNow } of crossed) {
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

function isCrossed({ limit, writing }: Addition, after: number, percent: number): boolean {
  const threshold = (limit * percent) / 100;
  return after >= threshold && after - writing < threshold;
}
