// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { IdempotentOptions, RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type { Outcome, RotatedKeyView, SelfRotateKeyBody, VerifyKeyLimitedBy } from '../document/schemas.js';

export interface VerifyKeyBody {
  /**
   * A full key (`ks_…`), `<key>:<secret>` of any surface, an imported key, or the access token of a session.
   */
  key: string;
  /** The level that the key must have, 0 to 8. */
  level?: number;
  /** The scopes that the key must have. */
  scopes?: string[];
  /** The address from which the key is used. */
  ip?: string;
  /**
   * The `User-Agent` with which the key is used. The name of the program is shown as that of the last use, without its version.
   */
  userAgent?: string;
  /**
   * The merchant that the key must belong to: its id, or its eight-digit client id. A key of another merchant is refused as unknown.
   */
  merchant?: string;
  /**
   * The application that the key must belong to. A key of another one, or of none, is refused as unknown.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  applicationId?: string;
  /**
   * How much the request counts against the key's limits. With 0 the key is verified without being counted or limited. A cost above a limit is refused with 400; in a batch, with the outcome of that limit.
   *
   * @default 1
   */
  cost?: number;
}

export interface VerifyKeyAnswer {
  /** Whether the key is valid for this request. */
  valid: boolean;
  /** The first check that failed, or VALID. */
  outcome: Outcome;
  /**
   * The key's id.
   *
   * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
   */
  keyId?: string | null;
  /**
   * The id of the key's merchant.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  merchantId?: string | null;
  /** The eight-digit client id of the key's merchant. */
  clientId?: string | null;
  /** The account that created the key. */
  accountId?: string | null;
  /**
   * The application that the key belongs to.
   *
   * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
   */
  applicationId?: string | null;
  /**
   * The service under which the key was created.
   *
   * @example 3c1a0b7e-9d2f-4e5a-8b6c-7d0e1f2a3b4c
   */
  serviceId?: string | null;
  /** `live` or `test`. */
  environment?: string | null;
  /** The level that the key has now, 0 to 8. */
  level?: number | null;
  /**
   * The scopes that the key has now: its own, as far as its merchant was given them, or else its merchant's; null for every scope.
   */
  scopes?: string[] | null;
  /** The key's name or description. */
  name?: string | null;
  /** The merchant's own id for what the key stands for. */
  externalId?: string | null;
  /**
   * When the key expires; null if it never does.
   *
   * @example 2026-11-21T13:30:00.000Z
   */
  expiresAt?: string | null;
  /**
   * What the limit that refused the request belongs to: the key, or its external id; null if none refused it.
   */
  limitedBy?: VerifyKeyLimitedBy | null;
  /**
   * The state of the rate limit that refused the request or, if none did, of the one of which the least is left; null if there is none, or no limit was asked.
   */
  rateLimit?: {
    /** Whose requests are counted: those of the key, or those of all keys with its external id. */
    appliesTo: VerifyKeyLimitedBy;
    /** Requests in any window. */
    limit: number;
    /** The length of the window, in seconds. */
    windowSeconds: number;
    /** Requests left in the window that ends now. */
    remaining: number;
    /**
     * Seconds until a part of the limit is free again or, if the limit refused the request, until it can be repeated.
     */
    resetSeconds: number;
  } | null;
  /**
   * The states of all rate limits of the key and of its external id; null if there are none, or no limit was asked.
   */
  rateLimits?:
    | {
        /** Whose requests are counted: those of the key, or those of all keys with its external id. */
        appliesTo: VerifyKeyLimitedBy;
        /** Requests in any window. */
        limit: number;
        /** The length of the window, in seconds. */
        windowSeconds: number;
        /** Requests left in the window that ends now. */
        remaining: number;
        /**
         * Seconds until a part of the limit is free again or, if the limit refused the request, until it can be repeated.
         */
        resetSeconds: number;
      }[]
    | null;
  /**
   * The state of the quota that refused the request or, if none did, of the one of which the least is left; null if there is none, or no quota was asked.
   */
  quota?: {
    /** Whose requests are counted: those of the key, or those of all keys with its external id. */
    appliesTo: VerifyKeyLimitedBy;
    /** Requests in each period. */
    limit: number;
    /**
     * Requests left in the period, as far as this instance knows; exact on a single instance and with Redis.
     */
    remaining: number;
    /** The end of the period. */
    resetsAt: string;
  } | null;
  /** The merchant's own data about the key; null if there are none. */
  metadata?: Record<string, unknown> | null;
}

