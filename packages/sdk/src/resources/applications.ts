// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { List } from '../transport/list.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  ApplicationPage,
  ApplicationView,
  CreateApplicationBody,
  UpdateApplicationBody,
  UpdateApplicationStatusBody,
} from '../document/schemas.js';

/** Options of `applications.list`. */
export interface ListApplicationsOptions extends RequestOptions {
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

/** Applications, which keys belong to. A disabled application disables all its keys. */
export class Applications extends Resource {
  /**
   * List your merchant's applications.
   *
   * Requires level 1 or above.
   *
   * @returns A page of applications.
   */
  list(options?: ListApplicationsOptions): List<ApplicationView, ApplicationPage> {
    return this.listOperation(operations.listApplications, [], undefined, options);
  }

  /**
   * Create an application.
   *
   * Requires level 4 or above.
   *
   * @returns The new application.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 409: `application.name_taken`, `application.limit_reached`
   */
  create(body: CreateApplicationBody, options?: RequestOptions): Answer<ApplicationView> {
    return this.callOperation(operations.createApplication, [], body, options);
  }

  /**
   * Read an application.
   *
   * Requires level 1 or above.
   *
   * @param id The application's id.
   * @returns The application.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `application.not_found`
   */
  read(id: string, options?: RequestOptions): Answer<ApplicationView> {
    return this.callOperation(operations.readApplication, [id], undefined, options);
  }

  /**
   * Delete an application.
   *
   * Its keys are deleted with it. You cannot delete an application that has a key whose level is above yours.
   *
   * Requires level 4 or above.
   *
   * @param id The application's id.
   * @throws {KeywrightError} 403: `access.other_owner`, `access.stronger_key`
   * @throws {KeywrightError} 404: `application.not_found`
   */
  delete(id: string, options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.deleteApplication, [id], undefined, options);
  }

  /**
   * Change an application's name or description.
   *
   * Requires level 4 or above.
   *
   * @param id The application's id.
   * @returns The changed application.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `application.not_found`
   * @throws {KeywrightError} 409: `application.name_taken`
   */
  update(id: string, body?: UpdateApplicationBody, options?: RequestOptions): Answer<ApplicationView> {
    return this.callOperation(operations.updateApplication, [id], body, options);
  }

  /**
   * Enable or disable an application.
   *
   * The keys of a disabled application are refused at once. Enabling it restores them. You can do neither to an application that has a valid key
   * whose level is above yours.
   *
   * Requires level 4 or above.
   *
   * @param id The application's id.
   * @returns The changed application.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `access.other_owner`, `access.stronger_key`
   * @throws {KeywrightError} 404: `application.not_found`
   */
  updateStatus(id: string, body: UpdateApplicationStatusBody, options?: RequestOptions): Answer<ApplicationView> {
    return this.callOperation(operations.updateApplicationStatus, [id], body, options);
  }
}
