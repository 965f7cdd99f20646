// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { List } from '../transport/list.js';
import type { Lines } from '../transport/lines.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  ImportFormatLine,
  ImportFormatPage,
  ImportFormatView,
  ImportKeysBody,
  ImportReport,
  ImportedKeyBody,
} from '../document/schemas.js';

/** Options of `imports.create`. */
export interface ImportMerchantApiKeysOptions extends RequestOptions {
  /** `true` returns what the import would do, and changes nothing. Such as `true`. */
  dryRun?: boolean;
}

/** Options of `imports.createFromLines`. */
export interface ImportMerchantApiKeyLinesOptions extends RequestOptions {
  /** `true` returns what the import would do, and changes nothing. Such as `true`. */
  dryRun?: boolean;
}

/** Options of `imports.listFormats`. */
export interface ListImportFormatsOptions extends RequestOptions {
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

/** Keys of a former system, which go on working by their hashes. */
export class Imports extends Resource {
  /**
   * Import existing keys by their hashes.
   *
   * Your customers' keys keep working after a move to this server, which never sees them in full. The body has at most 256 KiB; for more,
   * use `/api/v1/api-keys/import-lines`, whose NDJSON this path takes as well. Rows are imported in order. A row that cannot be imported is reported by its line, and all others are imported. Sending the same rows again changes nothing:
   * repeat an import that was interrupted. A key that was deleted here stays deleted. Keys for other merchants' applications require level 8.
   *
   * The `keyPrefix` of an imported key is the first 12 characters of `lookupPrefix` or `format.prefix`, or empty.
   *
   * Requires level 4 or above.
   *
   * @returns The number of imported keys, and the rows that could not be imported.
   * @throws {KeywrightError} 400: `request.body_missing`
   */
  create(body: ImportKeysBody, options?: ImportMerchantApiKeysOptions): Answer<ImportReport> {
    return this.callOperation(operations.importMerchantApiKeys, [], body, options);
  }

  /**
   * Import existing keys by their hashes, in lines.
   *
   * As `/api/v1/api-keys/import`, for many keys: NDJSON, whose first line is `{"format": {…}}` and every other line a key, up to 100,000 lines
   * of 16 KiB, 128 MiB in all.
   *
   * Requires level 4 or above.
   *
   * @returns The number of imported lines, and those that could not be imported.
   * @throws {KeywrightError} 400: `request.body_missing`
   */
  createFromLines(
    body: Lines<ImportFormatLine | ImportedKeyBody>,
    options?: ImportMerchantApiKeyLinesOptions,
  ): Answer<ImportReport> {
    return this.callOperation(operations.importMerchantApiKeyLines, [], body, options);
  }

  /**
   * List the formats of your merchant's imported keys.
   *
   * Requires level 1 or above.
   *
   * @returns A page of formats, the oldest first.
   */
  listFormats(options?: ListImportFormatsOptions): List<ImportFormatView, ImportFormatPage> {
    return this.listOperation(operations.listImportFormats, [], undefined, options);
  }

  /**
   * Delete a format that no key has.
   *
   * Formats whose last key has been deleted, or rotated, are also deleted overnight.
   *
   * Requires level 4 or above.
   *
   * @param id The format's id.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `import_format.not_found`
   * @throws {KeywrightError} 409: `import_format.in_use`
   */
  deleteFormat(id: string, options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.deleteImportFormat, [id], undefined, options);
  }
}
