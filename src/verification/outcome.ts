import type { CachedKey } from './cache/cached-key.js';

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
  /** The merchant whose keys the caller may ask about. */
  merchantId?: string;
  /** The merchant that the key must belong to: its id, or its eight-digit client id. */
  merchant?: string;
  /** The application that the key must belong to. */
  applicationId?: string;
  /** How much the request counts against the key's limits; 1 by default. With 0 it is neither counted nor refused by them. */
  cost?: number;
}

/** The state of a key's rate limit. */
export interface RateState {
  limit: number;
  remaining: number;
  /** The time until a part of the limit is free again or, if the request was refused, until it can be repeated. */
  resetSeconds: number;
}

export interface Verdict {
  outcome: Outcome;
  /** The key; `null` with the outcome `NOT_FOUND`. */
  key: CachedKey | null;
  rate: RateState | null;
  /** The time after which a request that exceeded a limit may be repeated. */
  retryAfterSeconds?: number;
  /** The limit that the request's cost exceeds, so that it would never be allowed. */
  exceeds?: number;
}
