// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { List } from '../transport/list.js';
import type { IdempotentOptions, RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  AcknowledgementBody,
  AttachVerifierBody,
  AttachedVerifierView,
  ChangesView,
  Outcome,
  UseReportBody,
  UseReportView,
  VerifierEventView,
  VerifierPage,
  VerifierView,
  VerifyKeyLimitedBy,
} from '../document/schemas.js';

export interface VerifyForVerifierBody {
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

export interface VerifyForVerifierAnswer {
  /** The revision of the changes that the answers contain at least. */
  revision: number;
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
    /**
     * What the verifier may remember with the answer, if the revision is not below that of what it has last forgotten; null if it must ask each time.
     */
    known: {
      /** Names the credential in reports of uses. */
      credential: string;
      /** The ids of everything whose change makes the answer outdated. */
      dependsOn: string[];
      /** The time until the credential expires, in milliseconds; null if it never does. */
      expiresInMs: number | null;
      /** The outcome once the credential has expired. */
      expiresAs: Outcome;
      /** The addresses and networks to which the key is bound; null if it is bound to none. */
      allowedIps: string[] | null;
      /** The outcome of every request until the key changes; null if that depends on the request. */
      refusedAs: Outcome | null;
    } | null;
  }[];
}
/** Options of `verifiers.list`. */
export interface ListVerifiersOptions extends RequestOptions {
  /**
   * The page, from 1.
   *
   * @default 1
   */
  page?: number;
  /**
   * Items per page.
   *
   * @default 20
   */
  limit?: number;
}

/** Options of `verifiers.streamChanges`. */
export interface StreamChangesOptions extends RequestOptions {
  /**
   * The revision up to which the verifier has forgotten; left out by one that remembers nothing. Such as `48211`.
   */
  after?: number;
}

/** Options of `verifiers.pollChanges`. */
export interface PollChangesOptions extends RequestOptions {
  /**
   * The revision up to which the verifier has forgotten; left out by one that remembers nothing. Such as `48211`.
   */
  after?: number;
  /** How long to wait for a change, in milliseconds, up to a second. The default is 0. Such as `1000`. */
  waitMs?: number;
}

/**
 * For verification in the process of a service, by `@keywright/verifier`: what it may remember, and what it has to forget.
 */
export class Verifiers extends Resource {
  /**
   * List your merchant's verifiers.
   *
   * Those that have been away for a minute or more are forgotten.
   *
   * Requires level 1 or above.
   *
   * @returns A page of verifiers.
   */
  list(options?: ListVerifiersOptions): List<VerifierView, VerifierPage> {
    return this.listOperation(operations.listVerifiers, [], undefined, options);
  }

  /**
   * Attach a verifier.
   *
   * For `@keywright/verifier`, which verifies your merchant's keys in the process of your service. The credential is a key of level 1 or above
   * whose scopes name `verifier`. Then open the verifier's stream.
   *
   * Requires level 1 or above.
   *
   * @returns The verifier.
   * @throws {KeywrightError} 400: `request.body_missing`, `credential.ambiguous`, `credential.in_query`
   * @throws {KeywrightError} 403: `access.scope_lacking`
   * @throws {KeywrightError} 409: `verifier.limit_reached`
   */
  attach(body?: AttachVerifierBody, options?: RequestOptions): Answer<AttachedVerifierView> {
    return this.callOperation(operations.attachVerifier, [], body, options);
  }

  /**
   * Detach a verifier.
   *
   * It is told of nothing more.
   *
   * Requires level 1 or above.
   *
   * @param id The verifier's id.
   * @throws {KeywrightError} 400: `credential.ambiguous`, `credential.in_query`
   * @throws {KeywrightError} 403: `access.scope_lacking`, `access.other_owner`
   * @throws {KeywrightError} 404: `verifier.not_found`
   */
  detach(id: string, options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.detachVerifier, [id], undefined, options);
  }

  /**
   * Stream what a verifier has to forget.
   *
   * Server-sent events, until the verifier's key is no longer valid or the server stops. A revocation waits until the verifier has
   * acknowledged it, or until the leases have ended that it was given before.
   *
   * Requires level 1 or above.
   *
   * @param id The verifier's id.
   * @returns Events of the types `lease` and `forget`.
   * @throws {KeywrightError} 400: `credential.ambiguous`, `credential.in_query`
   * @throws {KeywrightError} 403: `access.scope_lacking`, `access.other_owner`
   * @throws {KeywrightError} 404: `verifier.not_found`
   */
  streamChanges(id: string, options?: StreamChangesOptions): AsyncIterable<VerifierEventView> {
    return this.readLines(operations.streamChanges, [id], undefined, options);
  }

  /**
   * Poll for what a verifier has to forget.
   *
   * In place of the stream, where a proxy holds its events back. `after` acknowledges.
   *
   * Requires level 1 or above.
   *
   * @param id The verifier's id.
   * @returns What has changed, and for how long the verifier may decide from its memory once it has forgotten that.
   * @throws {KeywrightError} 400: `credential.ambiguous`, `credential.in_query`
   * @throws {KeywrightError} 403: `access.scope_lacking`, `access.other_owner`
   * @throws {KeywrightError} 404: `verifier.not_found`
   */
  pollChanges(id: string, options?: PollChangesOptions): Answer<ChangesView> {
    return this.callOperation(operations.pollChanges, [id], undefined, options);
  }

  /**
   * Acknowledge what a verifier has forgotten.
   *
   * Any instance takes the acknowledgement.
   *
   * Requires level 1 or above.
   *
   * @param id The verifier's id.
   * @throws {KeywrightError} 400: `request.body_missing`, `credential.ambiguous`, `credential.in_query`
   * @throws {KeywrightError} 403: `access.scope_lacking`, `access.other_owner`
   * @throws {KeywrightError} 404: `verifier.not_found`
   */
  acknowledgeChanges(id: string, body: AcknowledgementBody, options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.acknowledgeChanges, [id], body, options);
  }

  /**
   * Report the uses that a verifier has decided.
   *
   * They count as if the server had decided them: last use, usage, and the idle policy. More uses than can be are refused, and recorded in the
   * audit trail.
   *
   * Requires level 1 or above.
   *
   * @param id The verifier's id.
   * @returns How many uses were counted.
   * @throws {KeywrightError} 400: `request.body_missing`, `credential.ambiguous`, `credential.in_query`
   * @throws {KeywrightError} 403: `access.scope_lacking`, `access.other_owner`
   * @throws {KeywrightError} 404: `verifier.not_found`
   * @throws {KeywrightError} 409: `idempotency.under_way`
   * @throws {KeywrightError} 422: `idempotency.key_reused`
   */
  reportUses(id: string, body: UseReportBody, options?: RequestOptions & IdempotentOptions): Answer<UseReportView> {
    return this.callOperation(operations.reportUses, [id], body, options);
  }

  /**
   * Verify up to 100 keys for a verifier.
   *
   * As the batch of verifications, with what the verifier may remember of each key. The uses are counted; those that the verifier decides itself are not, and it reports them. The credential is a key of level 1 or above whose scopes name `verifier`.
   *
   * Requires level 1 or above.
   *
   * @returns A result for each key, and what may be remembered of it.
   * @throws {KeywrightError} 400: `credential.ambiguous`, `credential.in_query`
   * @throws {KeywrightError} 403: `access.scope_lacking`
   */
  verifyFor(body: VerifyForVerifierBody, options?: RequestOptions): Answer<VerifyForVerifierAnswer> {
    return this.callOperation(operations.verifyForVerifier, [], body, options);
  }
}
