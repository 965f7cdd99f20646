// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  CreatePersonalKeyBody,
  CreatedPersonalKeyAnswer,
  PersonalKeyAnswer,
  PersonalKeysAnswer,
} from '../document/schemas.js';

/**
 * Keys of a person, which end with the account. Paths in `/jwt` take a login token, paths in `/key` a key and its secret as HTTP Basic.
 */
export class PersonalKeys extends Resource {
  /**
   * List your API keys.
   *
   * Requires a login.
   *
   * @returns Your personal keys.
   */
  list(options?: RequestOptions): Answer<PersonalKeysAnswer> {
    return this.callOperation(operations.listPersonalApiKeys, [], undefined, options);
  }

  /**
   * Create an API key.
   *
   * A personal key: it acts for you, and is deleted when you lose the rights that it has. Its secret is shown only in this answer.
   *
   * Requires level 4 or above.
   *
   * @returns The new personal key, with its secret.
   * @throws {KeywrightError} 400: `request.body_missing`, `api_key.level_too_high`, `api_key.life_too_long`, `api_key.expiry_required`
   * @throws {KeywrightError} 409: `api_key.limit_reached`
   */
  create(body: CreatePersonalKeyBody, options?: RequestOptions): Answer<CreatedPersonalKeyAnswer> {
    return this.callOperation(operations.createPersonalApiKey, [], body, options);
  }

  /**
   * Read an API key.
   *
   * A personal key of your own; with level 8, anyone's.
   *
   * Requires level 4 or above.
   *
   * @param key The key, without its secret.
   * @returns The personal key.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `api_key.not_found`
   */
  read(key: string, options?: RequestOptions): Answer<PersonalKeyAnswer> {
    return this.callOperation(operations.readPersonalApiKey, [key], undefined, options);
  }

  /**
   * Delete an API key.
   *
   * A personal key of your own; with level 8, anyone's. The key is refused at once. A key can delete itself.
   *
   * Requires level 4 or above.
   *
   * @param key The key, without its secret.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `api_key.not_found`
   */
  delete(key: string, options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.deletePersonalApiKey, [key], undefined, options);
  }
}
