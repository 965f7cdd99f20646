import { In } from 'typeorm';
import { ApiKey, type QuotaPeriod } from '../../../api-keys/api-key.entity.js';
import { keyTarget } from '../../../api-keys/usable-keys.js';
import { SYSTEM } from '../../../platform/events/actor.js';
import type { Transaction } from '../../../platform/database/transactions/transaction.js';
import { NOTHING } from '../../../platform/events/invalidation.js';

/** The percentages of a quota at which an event is published. */
const THRESHOLDS = [80, 100];

/** Use that the current transaction has added to a quota. */
export interface QuotaAddition {
  keyId: string;
  period: QuotaPeriod;
  /** The start of the period, in milliseconds since 1970. */
  startMs: number;
  limit: number;
  /** The use that was added. */
  added: number;
  /** The use after the addition. */
  used: number;
}

/**
 * Publishes an event for each threshold that the transaction's additions have crossed. A quota's row stays locked until the transaction
 * ends, so when several instances add to it, only one of them crosses a threshold.
 */
export async function publishThresholds(tx: Transaction, additions: QuotaAddition[]): Promise<void> {
  const crossed = additions.flatMap((addition) =>
    THRESHOLDS.filter((percent) => isCrossed(addition, percent)).map((percent) => ({ ...addition, percent })),
  );
  if (crossed.length === 0) return;
  const keys = await tx.manager.findBy(ApiKey, { id: In(crossed.map(({ keyId }) => keyId)) });
  const byId = new Map(keys.map((key) => [key.id, key]));
  for (const { keyId, period, startMs, limit, percent, used } of crossed) {
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
        used,
        limit,
        period,
        periodStart: new Date(startMs).toISOString(),
      },
      invalidates: NOTHING,
    });
  }
}

function isCrossed({ limit, added, used }: QuotaAddition, percent: number): boolean {
  const threshold = (limit * percent) / 100;
  return used >= threshold && used - added < threshold;
}
