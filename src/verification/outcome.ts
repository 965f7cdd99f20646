import type { CachedKey } from './cache/cached-key.js';

/** How a verification can end, in the order of the checks. */
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

/** What a request needs its key to be good for. */
export interface Requirements {
  level?: number;
  scopes?: readonly string[];
  /** The address the key is used from. */
  ip?: string;
  /** The merchant whose key it must be. */
  merchantId?: string;
  /** The application that the key must be for. */
  applicationId?: string;
  /** How much of its limits the request uses up; 1 unless it says otherwise. */
  cost?: number;
}

/** Where a key stands within its limit of requests per window. */
export interface RateState {
  limit: number;
  remaining: number;
  /** Until the window ends. */
  resetSeconds: number;
}

export interface Verdict {
  outcome: Outcome;
  /** The key, once its secret was right. */
  key: CachedKey | null;
  rate: RateState | null;
  /** When a request that passed a limit may come again. */
  retryAfterSeconds?: number;
}
