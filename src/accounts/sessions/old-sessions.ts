import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { deleteRows, queryBacklog } from '../../platform/jobs/backlog.js';
import type { JobRun } from '../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import { Clock } from '../../platform/runtime/clock.js';
import { LoginSession } from './login-session.entity.js';

/** Deletes sessions whose tokens have expired. */
@Injectable()
@HousekeepingJob()
export class OldSessions implements Job {
  readonly name = 'sessions';
  readonly schedule = '10 * * * *';

  constructor(
    @InjectRepository(LoginSession) private readonly sessions: Repository<LoginSession>,
    private readonly clock: Clock,
  ) {}

  async run(run: JobRun): Promise<void> {
    const now = this.clock.now();
    const expired = queryBacklog(() =>
      this.sessions.createQueryBuilder('session').where('session.expiresAt < :now', { now }),
    );
    await run.clear('deleted_sessions', expired, deleteRows(this.sessions));
  }
}
