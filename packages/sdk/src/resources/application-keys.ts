// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { List } from '../transport/list.js';
import type { IdempotentOptions, RequestOptions, VersionedOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  ApplicationKeyPage,
  ApplicationKeyPart,
  ApplicationKeyView,
  CreateApplicationKeyBody,
  CreatedApplicationKeyView,
  Environment,
  ExposureSource,
  KeySort,
  KeyStatusFilter,
  RotateKeyBody,
  RotatedKeyView,
  Surface,
  UpdateApplicationKeyBody,
  UsageInterval,
  UsageView,
} from '../document/schemas.js';

/** Options of `applicationKeys.list`. */
export interface ListApplicationApiKeysOptions extends RequestOptions {
  /**
   * Only keys with this status. `active` keys are enabled and have not expired. `disabled` keys are not enabled. `expired` keys are enabled
   * but have expired. Of the active keys, `expiring` ones expire within 30 days, `unused` ones have not been used for 90 days or at all,
   * and `rotating` ones have a previous full key that is still valid.
   */
  status?: KeyStatusFilter;
  /** Only keys with exactly this external id. Such as `cus_9s6XKzkNRiz8i3`. */
  externalId?: string;
  /** Only keys of this level. Such as `4`. */
  level?: number;
  /** Only keys that have exactly this scope among their scopes. Such as `payments:write`. */
  scope?: string;
  /** Only keys of this environment. */
  environment?: Environment;
  /** Only keys that were created on this surface. */
  surface?: Surface;
  /** Only keys that were created at or after this time. Such as `2026-11-21T00:00:00.000Z`. */
  createdAfter?: string;
  /**
   * Only keys that were created before this time; a date alone is included as a whole. Such as `2026-11-22T00:00:00.000Z`.
   */
  createdBefore?: string;
  /**
   * Only keys that expire at or after this time. Keys that never expire are not included. Such as `2026-11-21T00:00:00.000Z`.
   */
  expiresAfter?: string;
  /**
   * Only keys that expire before this time; a date alone is included as a whole. Such as `2026-11-22T00:00:00.000Z`.
   */
  expiresBefore?: string;
  /** Only keys whose last use is at or after this time. Such as `2026-11-21T00:00:00.000Z`. */
  lastUsedAfter?: string;
  /**
   * Only keys whose last use is before this time; a date alone is included as a whole. Keys that have never been used are not included. Such as `2026-11-22T00:00:00.000Z`.
   */
  lastUsedBefore?: string;
  /**
   * `true`: only keys that never expire. `false`: only keys that expire, or have expired. Such as `true`.
   */
  neverExpires?: boolean;
  /**
   * `true`: only keys that have never been used. `false`: only keys that have been used. Such as `true`.
   */
  neverUsed?: boolean;
  /**
   * `true`: only keys whose full key was found exposed since it was issued. `false`: only the others. Such as `true`.
   */
  exposed?: boolean;
  /**
   * Only keys that were found exposed in this way: by a report, by GitHub, in the query of a request, or in a request over plain HTTP. Such as `http`.
   */
  exposedSource?: ExposureSource;
  /**
   * `true`: only keys without an owner: the account that is responsible for the key is disabled, or has been deleted. `false`: only the others. Such as `true`.
   */
  ownerGone?: boolean;
  /**
   * `true`: only keys that were used within 90 days for some of their scopes, but not for others that they have had for longer. `false`: only the
   * others. Such as `true`.
   */
  overScoped?: boolean;
  /**
   * `true`: only keys that live longer than the policy for the life of keys allows (`GET /api/v1/merchants/me/key-policy`). `false`: only the
   * others. Such as `true`.
   */
  exceedsPolicy?: boolean;
  /**
   * Only keys whose description contains this text (ignoring the case of letters), whose prefix begins with it, or whose last four
   * characters are equal to it. Such as `checkout`.
   */
  q?: string;
  /**
   * The sort order; a minus means descending. `name` is the description. Keys without a value come first in ascending order, and last in
   * descending order.
   *
   * @default "createdAt"
   */
  sort?: KeySort;
  /** The page, from 1. Cannot be combined with a cursor. Such as `1`. */
  page?: number;
  /**
   * Items per page.
   *
   * @default 20
   */
  limit?: number;
  /**
   * The `nextCursor` of the previous response, with the same filter and sort order; an empty cursor begins the list. Continuing takes as long
   * as beginning, however long the list is, and items created meanwhile shift nothing. A part can hold fewer items than `limit`, even none, when
   * many had to be examined. Continue as long as there is a `nextCursor`. Such as `WyJxMnc`.
   */
  cursor?: string;
}

