import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThanOrEqual, MoreThan, type Repository } from 'typeorm';
import { Clock } from '../../platform/runtime/clock.js';
import type { JobRun } from '../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import { rowsOf } from '../../platform/jobs/backlog.js';
import { ApiKey } from '../api-key.entity.js';
import { NO_PREVIOUS } from '../api-keys.service.js';

/** A credential that the first use of the next one has ended is kept until every instance has heard of it, which takes seconds. */
const KEPT_SECONDS = 60;

/** Destroys what is left of replaced credentials whose end has passed; they have been refused since. */
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
    // The index on the public ids holds the few keys that are being rotated apart from the many that aren't.
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
