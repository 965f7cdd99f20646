/** What is left of a rate limit. */
export class RateLimitLeftView {
  /** Whose requests are counted: those of the key, or those of all keys with its external id. */
  appliesTo: 'key' | 'externalId';

  /**
   * Requests in any window.
   * @example 100
   */
  limit: number;

  /**
   * The length of the window, in seconds.
   * @example 60
   */
  windowSeconds: number;

  /**
   * Requests left in the window that ends now. Without Redis, of several instances each has a share of the limit, and this is what is left of the
   * share of the instance that sent this response.
   * @example 98
   */
  remaining: number;

  /**
   * Seconds until a part of the limit is free again.
   * @example 41
   */
  resetSeconds: number;
}

/** What is left of a quota. */
export class QuotaLeftView {
  /** Whose requests are counted: those of the key, or those of all keys with its external id. */
  appliesTo: 'key' | 'externalId';

  /**
   * Requests in each period.
   * @example 100000
   */
  limit: number;

  /** The length of the period: a calendar day or month (UTC). */
  period: 'day' | 'month';

  /**
   * Requests left in the period, as far as this instance knows; exact on a single instance and with Redis.
   * @example 99412
   */
  remaining: number;

  /**
   * The end of the period.
   * @example "2026-12-01T00:00:00.000Z"
   */
  resetsAt: string;
}

/** What is left of the limits of a key. */
export class KeyLimitsView {
  /**
   * The id of the key.
   * @example "f7fa38ec-0e19-405c-820f-bf65912ab4ec"
   */
  keyId: string;

  /** The rate limits of the key, then those that it shares with the keys of its external id; empty if there are none. */
  rateLimits: RateLimitLeftView[];

  /** The quota of the key, then the one that it shares with the keys of its external id; empty if there is none. */
  quotas: QuotaLeftView[];
}