/** Options of `applicationKeys.readUsage`. */
export interface ReadApplicationApiKeyUsageOptions extends RequestOptions {
  /**
   * The start of the period. The first interval is the one that contains this time. By default a week before `to`. Such as `2026-11-20T00:00:00Z`.
   */
  from?: string;
  /**
   * The end of the period. The last interval starts before this time; a date alone is included as a whole. By default now. Such as `2026-11-21T00:00:00Z`.
   */
  to?: string;
  /** The length of the intervals; `hour` by default. */
  interval?: UsageInterval;
}

/** An application's keys. `keys` reaches them as well, by their ids alone. */
export class ApplicationKeys extends Resource {
  /**
   * List an application's API keys.
   *
   * In pages, or with `cursor` in parts, which are equally fast for any number of keys.
   *
   * Requires level 1 or above.
   *
   * @param id The application's id.
   * @returns A page of the application's keys, or with `cursor` a part.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `application.not_found`
   */
  list(
    id: string,
    options: ListApplicationApiKeysOptions & { cursor: string },
  ): List<ApplicationKeyView, ApplicationKeyPart>;
  /**
   * List an application's API keys.
   *
   * In pages, or with `cursor` in parts, which are equally fast for any number of keys.
   *
   * Requires level 1 or above.
   *
   * @param id The application's id.
   * @returns A page of the application's keys, or with `cursor` a part.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `application.not_found`
   */
  list(
    id: string,
    options?: ListApplicationApiKeysOptions & { cursor?: undefined },
  ): List<ApplicationKeyView, ApplicationKeyPage>;
  /**
   * List an application's API keys.
   *
   * In pages, or with `cursor` in parts, which are equally fast for any number of keys.
   *
   * Requires level 1 or above.
   *
   * @param id The application's id.
   * @returns A page of the application's keys, or with `cursor` a part.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `application.not_found`
   */
  list(
    id: string,
    options?: ListApplicationApiKeysOptions,
  ): List<ApplicationKeyView, ApplicationKeyPage | ApplicationKeyPart>;
  list(
    id: string,
    options?: ListApplicationApiKeysOptions,
  ): List<ApplicationKeyView, ApplicationKeyPage | ApplicationKeyPart> {
    return this.listOperation(operations.listApplicationApiKeys, [id], undefined, options);
  }

  /**
   * Generate an API key for an application.
   *
   * The full key is shown only in this answer, which has the settings that the request names beside the fields that every new key has.
   *
   * Requires level 4 or above.
   *
   * @param id The application's id.
   * @returns The new key, with the full key.
   * @throws {KeywrightError} 400: `request.body_missing`, `api_key.level_too_high`, `api_key.scopes_not_held`, `api_key.scopes_not_given`, `api_key.life_too_long`, `api_key.expiry_required`
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `application.not_found`
   * @throws {KeywrightError} 409: `idempotency.under_way`, `api_key.limit_reached`
   * @throws {KeywrightError} 422: `idempotency.key_reused`
   */
  create(
    id: string,
    body: CreateApplicationKeyBody,
    options?: RequestOptions & IdempotentOptions,
  ): Answer<CreatedApplicationKeyView> {
    return this.callOperation(operations.createApplicationApiKey, [id], body, options);
  }

  /**
   * Read an application's API key.
   *
   * Requires level 1 or above.
   *
   * @param applicationId The application's id.
   * @param keyId The key's id.
   * @returns The key.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `application.not_found`, `api_key.not_found`
   */
  read(applicationId: string, keyId: string, options?: RequestOptions): Answer<ApplicationKeyView> {
    return this.callOperation(operations.readApplicationApiKey, [applicationId, keyId], undefined, options);
  }

