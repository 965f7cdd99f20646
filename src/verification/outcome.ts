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

/** Why a limit refuses a request. */
export interface Refusal {
  /** The limit that refuses the request for the longest time; `null` if the request's cost exceeds a limit. */
  refusedBy: RateState | QuotaState | null;
  /** The time after which the request may be repeated; `null` if it would never be allowed. */
  retryAfterSeconds: number | null;
  /** The limit that the request's cost exceeds, so that it would never be allowed. */
  exceeds: RateLimit | QuotaLimit | null;
}

const NO_RATES: readonly RateState[] = [];
const NO_QUOTAS: readonly QuotaState[] = [];

/** The result of a verification. V8 reads objects of one class quickest, so all verdicts are made here, none by spreading another. */
export class Verdict {
  /**
   * @param key `null` with the outcome `NOT_FOUND`
   * @param rates the states of the rate limits, in their order; empty if they weren't asked, or the request's cost exceeds a limit
   * @param quotas the states of the quotas, in their order; empty if they weren't asked, or a rate limit refuses the request
   * @param refusal why a limit refuses the request; `null` if none does
   */
  constructor(
    readonly outcome: Outcome,
    readonly key: CachedKey | null,
    readonly rates: readonly RateState[] = NO_RATES,
    readonly quotas: readonly QuotaState[] = NO_QUOTAS,
    readonly refusal: Refusal | null = null,
  ) {}
}
