import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { addToCounters } from '../../platform/database/counters.js';
import { inBatches } from '../../platform/runtime/batches.js';
import { DAY_MS } from '../../platform/runtime/clock.js';
import type { CachedKey } from '../cache/cached-key.js';
import type { Outcome } from '../outcome.js';
import { KeyDay } from './key-day.entity.js';
import { KeyUsage } from './key-usage.entity.js';
import { MerchantUsage } from './merchant-usage.entity.js';

/** Rows in one statement. */
const ROWS = 1000;

/** What of a key its counts are kept by. */
export type CountedKey = Pick<
  CachedKey,
  'id' | 'merchantId' | 'applicationId' | 'externalId' | 'surface' | 'accountNumber'
>;

/** The verifications of a key in one hour with one outcome. */
export interface HourCount {
  key: CountedKey;
  hourMs: number;
  outcome: Outcome;
  count: number;
}

/**
 * Adds to the counters of keys by hour, of keys by day, and of merchants by hour. Every writer has the same order, so that instances that write at
 * the same time cannot deadlock.
 */
export async function addUsage(manager: EntityManager, counts: readonly HourCount[]): Promise<void> {
  await add(manager, KeyUsage, counts.map(toKeyUsage), ({ keyId, hour, outcome }) => [keyId, time(hour), outcome]);
  await add(manager, KeyDay, counts.map(toKeyDay), ({ merchantId, day, keyId, outcome }) => [
    merchantId,
    time(day),
    keyId,
    outcome,
  ]);
  await add(
    manager,
    MerchantUsage,
    counts.flatMap(toMerchantUsage),
    ({ merchantId, externalId, hour, applicationId, outcome }) => [
      merchantId,
      externalId,
      time(hour),
      applicationId,
      outcome,
    ],
  );
}

const toKeyUsage = ({ key, hourMs, outcome, count }: HourCount): KeyUsage => ({
  keyId: key.id,
  hour: new Date(hourMs),
  outcome,
  count,
});

const toKeyDay = ({ key, hourMs, outcome, count }: HourCount): KeyDay => ({
  merchantId: key.merchantId,
  day: new Date(hourMs - (hourMs % DAY_MS)),
  keyId: key.id,
  outcome,
  applicationId: key.applicationId ?? '',
  externalId: key.externalId ?? '',
  personalOf: key.surface === 'accounts' ? key.accountNumber : null,
  count,
});

function toMerchantUsage({ key, hourMs, outcome, count }: HourCount): MerchantUsage[] {
  const { merchantId, externalId } = key;
  const hour = new Date(hourMs);
  const of = (id: string): MerchantUsage => ({
    merchantId,
    externalId: id,
    hour,
    applicationId: key.applicationId ?? '',
    outcome,
    count,
  });
  return externalId === null ? [of('')] : [of(''), of(externalId)];
}

const time = (date: Date): string => date.toISOString();

/** Adds to the counters of a table, after rows with the same primary key have been merged. */
async function add<T extends ObjectLiteral & { count: number }>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  rows: T[],
  primaryKey: (row: T) => string[],
): Promise<void> {
  const merged = new Map<string, T>();
  for (const row of rows) {
    const name = primaryKey(row).join('\n');
    const same = merged.get(name);
    if (same) same.count += row.count;
    else merged.set(name, row);
  }
  const sorted = [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  for (const batch of inBatches(sorted, ROWS)) await addToCounters(manager, entity, batch, 'count');
}
