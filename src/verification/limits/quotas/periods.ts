import type { QuotaPeriod } from '../../../api-keys/api-key.entity.js';
import { DAY_MS } from '../../../platform/runtime/clock.js';

/** Returns the start of the calendar day or month (UTC) that contains a time. */
export function periodStart(period: QuotaPeriod, nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), period === 'day' ? now.getUTCDate() : 1);
}

/** Returns the start of the period after the one that contains a time. */
export function nextPeriod(period: QuotaPeriod, timeMs: number): number {
  const start = new Date(periodStart(period, timeMs));
  if (period === 'day') return start.getTime() + DAY_MS;
  return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
}