export interface VerifyKeysBody {
  /** The keys, each with what is required of it. */
  keys: {
    /**
     * A full key (`ks_…`), `<key>:<secret>` of any surface, an imported key, or the access token of a session.
     */
    key: string;
    /** The level that the key must have, 0 to 8. */
    level?: number;
    /** The scopes that the key must have. */
    scopes?: string[];
    /** The address from which the key is used. */
    ip?: string;
    /**
     * The `User-Agent` with which the key is used. The name of the program is shown as that of the last use, without its version.
     */
    userAgent?: string;
    /**
     * The merchant that the key must belong to: its id, or its eight-digit client id. A key of another merchant is refused as unknown.
     */
    merchant?: string;
    /**
     * The application that the key must belong to. A key of another one, or of none, is refused as unknown.
     *
     * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
     */
    applicationId?: string;
    /**
     * How much the request counts against the key's limits. With 0 the key is verified without being counted or limited. A cost above a limit is refused with 400; in a batch, with the outcome of that limit.
     *
     * @default 1
     */
    cost?: number;
  }[];
}

export interface VerifyKeysAnswer {
  /** One result for each key, in the order of the request. */
  results: {
    /** Whether the key is valid for this request. */
    valid: boolean;
    /** The first check that failed, or VALID. */
    outcome: Outcome;
    /**
     * The key's id.
     *
     * @example f7fa38ec-0e19-405c-820f-bf65912ab4ec
     */
    keyId?: string | null;
    /**
     * The id of the key's merchant.
     *
     * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
     */
    merchantId?: string | null;
    /** The eight-digit client id of the key's merchant. */
    clientId?: string | null;
    /** The account that created the key. */
    accountId?: string | null;
    /**
     * The application that the key belongs to.
     *
     * @example 5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11
     */
    applicationId?: string | null;
    /**
     * The service under which the key was created.
     *
     * @example 3c1a0b7e-9d2f-4e5a-8b6c-7d0e1f2a3b4c
     */
    serviceId?: string | null;
    /** `live` or `test`. */
    environment?: string | null;
    /** The level that the key has now, 0 to 8. */
    level?: number | null;
    /**
     * The scopes that the key has now: its own, as far as its merchant was given them, or else its merchant's; null for every scope.
     */
    scopes?: string[] | null;
    /** The key's name or description. */
    name?: string | null;
    /** The merchant's own id for what the key stands for. */
    externalId?: string | null;
    /**
     * When the key expires; null if it never does.
     *
     * @example 2026-11-21T13:30:00.000Z
     */
    expiresAt?: string | null;
    /**
     * What the limit that refused the request belongs to: the key, or its external id; null if none refused it.
     */
    limitedBy?: VerifyKeyLimitedBy | null;
    /**
     * The state of the rate limit that refused the request or, if none did, of the one of which the least is left; null if there is none, or no limit was asked.
     */
    rateLimit?: {
      /** Whose requests are counted: those of the key, or those of all keys with its external id. */
      appliesTo: VerifyKeyLimitedBy;
      /** Requests in any window. */
      limit: number;
      /** The length of the window, in seconds. */
      windowSeconds: number;
      /** Requests left in the window that ends now. */
      remaining: number;
      /**
       * Seconds until a part of the limit is free again or, if the limit refused the request, until it can be repeated.
       */
      resetSeconds: number;
    } | null;
    /**
     * The states of all rate limits of the key and of its external id; null if there are none, or no limit was asked.
     */
    rateLimits?:
      | {
          /** Whose requests are counted: those of the key, or those of all keys with its external id. */
          appliesTo: VerifyKeyLimitedBy;
          /** Requests in any window. */
          limit: number;
          /** The length of the window, in seconds. */
          windowSeconds: number;
          /** Requests left in the window that ends now. */
          remaining: number;
          /**
           * Seconds until a part of the limit is free again or, if the limit refused the request, until it can be repeated.
           */
          resetSeconds: number;
        }[]
      | null;
    /**
     * The state of the quota that refused the request or, if none did, of the one of which the least is left; null if there is none, or no quota was asked.
     */
    quota?: {
      /** Whose requests are counted: those of the key, or those of all keys with its external id. */
      appliesTo: VerifyKeyLimitedBy;
      /** Requests in each period. */
      limit: number;
      /**
       * Requests left in the period, as far as this instance knows; exact on a single instance and with Redis.
       */
      remaining: number;
      /** The end of the period. */
      resetsAt: string;
    } | null;
    /** The merchant's own data about the key; null if there are none. */
    metadata?: Record<string, unknown> | null;
  }[];
}

