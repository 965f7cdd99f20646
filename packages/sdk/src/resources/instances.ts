// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type { InstancesView } from '../document/schemas.js';

/**
 * The processes of the server, with their versions and leases, and how long revocations waited for them.
 */
export class Instances extends Resource {
  /**
   * List the instances of the server.
   *
   * All processes that share the database, as each has written about itself: its version, its lease, and whether it has applied all changes of keys. An
   * instance that was killed is listed until its row is cleaned up. The waits of revocations are those of the instance that sends the response,
   * since its start.
   *
   * Requires level 6 or above.
   *
   * @returns The instances, and how long revocations waited for them.
   */
  list(options?: RequestOptions): Answer<InstancesView> {
    return this.callOperation(operations.listInstances, [], undefined, options);
  }
}
