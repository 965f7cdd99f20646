// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type { LivenessView, ReadinessView } from '../document/schemas.js';

/**
 * For load balancers and supervisors: whether this server is ready for requests, and whether it answers.
 */
export class Health extends Resource {
  /**
   * Check whether the process answers.
   *
   * For a supervisor that restarts it when it does not. The database is not checked, because a restart would not bring it back.
   *
   * @returns The process answers.
   */
  checkLiveness(options?: RequestOptions): Answer<LivenessView> {
    return this.callOperation(operations.checkLiveness, [], undefined, options);
  }

  /**
   * Check whether the server is ready for requests.
   *
   * For load balancers: the database answers, its tables are of this version, this instance holds its lease, and revocations can be written to
   * the journal. A server that is stopping
   * is not ready.
   *
   * @returns The server is ready.
   */
  checkReadiness(options?: RequestOptions): Answer<ReadinessView> {
    return this.callOperation(operations.checkReadiness, [], undefined, options);
  }
}
