import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThan, type Repository } from 'typeorm';
import { Clock, DAY_SECONDS } from '../platform/runtime/clock.js';
import type { JobRun } from '../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../platform/jobs/job.js';
import { deleteRows, rowsOf } from '../platform/jobs/backlog.js';
import { Mail } from './mail.entity.js';

/** Mails that were sent or given up are kept for this long, for support. */
const KEPT_SECONDS = 30 * DAY_SECONDS;

/** Deletes mails that were sent or given up long ago. */
@Injectable()
@HousekeepingJob()
export class OldMails implements Job {
  readonly name = 'mails';
  readonly schedule = '35 4 * * *';

  constructor(
    @InjectRepository(Mail) private readonly mails: Repository<Mail>,
    private readonly clock: Clock,
  ) {}

  async run(run: JobRun): Promise<void> {
    const old = { nextAttemptAt: IsNull(), createdAt: LessThan(this.clock.in(-KEPT_SECONDS)) };
    await run.clear('deleted', rowsOf(this.mails, old), deleteRows(this.mails, old));
  }
}
