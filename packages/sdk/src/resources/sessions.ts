// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { List } from '../transport/list.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type { SessionPage, SessionView } from '../document/schemas.js';

/** Options of `sessions.list`. */
export interface ListSessionsOptions extends RequestOptions {
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

/** Your logins, each of which you can end. */
export class Sessions extends Resource {
  /**
   * List your sessions.
   *
   * The valid ones, the latest login first.
   *
   * Requires a login.
   *
   * @returns A page of sessions.
   */
  list(options?: ListSessionsOptions): List<SessionView, SessionPage> {
    return this.listOperation(operations.listSessions, [], undefined, options);
  }

  /**
   * End all your other sessions.
   *
   * Requires a login.
   */
  endOthers(options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.endOtherSessions, [], undefined, options);
  }

  /**
   * End a session of yours.
   *
   * Requires a login.
   *
   * @param id The session's id.
   * @throws {KeywrightError} 404: `session.not_found`
   */
  end(id: string, options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.endSession, [id], undefined, options);
  }
}
