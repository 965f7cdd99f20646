import type { EntityManager } from 'typeorm';
import { placeholders } from '../../platform/database/placeholders.js';
import { RowMapper } from '../../platform/database/row-mapper.js';
import { OUTCOMES } from '../outcome.js';
import { KeyMonth } from './key-month.entity.js';
import { MerchantDay } from './merchant-day.entity.js';
import { countWithin, DAYS_OF_MONTH, HOURS_OF_DAY, periodsWithin } from './slots.js';

/** Which verifications to report. */
export interface UsageSelection {
  /** The merchant of the keys; `null` for every merchant's. */
  merchantId: string | null;
  /** The account whose personal keys may be named; `null` for everybody's. */
  personalOf: number | null;
  application?: string | undefined;
  externalId?: string | undefined;
}

/** Rows of a table to add up, as SQL. */
export interface Source {
  table: string;
  where: string;
  values: unknown[];
  /** What of a row is within the time that is reported. */
  count: { sql: string; values: unknown[] };
}

const REFUSALS = OUTCOMES.filter((outcome) => outcome !== 'VALID');

/** The counts of a merchant, or of an external id of it, with each outcome. */
export function merchantSource(
  manager: EntityManager,
  { merchantId, application, externalId = '' }: UsageSelection,
  start: Date,
  end: Date,
): Source {
  const mapper = RowMapper.for(manager, MerchantDay);
  const toStored = (ms: number): unknown => mapper.toStored('day', new Date(ms));
  return {
    table: mapper.table,
    count: countWithin(HOURS_OF_DAY, start.getTime(), end.getTime(), toStored),
    ...conditions({
      'merchant_id = ?': merchantId,
      'external_id = ?': externalId,
      'day >= ?': toStored(HOURS_OF_DAY.startOf(start.getTime())),
      'day < ?': toStored(end.getTime()),
      'application_id = ?': application,
    }),
  };
}

/** The counts of keys that may be named: the sums over all outcomes, and these with the refusals by outcome. */
export function keySources(
  manager: EntityManager,
  { merchantId, application, externalId, personalOf }: UsageSelection,
  start: Date,
  end: Date,
): { all: Source; each: Source } {
  const mapper = RowMapper.for(manager, KeyMonth);
  const toStored = (ms: number): unknown => mapper.toStored('month', new Date(ms));
  const months = periodsWithin(DAYS_OF_MONTH, start.getTime(), end.getTime()).map(toStored);
  const of = (outcomes: readonly string[]): Source => ({
    table: mapper.table,
    count: countWithin(DAYS_OF_MONTH, start.getTime(), end.getTime(), toStored),
    ...conditions({
      'merchant_id = ?': merchantId,
      [`month IN (${placeholders(months)})`]: months,
      [`outcome IN (${placeholders(outcomes)})`]: outcomes,
      'application_id = ?': application,
      'external_id = ?': externalId,
      '(personal_of IS NULL OR personal_of = ?)': personalOf,
    }),
  });
  return { all: of(['']), each: of(['', ...REFUSALS]) };
}

/** Combines the conditions that have a value, or a list of them. */
function conditions(named: Record<string, unknown>): Pick<Source, 'where' | 'values'> {
  const given = Object.entries(named).filter(([, value]) => value !== undefined && value !== null);
  return { where: given.map(([sql]) => sql).join(' AND '), values: given.flatMap(([, value]) => value) };
}
