// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type { JobRunView, JobsView } from '../document/schemas.js';

/** Options of `housekeeping.runJob`. */
export interface RunJobOptions extends RequestOptions {
  /** `true` changes nothing and returns what a run would do. */
  dryRun?: boolean;
}

/** The scheduled jobs, the outcome of their latest runs, and runs beside their schedules. */
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

  /**
   * Run a scheduled job now.
   *
   * Beside its schedule; also a job that has none, and on an instance that leaves scheduled jobs to others. The response is sent when the run has ended. With `dryRun=true`
   * nothing changes, and the answer says what a run would do.
   *
   * Requires level 8 or above.
   *
   * @param job The job's name.
   * @returns What the run has done, or with `dryRun=true` would do.
   * @throws {KeywrightError} 404: `job.not_found`
   * @throws {KeywrightError} 409: `job.running`
   */
  runJob(job: string, options?: RunJobOptions): Answer<JobRunView> {
    return this.callOperation(operations.runJob, [job], undefined, options);
  }
}
