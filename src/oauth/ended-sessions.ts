import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LessThan, type DataSource } from 'typeorm';
import { Clock } from '../platform/runtime/clock.js';
import type { JobRun } from '../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../platform/jobs/job.js';
import { deleteRows, rowsOf } from '../platform/jobs/backlog.js';
import { RevokedSession } from '../verification/cache/revoked-session.entity.js';

/** How long revoked sessions are kept beyond their end, because the clocks of instances may differ. */
const KEPT_SECONDS = 3600;

/** Forgets revoked sessions that have ended by themselves since. */
@Injectable()
@HousekeepingJob()
export class EndedSessions implements Job {
  readonly name = 'revoked_sessions';
  readonly schedule = '15 * * * *';

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly clock: Clock,
  ) {}

  async run(run: JobRun): Promise<void> {
    const sessions = this.source.getRepository(RevokedSession);
    const ended = { expiresAt: LessThan(this.clock.in(-KEPT_SECONDS)) };
    await run.clear('forgotten', rowsOf(sessions, ended), deleteRows(sessions, ended));
  }
}
