// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { List } from '../transport/list.js';
import type { IdempotentOptions, RequestOptions, VersionedOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  ApplicationKeyView,
  CreateMerchantKeyBody,
  CreatedApplicationKeyView,
  Environment,
  ExportedKeyView,
  ExposureSource,
  KeyCountsView,
  KeyLimitsView,
  KeyPage,
  KeyPart,
  KeySort,
  KeyStatusFilter,
  KeyUsesView,
  KeyView,
  RotateKeyBody,
  RotatedKeyView,
  Surface,
  UpdateApplicationKeyBody,
  UsageInterval,
  UsageView,
} from '../document/schemas.js';

/** Options of `keys.readCounts`. */
export interface ReadMerchantApiKeyCountsOptions extends RequestOptions {
  /**
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
}

/** Options of `keys.list`. */
export interface ListMerchantApiKeysOptions extends RequestOptions {
  /**
   * Only keys with this status. `active` keys are enabled and have not expired. `disabled` keys are not enabled. `expired` keys are enabled
   * but have expired. Of the active keys, `expiring` ones expire within 30 days, `unused` ones have not been used for 90 days or at all,
   * and `rotating` ones have a previous full key that is still valid.
   */
  status?: KeyStatusFilter;
  /** Only keys of this application. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`. */
  application?: string;
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
  /**
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
}

/** Options of `keys.create`. */
export interface CreateMerchantApiKeyOptions extends RequestOptions, IdempotentOptions {
  /**
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
}

/** Options of `keys.export`. */
export interface ExportMerchantApiKeysOptions extends RequestOptions {
  /**
   * Only keys with this status. `active` keys are enabled and have not expired. `disabled` keys are not enabled. `expired` keys are enabled
   * but have expired. Of the active keys, `expiring` ones expire within 30 days, `unused` ones have not been used for 90 days or at all,
   * and `rotating` ones have a previous full key that is still valid.
   */
  status?: KeyStatusFilter;
  /** Only keys of this application. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`. */
  application?: string;
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
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
}

/** Options of `keys.readUsage`. */
export interface ReadMerchantApiKeyUsageOptions extends RequestOptions {
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

/** Keys of applications and of the merchant itself. A full key is shown once. */
export class Keys extends Resource {
  /**
   * Read how many API keys your merchant has, by status.
   *
   * The keys that the list shows you. With more than 5,000 keys the numbers can be some minutes old: `asOf` shows when they were counted.
   *
   * Requires level 1 or above.
   *
   * @returns The numbers of keys.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  readCounts(options?: ReadMerchantApiKeyCountsOptions): Answer<KeyCountsView> {
    return this.callOperation(operations.readMerchantApiKeyCounts, [], undefined, options);
  }

  /**
   * List your merchant's API keys.
   *
   * The keys of every surface; personal keys only if they are your own, or if you may read other merchants' keys. In pages, or with `cursor`
   * in parts, which are equally fast for any number of keys.
   *
   * Requires level 1 or above.
   *
   * @returns A page of keys, or with `cursor` a part.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  list(options: ListMerchantApiKeysOptions & { cursor: string }): List<KeyView, KeyPart>;
  /**
   * List your merchant's API keys.
   *
   * The keys of every surface; personal keys only if they are your own, or if you may read other merchants' keys. In pages, or with `cursor`
   * in parts, which are equally fast for any number of keys.
   *
   * Requires level 1 or above.
   *
   * @returns A page of keys, or with `cursor` a part.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  list(options?: ListMerchantApiKeysOptions & { cursor?: undefined }): List<KeyView, KeyPage>;
  /**
   * List your merchant's API keys.
   *
   * The keys of every surface; personal keys only if they are your own, or if you may read other merchants' keys. In pages, or with `cursor`
   * in parts, which are equally fast for any number of keys.
   *
   * Requires level 1 or above.
   *
   * @returns A page of keys, or with `cursor` a part.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  list(options?: ListMerchantApiKeysOptions): List<KeyView, KeyPage | KeyPart>;
  list(options?: ListMerchantApiKeysOptions): List<KeyView, KeyPage | KeyPart> {
    return this.listOperation(operations.listMerchantApiKeys, [], undefined, options);
  }

  /**
   * Generate an API key for your merchant.
   *
   * The key is for no application. The full key is shown only in this answer, which has the settings that the request names beside the fields
   * that every new key has. Level 8 can name another merchant.
   *
   * Requires level 4 or above.
   *
   * @returns The new key, with the full key.
   * @throws {KeywrightError} 400: `request.body_missing`, `api_key.level_too_high`, `api_key.scopes_not_held`, `api_key.scopes_not_given`, `api_key.life_too_long`, `api_key.expiry_required`
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `merchant.not_found`
   * @throws {KeywrightError} 409: `idempotency.under_way`, `api_key.limit_reached`
   * @throws {KeywrightError} 422: `idempotency.key_reused`
   */
  create(body: CreateMerchantKeyBody, options?: CreateMerchantApiKeyOptions): Answer<CreatedApplicationKeyView> {
    return this.callOperation(operations.createMerchantApiKey, [], body, options);
  }