/** Options of `verification.check`. */
export interface CheckKeyOptions extends RequestOptions {
  /** The level that the key must have, 0 to 8. */
  level?: number;
  /** The scopes that the key must have, separated by spaces. */
  scope?: string;
  /**
   * The merchant that the key must belong to: its id, or its eight-digit client id. A key of another merchant is refused as unknown.
   */
  merchant?: string;
  /**
   * The application that the key must belong to. A key of another one, or of none, is refused as unknown.
   */
  application?: string;
}

/** For gateways and services: whether a key is valid, and what it may do. */
export class Verification extends Resource {
  /**
   * Rotate the key that calls.
   *
   * For a service that renews its own key, without a login. The credential is the full key itself, which must have `selfRotate: true`. Its id,
   * expiry, level, scopes and settings stay the same, and its team is notified. The previous full key stays valid for the overlap, and can
   * neither rotate the key again nor shorten the overlap. Store the new full key before you use it: no other answer shows it, and if it is
   * lost, a member must rotate the key.
   *
   * Requires a login.
   *
   * @returns The key, with its new full key.
   * @throws {KeywrightError} 400: `request.body_missing`, `credential.ambiguous`, `credential.in_query`
   * @throws {KeywrightError} 403: `api_key.self_rotation_not_allowed`
   * @throws {KeywrightError} 409: `idempotency.under_way`, `api_key.overlap_running`
   * @throws {KeywrightError} 422: `idempotency.key_reused`
   */
  rotateOwn(body: SelfRotateKeyBody, options?: RequestOptions & IdempotentOptions): Answer<RotatedKeyView> {
    return this.callOperation(operations.rotateOwnKey, [], body, options);
  }

  /**
   * Verify a key.
   *
   * A valid request is answered with 200, whatever the `outcome`. Authenticate by a key of your own or a login token: level 1 verifies the keys of its own merchant, level 5 everyone's. A key that you may not verify is NOT_FOUND.
   *
   * Requires level 1 or above.
   *
   * @returns Whether the key is valid, and what it may do.
   * @throws {KeywrightError} 400: `credential.ambiguous`, `credential.in_query`
   */
  verify(body: VerifyKeyBody, options?: RequestOptions): Answer<VerifyKeyAnswer> {
    return this.callOperation(operations.verifyKey, [], body, options);
  }

  /**
   * Verify up to 100 keys.
   *
   * Each key is verified as if it were the only one.
   *
   * Requires level 1 or above.
   *
   * @returns A result for each key.
   * @throws {KeywrightError} 400: `credential.ambiguous`, `credential.in_query`
   */
  verifyMany(body: VerifyKeysBody, options?: RequestOptions): Answer<VerifyKeysAnswer> {
    return this.callOperation(operations.verifyKeys, [], body, options);
  }

  /**
   * Check the credential of a request.
   *
   * For gateways, with any method. The credential is a key of any surface, in `Authorization: Bearer` or `Basic` or in `X-API-Key`, or the access token of a session as Bearer. The answer has no body; its headers name the key.
   *
   * @throws {KeywrightError} 400: `credential.ambiguous`, `credential.in_query`
   * @throws {KeywrightError} 429: `quota.exceeded`
   */
  check(options?: CheckKeyOptions): Answer<void> {
    return this.callOperation(operations.checkKey, [], undefined, options);
  }
}
