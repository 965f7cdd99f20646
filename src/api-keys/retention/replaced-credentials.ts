import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThanOrEqual, MoreThan, type Repository } from 'typeorm';
import { Clock } from '../../platform/runtime/clock.js';
import type { JobRun } from '../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import { rowsOf } from '../../platform/jobs/backlog.js';
import { ApiKey } from '../api-key.entity.js';
import { NO_PREVIOUS } from '../api-keys.service.js';

/** How long an ended credential is kept, so that every instance can apply its end, which takes a few seconds. */
const KEPT_SECONDS = 60;

/** Removes previous credentials that have ended. They have been refused since their end. */
@Injectable()
@HousekeepingJob()
export class ReplacedCredentials implements Job {
  readonly name = 'replaced_credentials';
  readonly schedule = '*/10 * * * *';

  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly clock: Clock,
  ) {}

  async run(run: JobRun): Promise<void> {
    // With this condition, the index on previous public ids finds the few rotating keys among all keys.
    const ended = {
      previousPublicId: MoreThan(''),
      previousValidUntil: LessThanOrEqual(this.clock.in(-KEPT_SECONDS)),
    };
    await run.clear('destroyed', rowsOf(this.keys, ended), async ({ manager }, ids) => {
      await manager.update(ApiKey, { ...ended, id: In(ids.sort()) }, NO_PREVIOUS);
      return ids;
    });
  }
}
