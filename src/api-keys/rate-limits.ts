import type { ApiKey } from './api-key.entity.js';

/** The number of rate limits that a key may have. */
export const RATE_LIMITS_MAX = 4;

/** A number of requests in any window of a length. */
export interface RateWindow {
  limit: number;
  windowSeconds: number;
}

/** The columns of a key that hold its rate limits: the first one in two of its own, the others together. */
export type RateColumns = Pick<ApiKey, 'rateLimit' | 'rateWindowSeconds' | 'furtherRateLimits'>;

/** The columns of a key without rate limits. */
export const NO_RATE_LIMIT: RateColumns = { rateLimit: null, rateWindowSeconds: null, furtherRateLimits: null };

/** Returns a key's rate limits in their order. */
export function readRateLimits({ rateLimit, rateWindowSeconds, furtherRateLimits }: RateColumns): RateWindow[] {
  if (rateLimit === null) return [];
  return [{ limit: rateLimit, windowSeconds: rateWindowSeconds ?? 60 }, ...(furtherRateLimits ?? [])];
}

/** Returns the columns that hold some rate limits. */
export function toRateColumns(limits: readonly RateWindow[]): RateColumns {
  const [first, ...others] = limits.map(({ limit, windowSeconds }) => ({ limit, windowSeconds }));
  if (!first) return NO_RATE_LIMIT;
  return {
    rateLimit: first.limit,
    rateWindowSeconds: first.windowSeconds,
    furtherRateLimits: others.length > 0 ? others : null,
  };
}
