import type { EntityManager } from 'typeorm';
import { addToCounters, addToSome } from '../../platform/database/counters.js';
import { RowMapper } from '../../platform/database/row-mapper.js';
import { inBatches } from '../../platform/runtime/batches.js';
import type { CachedKey } from '../cache/cached-key.js';
import type { Outcome } from '../outcome.js';
import { KeyMonth } from './key-month.entity.js';
import { KeyUsage } from './key-usage.entity.js';
import { MerchantDay } from './merchant-day.entity.js';
import { columnAt, DAYS_OF_MONTH, HOURS_OF_DAY, type Slots } from './slots.js';

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

/** The properties by which rows of a table are told apart, in the order of its primary key. */
const OF_KEY_USAGE = ['keyId', 'hour', 'outcome'] as const;
const OF_KEY_MONTH = ['merchantId', 'month', 'outcome', 'keyId', 'externalId'] as const;
const OF_MERCHANT_DAY = ['merchantId', 'externalId', 'day', 'applicationId', 'outcome'] as const;

/**
 * Adds to the counters of keys by hour, of keys by day, and of merchants by hour. Every writer has the same order, so that instances that write
 * at the same time cannot deadlock, as long as each writes the counts of one hour in a transaction.
 */
export async function addUsage(manager: EntityManager, counts: readonly HourCount[]): Promise<void> {
  for (const rows of inBatches(merge(counts.map(toKeyUsage), OF_KEY_USAGE, 'count'), ROWS))
    await addToCounters(manager, KeyUsage, rows, 'count');
  for (const [day, some] of byColumn(DAYS_OF_MONTH, counts)) {
    const properties = [...OF_KEY_MONTH, 'applicationId', 'personalOf', 'total', day] as const;
    const mapper = new RowMapper<KeyMonth, (typeof properties)[number]>(manager, KeyMonth, 't', properties);
    for (const rows of inBatches(merge(some.flatMap(toKeyMonths), OF_KEY_MONTH, 'total'), ROWS)) {
      for (const row of rows) row[day] = row.total;
      await addToSome(manager, mapper, rows, ['total', day], ['personalOf']);
    }
  }
  for (const [hour, some] of byColumn(HOURS_OF_DAY, counts)) {
    const properties = [...OF_MERCHANT_DAY, 'total', hour] as const;
    const mapper = new RowMapper<MerchantDay, (typeof properties)[number]>(manager, MerchantDay, 't', properties);
    for (const rows of inBatches(merge(some.flatMap(toMerchantDays), OF_MERCHANT_DAY, 'total'), ROWS)) {
      for (const row of rows) row[hour] = row.total;
      await addToSome(manager, mapper, rows, ['total', hour]);
    }
  }
}

const toKeyUsage = ({ key, hourMs, outcome, count }: HourCount): KeyUsage => ({
  keyId: key.id,
  hour: new Date(hourMs),
  outcome,
  count,
});

/** Rows that lack the count of their day. */
function toKeyMonths({ key, hourMs, outcome, count }: HourCount): KeyMonth[] {
  const { id, merchantId, applicationId, externalId, surface, accountNumber } = key;
  const month = new Date(DAYS_OF_MONTH.startOf(hourMs));
  const of = (counted: string) =>
    ({
      merchantId,
      month,
      outcome: counted,
      keyId: id,
      externalId: externalId ?? '',
      applicationId: applicationId ?? '',
      personalOf: surface === 'accounts' ? accountNumber : null,
      total: count,
    }) as KeyMonth;
  return outcome === 'VALID' ? [of('')] : [of(''), of(outcome)];
}

/** Rows that lack the count of their hour. */
function toMerchantDays({ key, hourMs, outcome, count }: HourCount): MerchantDay[] {
  const { merchantId, applicationId, externalId } = key;
  const day = new Date(HOURS_OF_DAY.startOf(hourMs));
  const of = (id: string) =>
    ({
      merchantId,
      externalId: id,
      day,
      applicationId: applicationId ?? '',
      outcome,
      total: count,
    }) as MerchantDay;
  return externalId === null ? [of('')] : [of(''), of(externalId)];
}

/** Groups counts by the column that they are added to. */
function byColumn<C extends string>(slots: Slots<C>, counts: readonly HourCount[]): [C, HourCount[]][] {
  const groups = new Map<C, HourCount[]>();
  for (const count of counts) {
    const column = columnAt(slots, count.hourMs);
    const group = groups.get(column);
    if (group) group.push(count);
    else groups.set(column, [count]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Merges the rows that the same properties tell apart, adding up their counters, and sorts them by these properties. */
function merge<T extends Record<C, number>, C extends string>(
  rows: T[],
  properties: readonly (string & keyof T)[],
  counter: C,
): T[] {
  const merged = new Map<string, T>();
  for (const row of rows) {
    let name = '';
    for (const property of properties) name += `${text(row[property])}\n`;
    const same = merged.get(name);
    if (same) (same as Record<C, number>)[counter] += row[counter];
    else merged.set(name, row);
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

const text = (value: unknown): string => (value instanceof Date ? String(value.getTime()) : String(value));
