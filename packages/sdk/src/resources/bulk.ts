// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { IdempotentOptions, RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type { BulkBody, BulkPreview, BulkResults } from '../document/schemas.js';

/** Options of `bulk.revoke`. */
export interface RevokeMerchantApiKeysOptions extends RequestOptions, IdempotentOptions {
  /**
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
}

/** Options of `bulk.disable`. */
export interface DisableMerchantApiKeysOptions extends RequestOptions, IdempotentOptions {
  /**
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
}

/** Options of `bulk.enable`. */
export interface EnableMerchantApiKeysOptions extends RequestOptions, IdempotentOptions {
  /**
   * The id of the merchant, if it is not your own. Reading its keys requires level 5; changing them requires level 8. Such as `5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11`.
   */
  merchantId?: string;
}

/** Changes to many keys at once, after a dry run. */
export class Bulk extends Resource {
  /**
   * Revoke many API keys.
   *
   * Up to 10,000 keys, in several transactions. After an interruption, repeat the request with the number of keys that are left. Every key
   * that the answer lists with status 200 is refused on every instance, permanently. A key whose level is above yours stays, with status 403.
   *
   * Requires level 4 or above.
   *
   * @returns What became of each key, or with `dryRun` the keys that the request would change.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 409: `idempotency.under_way`, `bulk.count_differs`
   * @throws {KeywrightError} 422: `idempotency.key_reused`
   */
  revoke(body: BulkBody, options?: RevokeMerchantApiKeysOptions): Answer<BulkResults | BulkPreview> {
    return this.callOperation(operations.revokeMerchantApiKeys, [], body, options);
  }

  /**
   * Disable many API keys.
   *
   * As bulk-revoke does, but the keys can be enabled again.
   *
   * Requires level 4 or above.
   *
   * @returns What became of each key, or with `dryRun` the keys that the request would change.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 409: `idempotency.under_way`, `bulk.count_differs`
   * @throws {KeywrightError} 422: `idempotency.key_reused`
   */
  disable(body: BulkBody, options?: DisableMerchantApiKeysOptions): Answer<BulkResults | BulkPreview> {
    return this.callOperation(operations.disableMerchantApiKeys, [], body, options);
  }

  /**
   * Enable many API keys.
   *
   * Disabled keys are accepted again, unless they have expired. You cannot enable a key whose level is above yours. A key of the clients
   * surface stays disabled when its client has the maximum number of active keys. The count, the dry run and the results are as with
   * bulk-revoke.
   *
   * Requires level 4 or above.
   *
   * @returns What became of each key, or with `dryRun` the keys that the request would change.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 409: `idempotency.under_way`, `bulk.count_differs`
   * @throws {KeywrightError} 422: `idempotency.key_reused`
   */
  enable(body: BulkBody, options?: EnableMerchantApiKeysOptions): Answer<BulkResults | BulkPreview> {
    return this.callOperation(operations.enableMerchantApiKeys, [], body, options);
  }
}
