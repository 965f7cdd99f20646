import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';
import { Clock, DAY_SECONDS } from '../platform/runtime/clock.js';
import type { JobRun } from '../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../platform/jobs/job.js';
import { deleteRows, rowsOf } from '../platform/jobs/backlog.js';
import { Service } from './service.entity.js';

/** How long services are kept beyond their end, so that clocks that differ don't matter. */
const KEPT_SECONDS = DAY_SECONDS;

/** Forgets services whose Service IDs make no keys any more. */
@Injectable()
@HousekeepingJob()
export class ExpiredServices implements Job {
  readonly name = 'expired_services';
  readonly schedule = '25 * * * *';

  constructor(
    @InjectRepository(Service) private readonly services: Repository<Service>,
    private readonly clock: Clock,
  ) {}

  async run(run: JobRun): Promise<void> {
    const expired = { expiresAt: LessThan(this.clock.in(-KEPT_SECONDS)) };
    await run.clear('deleted', rowsOf(this.services, expired), deleteRows(this.services, expired));
  }
}
