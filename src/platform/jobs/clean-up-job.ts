import type { Type } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import { Clock } from '../runtime/clock.js';
import type { JobRun } from './job-run.js';
import { HousekeepingJob, type Job } from './job.js';

interface CleanUp<T extends ObjectLiteral> extends Pick<Job, 'name' | 'schedule'> {
  /** The name of the deleted rows in the counts of a run. */
  count: string;
  table: EntityTarget<T>;
  /** The condition of the rows to delete. */
  outdated: (clock: Clock) => FindOptionsWhere<T>;
}

/** Builds a job that deletes the outdated rows of a table. */
export function cleanUpJob<T extends ObjectLiteral>({ name, schedule, count, table, outdated }: CleanUp<T>): Type<Job> {
  @HousekeepingJob()
  class CleanUpJob implements Job {
    readonly name = name;
    readonly schedule = schedule;

    constructor(
      @InjectDataSource() private readonly source: DataSource,
      private readonly clock: Clock,
    ) {}

    async run(run: JobRun): Promise<void> {
      await run.delete(count, this.source.getRepository(table), outdated(this.clock));
    }
  }
  return CleanUpJob;
}
