import { DAY_MS } from '../../platform/runtime/clock.js';

/** The delays between attempts in seconds, a day in all. */
const DELAYS_SECONDS = [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 29_845];

/** The largest random extension of a delay, as a fraction, so that deliveries that failed together are not retried together. */
const JITTER = 0.1;

/** An endpoint is paused after failing for this long. */
export const PATIENCE_MS = DAY_MS;

/** The time of the next attempt after this many; `null` after the last one. */
export function retryAt(attempts: number, nowMs: number): Date | null {
  const seconds = DELAYS_SECONDS[attempts - 1];
  return seconds === undefined ? null : new Date(nowMs + seconds * 1000 * (1 + Math.random() * JITTER));
}
