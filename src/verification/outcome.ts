import type { CachedKey } from './cache/cached-key.js';
import type { QuotaLimit, RateLimit } from './cache/key-limits.js';

/** The outcomes of a verification: success first, then the failures in the order of the checks. */
export const OUTCOMES = [
  'VALID',
  'NOT_FOUND',
  'DISABLED',
  'EXPIRED',
  'APPLICATION_DISABLED',
  'OWNER_DISABLED',
  'IP_NOT_ALLOWED',
  'INSUFFICIENT_LEVEL',
  'MISSING_SCOPE',
  'RATE_LIMITED',
  'QUOTA_EXCEEDED',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** What a request requires of its key. */
export interface Requirements {
  level?: number;
  scopes?: readonly string[];
  /** The address from which the key is used. */
  ip?: string;
  /** The `User-Agent` with which the key is used. */
  userAgent?: string | undefined;
  /** Whether the address costs so much to read that it is read once a second, unless the key is bound to addresses. */
  isSampled?: boolean;
  /** The merchant whose keys the caller may ask about. */
  merchantId?: string;
  /** The merchant that the key must belong to: its id, or its eight-digit client id. */
  merchant?: string;
  /** The application that the key must belong to. */
  applicationId?: string;
  /** How much the request counts against the key's limits; 1 by default. With 0 it is neither counted nor refused by them. */
  cost?: number;
}

/** The state of a rate limit. */
export interface RateState extends Pick<RateLimit, 'appliesTo' | 'name' | 'limit' | 'windowSeconds'> {
  remaining: number;
  /** The time until a part of the limit is free again or, if the request was refused, until it can be repeated. */
  resetSeconds: number;
}

/** The state of a quota. */
export interface QuotaState extends Pick<QuotaLimit, 'appliesTo' | 'limit'> {
  remaining: number;
  /** The end of the period, in milliseconds since 1970. */
  resetsAtMs: number;
}

/** What the limits of a request's key say about it. */
export interface LimitVerdict {
  outcome: 'VALID' | 'RATE_LIMITED' | 'QUOTA_EXCEEDED';
  /** The states of the rate limits, in their order; empty if the request's cost exceeds a limit. */
  rates: readonly RateState[];
  /** The states of the quotas, in their order; empty if a rate limit refuses the request. */
  quotas: readonly QuotaState[];
  /** The limit that refuses the request for the longest time. */
  refusedBy?: RateState | QuotaState;
  /** The time after which a request that exceeded a limit may be repeated. */
  retryAfterSeconds?: number;
  /** The limit that the request's cost exceeds, so that it would never be allowed. */
  exceeds?: RateLimit | QuotaLimit;
}

export interface Verdict extends Omit<LimitVerdict, 'outcome'> {
  outcome: Outcome;
  /** The key; `null` with the outcome `NOT_FOUND`. */
  key: CachedKey | null;
}

/** What is known of limits that weren't asked. */
export const UNLIMITED: Pick<LimitVerdict, 'rates' | 'quotas'> = { rates: [], quotas: [] };
