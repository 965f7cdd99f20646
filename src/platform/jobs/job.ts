import { DiscoveryService } from '@nestjs/core';
import type { JobRun } from './job-run.js';

/** Something that has to be done now and then, by one instance at a time. */
export interface Job {
  /** In snake case, as `keywright housekeeping` takes it. */
  readonly name: string;
  /** A cron expression; without one the job runs only when it is called by its name. */
  readonly schedule: string | undefined;

  /**
   * Does what there is to do, in transactions that are each short, and can be broken off between any two of them: what is left is done by
   * the next run.
   */
  run(run: JobRun): Promise<void>;
}

/** A provider that is a {@link Job}. Whatever module it belongs to, it is found by this. */
export const HousekeepingJob = DiscoveryService.createDecorator();
