import { DAY_MS } from '../../platform/runtime/clock.js';

/** Seconds from one attempt to the next: a day in all. */
const DELAYS_SECONDS = [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 29_845];

/** The share of a delay that chance may add, so that what failed together isn't sent again together. */
const JITTER = 0.1;

/** How long an endpoint may fail before it is paused. */
export const PATIENCE_MS = DAY_MS;

/** When to try again after so many attempts; `null` when there were enough of them. */
export function retryAt(attempts: number, nowMs: number): Date | null {
  const seconds = DELAYS_SECONDS[attempts - 1];
  return seconds === undefined ? null : new Date(nowMs + seconds * 1000 * (1 + Math.random() * JITTER));
}
