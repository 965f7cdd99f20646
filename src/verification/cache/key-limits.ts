import type { ApiKey, QuotaPeriod } from '../../api-keys/api-key.entity.js';
import type { RateWindow } from '../../api-keys/rate-limits.js';

/** Whose requests a limit counts: those of one key, or those of all keys with the same external id. */
export type LimitScope = 'key' | 'externalId';

/** How many requests of a subject are admitted in any window of a length. */
export interface RateLimit {
  /** Requests are counted under this id, which names the subject and the window, whatever the limit. */
  readonly id: string;
  readonly subjectId: string;
  readonly appliesTo: LimitScope;
  /** The name of the policy in headers. */
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

/** How many requests of a subject are admitted in each calendar day or month (UTC). */
export interface QuotaLimit {
  readonly subjectId: string;
  readonly appliesTo: LimitScope;
  readonly limit: number;
  readonly period: QuotaPeriod;
  /** The time before which no use counts, in milliseconds since 1970. */
  readonly countedFromMs: number;
}

/** The id under which the requests of a subject in a window are counted. */
export const rateId = (subjectId: string, windowMs: number): string => `${subjectId}:${windowMs / 1000}`;

/** Returns the rate limits of a subject. The first of a key keeps its name whatever its window is. */
export const rateLimitsOf = (subjectId: string, appliesTo: LimitScope, windows: readonly RateWindow[]): RateLimit[] =>
  windows.map(({ limit, windowSeconds }, index) => ({
    id: rateId(subjectId, windowSeconds * 1000),
    subjectId,
    appliesTo,
    name: appliesTo === 'externalId' ? `external-${windowSeconds}` : index === 0 ? 'key' : `key-${windowSeconds}`,
    limit,
    windowSeconds,
  }));

/** Returns the quota of a subject, if it has one. */
export const quotasOf = (
  subjectId: string,
  appliesTo: LimitScope,
  { quotaLimit: limit, quotaPeriod, quotaResetAt }: Pick<ApiKey, 'quotaLimit' | 'quotaPeriod' | 'quotaResetAt'>,
): QuotaLimit[] =>
  limit === null
    ? []
    : [{ subjectId, appliesTo, limit, period: quotaPeriod ?? 'month', countedFromMs: quotaResetAt?.getTime() ?? 0 }];
