// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type { JobsView } from '../document/schemas.js';

/** The scheduled jobs, and the outcome of their latest runs. */
export class Housekeeping extends Resource {
  /**
   * List scheduled jobs.
   *
   * With the results of their latest runs, on any instance.
   *
   * Requires level 8 or above.
   *
   * @returns The jobs, with their latest runs.
   */
  listJobs(options?: RequestOptions): Answer<JobsView> {
    return this.callOperation(operations.listJobs, [], undefined, options);
  }
}
