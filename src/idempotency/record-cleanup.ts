import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThanOrEqual, type Repository } from 'typeorm';
import { Clock } from '../platform/runtime/clock.js';
import type { JobRun } from '../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../platform/jobs/job.js';
import { deleteRows, rowsOf } from '../platform/jobs/backlog.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';

/** Deletes records that count no more. */
@Injectable()
@HousekeepingJob()
export class RecordCleanup implements Job {
  readonly name = 'idempotency_records';
  readonly schedule = '5 * * * *';

  constructor(
    @InjectRepository(IdempotencyRecord) private readonly records: Repository<IdempotencyRecord>,
    private readonly clock: Clock,
  ) {}

  async run(run: JobRun): Promise<void> {
    const isOver = { expiresAt: LessThanOrEqual(this.clock.now()) };
    await run.clear('deleted', rowsOf(this.records, isOver), deleteRows(this.records, isOver));
  }
}
