// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { List } from '../transport/list.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type { SharedLimitBody, SharedLimitPage, SharedLimitView } from '../document/schemas.js';

/** Options of `sharedLimits.list`. */
export interface ListSharedLimitsOptions extends RequestOptions {
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
  /**
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
}

/** Options of `sharedLimits.read`. */
export interface ReadSharedLimitOptions extends RequestOptions {
  /**
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
}

/** Options of `sharedLimits.set`. */
export interface SetSharedLimitOptions extends RequestOptions {
  /**
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
}

/** Options of `sharedLimits.delete`. */
export interface DeleteSharedLimitOptions extends RequestOptions {
  /**
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
}

/** Limits that all keys with the same external id share. */
export class SharedLimits extends Resource {
  /**
   * List the limits that keys share.
   *
   * Those of another merchant require level 5.
   *
   * Requires level 1 or above.
   *
   * @returns A page of shared limits.
   * @throws {KeywrightError} 403: `access.other_owner`
   */
  list(options?: ListSharedLimitsOptions): List<SharedLimitView, SharedLimitPage> {
    return this.listOperation(operations.listSharedLimits, [], undefined, options);
  }

  /**
   * Read the limits that the keys of an external id share.
   *
   * Those of another merchant require level 5.
   *
   * Requires level 1 or above.
   *
   * @param externalId The external id of the keys, percent-encoded.
   * @returns The shared limits.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `shared_limit.not_found`
   */
  read(externalId: string, options?: ReadSharedLimitOptions): Answer<SharedLimitView> {
    return this.callOperation(operations.readSharedLimit, [externalId], undefined, options);
  }

  /**
   * Set the limits that the keys of an external id share.
   *
   * All keys with the external id use up these limits together, beside the limits of their own; those that exist and those that are created
   * later. What was used before still counts. The limits take effect on every instance before the response is sent. You cannot set limits of
   * keys whose level is above yours. Those of another merchant require level 8.
   *
   * Requires level 4 or above.
   *
   * @param externalId The external id of the keys, percent-encoded.
   * @returns The shared limits.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `access.other_owner`, `access.stronger_key`
   * @throws {KeywrightError} 404: `merchant.not_found`
   * @throws {KeywrightError} 409: `shared_limit.limit_reached`
   */
  set(externalId: string, body?: SharedLimitBody, options?: SetSharedLimitOptions): Answer<SharedLimitView> {
    return this.callOperation(operations.setSharedLimit, [externalId], body, options);
  }

  /**
   * Delete the limits that the keys of an external id share.
   *
   * The limits of each key remain. You cannot delete limits of keys whose level is above yours. Those of another merchant require level 8.
   *
   * Requires level 4 or above.
   *
   * @param externalId The external id of the keys, percent-encoded.
   * @throws {KeywrightError} 403: `access.other_owner`, `access.stronger_key`
   * @throws {KeywrightError} 404: `shared_limit.not_found`
   */
  delete(externalId: string, options?: DeleteSharedLimitOptions): Answer<void> {
    return this.callOperation(operations.deleteSharedLimit, [externalId], undefined, options);
  }
}
