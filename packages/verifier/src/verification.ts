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
  /** The level that the key must have, 0 to 8. */
  level?: number | undefined;
  /** The scopes that the key must have, at most 50. */
  scopes?: readonly string[] | undefined;
  /** The address from which the key is used. Without it, a key that is bound to addresses is refused. */
  ip?: string | undefined;
  /** The `User-Agent` with which the key is used. */
  userAgent?: string | undefined;
  /** The application that the key must belong to. A key of another one, or of none, is refused as unknown. */
  applicationId?: string | undefined;
  /** How much the request counts against the key's limits; 1 by default. With 0 it is neither counted nor refused by them. */
  cost?: number | undefined;
}

type LimitScope = 'key' | 'externalId';

/** The state of a rate limit. */
export interface RateLimitState {
  /** Whose requests are counted: those of the key, or those of all keys with its external id. */
  readonly appliesTo: LimitScope;
  /** Requests in any window. */
  readonly limit: number;
  /** The length of the window. */
  readonly windowSeconds: number;
  /** Requests left in the window that ends now. */
  readonly remaining: number;
  /** Seconds until a part of the limit is free again or, if the limit refused the request, until it can be repeated. */
  readonly resetSeconds: number;
}

/** The state of a quota. */
export interface QuotaState {
  /** Whose requests are counted: those of the key, or those of all keys with its external id. */
  readonly appliesTo: LimitScope;
  /** Requests in each period. */
  readonly limit: number;
  /** Requests left in the period. */
  readonly remaining: number;
  /** The end of the period. */
  readonly resetsAt: string;
}

/** The result of a verification, frozen. All properties but `valid` and `outcome` are null if the key was not found, or not looked for. */
export interface Verification {
  /** Whether the key is valid for this request. */
  readonly valid: boolean;
  /** The first check that failed, or VALID. `UNAVAILABLE` if the server had to be asked and could not be. */
  readonly outcome: Outcome | 'UNAVAILABLE';
  /** The key's id. */
  readonly keyId: string | null;
  /** The id of the key's merchant. */
  readonly merchantId: string | null;
  /** The eight-digit client id of the key's merchant. */
  readonly clientId: string | null;
  /** The account that created the key. */
  readonly accountId: string | null;
  /** The application that the key belongs to. */
  readonly applicationId: string | null;
  /** The service under which the key was created. */
  readonly serviceId: string | null;
  /** The environment of the key's application. */
  readonly environment: 'live' | 'test' | null;
  /** The level that the key has now, 0 to 8. */
  readonly level: number | null;
  /** The scopes that the key has now; null for every scope. */
  readonly scopes: readonly string[] | null;
  /** The key's name or description. */
  readonly name: string | null;
  /** The merchant's own id for what the key stands for. */
  readonly externalId: string | null;
  /** When the key expires; null if it never does. */
  readonly expiresAt: string | null;
  /** What the limit that refused the request belongs to; null if none refused it. */
  readonly limitedBy: LimitScope | null;
  /** The state of the rate limit that refused the request or, if none did, of the one of which the least is left. */
  readonly rateLimit: RateLimitState | null;
  /** The states of all rate limits; null if there are none, or no limit was asked. */
  readonly rateLimits: readonly RateLimitState[] | null;
  /** The state of the quota that refused the request or, if none did, of the one of which the least is left. */
  readonly quota: QuotaState | null;
  /** The merchant's own data about the key. */
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

/**
 * Returns the fields of a verification, frozen with all that they hold, because all who ask about the key share it. They are named one by one, so that every
 * verification has the same shape in memory, which makes it small and quick to read, even if a newer server adds others.
 */
export function toVerification(found: Verification): Verification {
  return freeze({
    valid: found.valid,
    outcome: found.outcome,
    keyId: found.keyId,
    merchantId: found.merchantId,
    clientId: found.clientId,
    accountId: found.accountId,
    applicationId: found.applicationId,
    serviceId: found.serviceId,
    environment: found.environment,
    level: found.level,
    scopes: found.scopes,
    name: found.name,
    externalId: found.externalId,
    expiresAt: found.expiresAt,
    limitedBy: found.limitedBy,
    rateLimit: found.rateLimit,
    rateLimits: found.rateLimits,
    quota: found.quota,
    metadata: found.metadata,
  });
}

const NO_KEY = {
  valid: false,
  keyId: null,
  merchantId: null,
  clientId: null,
  accountId: null,
  applicationId: null,
  serviceId: null,
  environment: null,
  level: null,
  scopes: null,
  name: null,
  externalId: null,
  expiresAt: null,
  limitedBy: null,
  rateLimit: null,
  rateLimits: null,
  quota: null,
  metadata: null,
} as const;

export const NOT_FOUND: Verification = Object.freeze({ ...NO_KEY, outcome: 'NOT_FOUND' });
export const UNAVAILABLE: Verification = Object.freeze({ ...NO_KEY, outcome: 'UNAVAILABLE' });

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
