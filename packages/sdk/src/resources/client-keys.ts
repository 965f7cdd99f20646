// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { List } from '../transport/list.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  ClientKeyStatus,
  ClientKeyView,
  CreateClientKeyBody,
  CreatedClientKeyView,
  DeleteClientKeysBody,
  DeletedKeyView,
  DeletedKeysView,
  ServiceView,
} from '../document/schemas.js';

/** Options of `clientKeys.list`. */
export interface ListClientApiKeysOptions extends RequestOptions {
  /** The number of the page, from 1. Such as `1`. */
  page?: number;
  /**
   * The number of keys per page, 1 to 100. The default is 20. Without `page` and `limit`, the response holds all keys. Such as `10`.
   */
  limit?: number;
  /** Only keys with this status: `inactive` keys are disabled or have expired. */
  status?: ClientKeyStatus;
}

/** Service IDs, and keys whose secrets can be listed again. Answers are `{status, message, data}`. */
export class ClientKeys extends Resource {
  /**
   * Generate a Service ID.
   *
   * With it your client can create API keys for an hour. Only here an expired login token is answered with 403.
   *
   * Requires a login.
   *
   * @returns The Service ID.
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  generateServiceId(options?: RequestOptions): Answer<ServiceView> {
    return this.callOperation(operations.generateServiceId, [], undefined, options);
  }

  /**
   * Generate an API key.
   *
   * The answer holds only the id of the key; the list shows its credential.
   *
   * Requires level 4 or above.
   *
   * @returns The id of the new key.
   * @throws {KeywrightError} 400: `request.body_missing`, `api_key.level_too_high`, `api_key.life_too_long`, `api_key.expiry_required`
   * @throws {KeywrightError} 403: `service_id.invalid`
   * @throws {KeywrightError} 409: `api_key.limit_reached`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  generate(body: CreateClientKeyBody, options?: RequestOptions): Answer<CreatedClientKeyView> {
    return this.callOperation(operations.generateClientApiKey, [], body, options);
  }

  /**
   * List the client's API keys.
   *
   * All keys created on this surface, oldest first. With `page` or `limit`, the headers `X-Total-Count` and `Link` (RFC 8288) describe the
   * other pages.
   *
   * Requires level 2 or above.
   *
   * @returns The client's keys, or a page of them.
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  list(options?: ListClientApiKeysOptions): List<ClientKeyView, ClientKeyView[]> {
    return this.listOperation(operations.listClientApiKeys, [], undefined, options);
  }

  /**
   * Delete several API keys.
   *
   * Keys that cannot be deleted are listed in `failed`, each with a status of its own; all others are deleted.
   *
   * Requires level 4 or above.
   *
   * @returns The deleted keys, and those that could not be deleted.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  deleteMany(body: DeleteClientKeysBody, options?: RequestOptions): Answer<DeletedKeysView> {
    return this.callOperation(operations.deleteClientApiKeys, [], body, options);
  }

  /**
   * Delete an API key.
   *
   * Permanently: its secret is destroyed, and the key and every session that was opened with it are refused at once.
   *
   * Requires level 4 or above.
   *
   * @param id The id of the key.
   * @returns The id of the deleted key, and when it was deleted.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `api_key.not_found`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  delete(id: string, options?: RequestOptions): Answer<DeletedKeyView> {
    return this.callOperation(operations.deleteClientApiKey, [id], undefined, options);
  }
}