  /**
   * Revoke an application's API key.
   *
   * It is refused at once and permanently. The application's other keys keep working.
   *
   * Requires level 4 or above.
   *
   * @param applicationId The application's id.
   * @param keyId The key's id.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `application.not_found`, `api_key.not_found`
   * @throws {KeywrightError} 412: `precondition.failed`
   */
  delete(applicationId: string, keyId: string, options?: RequestOptions & VersionedOptions): Answer<void> {
    return this.callOperation(operations.deleteApplicationApiKey, [applicationId, keyId], undefined, options);
  }

  /**
   * Change an application's API key.
   *
   * Restrictions take effect on every instance before the response is sent. You cannot change a key whose level is above yours.
   *
   * Requires level 4 or above.
   *
   * @param applicationId The application's id.
   * @param keyId The key's id.
   * @returns The changed key.
   * @throws {KeywrightError} 400: `request.body_missing`, `api_key.level_too_high`, `api_key.scopes_not_held`, `api_key.scopes_not_given`, `api_key.life_too_long`, `api_key.expiry_required`
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `application.not_found`, `api_key.not_found`
   * @throws {KeywrightError} 412: `precondition.failed`
   */
  update(
    applicationId: string,
    keyId: string,
    body?: UpdateApplicationKeyBody,
    options?: RequestOptions & VersionedOptions,
  ): Answer<ApplicationKeyView> {
    return this.callOperation(operations.updateApplicationApiKey, [applicationId, keyId], body, options);
  }

  /**
   * Rotate an application's API key.
   *
   * It keeps its id, its history and its settings, and gets a new full key, which is shown only in this answer. The body says when the
   * replaced full key expires, and can set a new expiry of the key, which an expired key needs. While the overlap of an earlier rotation
   * runs, the key can be rotated only with `endPrevious: true`. You cannot rotate a key whose level is above yours. A disabled key stays
   * disabled.
   *
   * Requires level 4 or above.
   *
   * @param applicationId The application's id.
   * @param keyId The key's id.
   * @returns The key, with its new full key.
   * @throws {KeywrightError} 400: `request.body_missing`, `api_key.life_too_long`, `api_key.expiry_required`
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `application.not_found`, `api_key.not_found`
   * @throws {KeywrightError} 409: `idempotency.under_way`, `api_key.not_rotatable`, `api_key.overlap_running`
   * @throws {KeywrightError} 412: `precondition.failed`
   * @throws {KeywrightError} 422: `idempotency.key_reused`
   */
  rotate(
    applicationId: string,
    keyId: string,
    body?: RotateKeyBody,
    options?: RequestOptions & IdempotentOptions & VersionedOptions,
  ): Answer<RotatedKeyView> {
    return this.callOperation(operations.rotateApplicationApiKey, [applicationId, keyId], body, options);
  }

  /**
   * Reset the quota of an application's API key.
   *
   * What the key has used in the current period no longer counts, on any instance, once the response is sent. The period ends when it would
   * have ended. You cannot reset the quota of a key whose level is above yours.
   *
   * Requires level 4 or above.
   *
   * @param applicationId The application's id.
   * @param keyId The key's id.
   * @returns The key.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `application.not_found`, `api_key.not_found`
   * @throws {KeywrightError} 409: `idempotency.under_way`, `api_key.no_quota`
   * @throws {KeywrightError} 412: `precondition.failed`
   * @throws {KeywrightError} 422: `idempotency.key_reused`
   */
  resetQuota(
    applicationId: string,
    keyId: string,
    options?: RequestOptions & IdempotentOptions & VersionedOptions,
  ): Answer<ApplicationKeyView> {
    return this.callOperation(operations.resetApplicationApiKeyQuota, [applicationId, keyId], undefined, options);
  }

  /**
   * Read how often an application's API key was verified.
   *
   * Counts per outcome and hour or day (UTC), for at most 400 days.
   *
   * Requires level 1 or above.
   *
   * @param applicationId The application's id.
   * @param keyId The key's id.
   * @returns The number of verifications, by interval and outcome.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `application.not_found`, `api_key.not_found`
   */
  readUsage(applicationId: string, keyId: string, options?: ReadApplicationApiKeyUsageOptions): Answer<UsageView> {
    return this.callOperation(operations.readApplicationApiKeyUsage, [applicationId, keyId], undefined, options);
  }
}