  /**
   * Export your merchant's API keys.
   *
   * Everything but the secrets: a line of JSON for each key, the oldest first. An answer that breaks off is incomplete.
   *
   * Requires level 1 or above.
   *
   * @returns A line of JSON for each key.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  export(options?: ExportMerchantApiKeysOptions): AsyncIterable<ExportedKeyView> {
    return this.readLines(operations.exportMerchantApiKeys, [], undefined, options);
  }

  /**
   * Read an API key.
   *
   * A key of an application, or of the merchant itself. A key of another merchant requires level 5.
   *
   * Requires level 1 or above.
   *
   * @param keyId The key's id.
   * @returns The key.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `api_key.not_found`
   */
  read(keyId: string, options?: RequestOptions): Answer<ApplicationKeyView> {
    return this.callOperation(operations.readMerchantApiKey, [keyId], undefined, options);
  }

  /**
   * Revoke an API key.
   *
   * It is refused at once and permanently, and so is the full key that a rotation has replaced.
   *
   * Requires level 4 or above.
   *
   * @param keyId The key's id.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `api_key.not_found`
   * @throws {KeywrightError} 412: `precondition.failed`
   */
  delete(keyId: string, options?: RequestOptions & VersionedOptions): Answer<void> {
    return this.callOperation(operations.deleteMerchantApiKey, [keyId], undefined, options);
  }

  /**
   * Change an API key.
   *
   * Restrictions take effect on every instance before the response is sent. You cannot change a key whose level is above yours. A key of another merchant requires level 8.
   *
   * Requires level 4 or above.
   *
   * @param keyId The key's id.
   * @returns The changed key.
   * @throws {KeywrightError} 400: `request.body_missing`, `api_key.level_too_high`, `api_key.scopes_not_held`, `api_key.scopes_not_given`, `api_key.life_too_long`, `api_key.expiry_required`
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `api_key.not_found`
   * @throws {KeywrightError} 412: `precondition.failed`
   */
  update(
    keyId: string,
    body?: UpdateApplicationKeyBody,
    options?: RequestOptions & VersionedOptions,
  ): Answer<ApplicationKeyView> {
    return this.callOperation(operations.updateMerchantApiKey, [keyId], body, options);
  }

  /**
   * Rotate an API key.
   *
   * It keeps its id, its history and its settings, and gets a new full key, which is shown only in this answer. The body says when the
   * replaced full key expires, and can set a new expiry of the key, which an expired key needs. While the overlap of an earlier rotation
   * runs, the key can be rotated only with `endPrevious: true`. You cannot rotate a key whose level is above yours. A disabled key stays
   * disabled.
   *
   * Requires level 4 or above.
   *
   * @param keyId The key's id.
   * @returns The key, with its new full key.
   * @throws {KeywrightError} 400: `request.body_missing`, `api_key.life_too_long`, `api_key.expiry_required`
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `api_key.not_found`
   * @throws {KeywrightError} 409: `idempotency.under_way`, `api_key.not_rotatable`, `api_key.overlap_running`
   * @throws {KeywrightError} 412: `precondition.failed`
   * @throws {KeywrightError} 422: `idempotency.key_reused`
   */
  rotate(
    keyId: string,
    body?: RotateKeyBody,
    options?: RequestOptions & IdempotentOptions & VersionedOptions,
  ): Answer<RotatedKeyView> {
    return this.callOperation(operations.rotateMerchantApiKey, [keyId], body, options);
  }

  /**
   * Reset the quota of an API key.
   *
   * What the key has used in the current period no longer counts, on any instance, once the response is sent. The period ends when it would
   * have ended. You cannot reset the quota of a key whose level is above yours. A key of another merchant requires level 8.
   *
   * Requires level 4 or above.
   *
   * @param keyId The key's id.
   * @returns The key.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `api_key.not_found`
   * @throws {KeywrightError} 409: `idempotency.under_way`, `api_key.no_quota`
   * @throws {KeywrightError} 412: `precondition.failed`
   * @throws {KeywrightError} 422: `idempotency.key_reused`
   */
  resetQuota(
    keyId: string,
    options?: RequestOptions & IdempotentOptions & VersionedOptions,
  ): Answer<ApplicationKeyView> {
    return this.callOperation(operations.resetMerchantApiKeyQuota, [keyId], undefined, options);
  }

  /**
   * Read what is left of an API key's limits.
   *
   * The rate limits and quotas of the key, and those that it shares with the other keys of its external id. Reading uses nothing of them.
   *
   * Requires level 1 or above.
   *
   * @param keyId The key's id.
   * @returns What is left of each limit.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `api_key.not_found`
   */
  readLimits(keyId: string, options?: RequestOptions): Answer<KeyLimitsView> {
    return this.callOperation(operations.readMerchantApiKeyLimits, [keyId], undefined, options);
  }

  /**
   * Read how often an API key of your merchant was verified.
   *
   * A key of an application, or of the merchant itself; a key of another merchant requires level 5. Counts per outcome and hour or day (UTC),
   * for at most 400 days.
   *
   * Requires level 1 or above.
   *
   * @param keyId The key's id.
   * @returns The number of verifications, by interval and outcome.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `api_key.not_found`
   */
  readUsage(keyId: string, options?: ReadMerchantApiKeyUsageOptions): Answer<UsageView> {
    return this.callOperation(operations.readMerchantApiKeyUsage, [keyId], undefined, options);
  }

  /**
   * Find out who uses an API key, and for what.
   *
   * From where the key was last used, and when each of its scopes. While a rotation's overlap runs, also who still uses the previous full key, and
   * how often. Of addresses only the network is kept, and of programs the name.
   *
   * Requires level 1 or above.
   *
   * @param keyId The key's id.
   * @returns The uses of the key.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `api_key.not_found`
   */
  readUses(keyId: string, options?: RequestOptions): Answer<KeyUsesView> {
    return this.callOperation(operations.readMerchantApiKeyUses, [keyId], undefined, options);
  }
}
