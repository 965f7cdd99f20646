import { DomainError } from '../../platform/events/domain-error.js';
import { DAY_MS, HOUR_MS } from '../../platform/runtime/clock.js';

/** The lengths of intervals, in milliseconds. */
export const LENGTHS_MS = { hour: HOUR_MS, day: DAY_MS } as const;

export type Interval = keyof typeof LENGTHS_MS;

const DEFAULT_DAYS = 7;
const DAYS_MAX = 400;

/**
 * Returns the period of a report, which starts with the interval that contains `from`.
 *
 * @param now the end by default
 * @param from a week before the end by default
 * @throws {DomainError} `request.invalid` if `to` isn't after `from`, or is more than 400 days after it
 */
export function readPeriod(now: Date, interval: Interval, from?: string, to?: string): { start: Date; end: Date } {
  const length = LENGTHS_MS[interval];
  const end = to === undefined ? now : new Date(to);
  const begin = from === undefined ? end.getTime() - DEFAULT_DAYS * DAY_MS : Date.parse(from);
  const start = new Date(begin - (((begin % length) + length) % length));
  if (start >= end) throw DomainError.invalid('to', 'to must be after from');
  if (end.getTime() - start.getTime() > DAYS_MAX * DAY_MS)
    throw DomainError.invalid('to', `to must be within ${DAYS_MAX} days of from`);
  return { start, end };
}
