import { DAY_MS, HOUR_MS } from '../../platform/runtime/clock.js';
import type { KeyMonth } from './key-month.entity.js';
import type { MerchantDay } from './merchant-day.entity.js';

/** Periods that are a row each, with a column for the count of each of their equal parts. */
export interface Slots<Column extends string = string> {
  /** The column that holds the start of the period. */
  period: string;
  /** Those of the longest period, in chronological order. */
  columns: readonly Column[];
  partMs: number;
  /** The start of the period that contains a time. */
  startOf: (ms: number) => number;
  /** The end of the period that starts at a time. */
  endOf: (startMs: number) => number;
}

type HourColumn = keyof { [C in keyof MerchantDay as C extends `h${number}` ? C : never]: true };
type DayColumn = keyof { [C in keyof KeyMonth as C extends `d${number}` ? C : never]: true };

const numbered = (letter: string, first: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => letter + String(first + n).padStart(2, '0'));

export const HOURS_OF_DAY: Slots<HourColumn> = {
  period: 'day',
  columns: numbered('h', 0, 24) as HourColumn[],
  partMs: HOUR_MS,
  startOf: (ms) => Math.floor(ms / DAY_MS) * DAY_MS,
  endOf: (startMs) => startMs + DAY_MS,
};

export const DAYS_OF_MONTH: Slots<DayColumn> = {
  period: 'month',
  columns: numbered('d', 1, 31) as DayColumn[],
  partMs: DAY_MS,
  startOf: (ms) => monthAt(ms, 0),
  endOf: (startMs) => monthAt(startMs, 1),
};

/** The start of a month, counted from the one that contains a time. */
function monthAt(ms: number, months: number): number {
  const date = new Date(ms);
  return new Date(0).setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
}

/** The column of the part that contains a time. */
export function columnAt<C extends string>({ columns, partMs, startOf }: Slots<C>, ms: number): C {
  const n = Math.floor((ms - startOf(ms)) / partMs);
  const column = columns[n];
  if (column === undefined) throw new Error(`A period has no part ${n}.`);
  return column;
}

/** The starts of the periods that have a part between two times, in chronological order. */
export function periodsWithin({ startOf, endOf }: Slots, startMs: number, endMs: number): number[] {
  const periods: number[] = [];
  for (let ms = startOf(startMs); ms < endMs; ms = endOf(ms)) periods.push(ms);
  return periods;
}

/** An expression for what a row counts between two times that are starts of parts, with the values of its placeholders. */
export function countWithin(
  slots: Slots,
  startMs: number,
  endMs: number,
  toStored: (periodMs: number) => unknown,
): { sql: string; values: unknown[] } {
  const partial = periodsWithin(slots, startMs, endMs).filter((ms) => ms < startMs || slots.endOf(ms) > endMs);
  if (partial.length === 0) return { sql: 'total', values: [] };
  const cases = partial.map((ms) => `WHEN ${slots.period} = ? THEN ${sumWithin(slots, ms, startMs, endMs)}`);
  return { sql: `CASE ${cases.join(' ')} ELSE total END`, values: partial.map(toStored) };
}

/** The parts of a period that are meant, or all less the others where these are fewer. */
function sumWithin({ columns, partMs, endOf }: Slots, periodMs: number, startMs: number, endMs: number): string {
  const isMeant = (_: string, n: number): boolean => periodMs + n * partMs >= startMs && periodMs + n * partMs < endMs;
  const parts = columns.slice(0, (endOf(periodMs) - periodMs) / partMs);
  const meant = parts.filter(isMeant);
  const others = parts.filter((column, n) => !isMeant(column, n));
  return meant.length <= others.length ? meant.join(' + ') : ['total', ...others].join(' - ');
}
