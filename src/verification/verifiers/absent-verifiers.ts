import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Raw, type FindOptionsWhere, type Repository } from 'typeorm';
import { databaseTimeMs } from '../../platform/database/engine-sql.js';
import type { JobRun } from '../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import { Instance } from '../barrier/instance.entity.js';
import { Verifier } from './verifier.entity.js';

/** How long a verifier that no instance tells of changes is remembered. */
const ABSENT_MAX_MS = 60_000;

type Condition = FindOptionsWhere<Verifier>;

/** The condition of verifiers that no instance has told of changes for a minute: they have ended, or their instance has. */
export function areAbsent(verifiers: Repository<Verifier>): Condition {
  const { longAgo, live } = termsOf(verifiers);
  return {
    seenAtMs: Raw((time) => `${time} < ${longAgo}`),
    instanceId: Raw((id) => `(${id} IS NULL OR ${id} NOT IN (${live}))`),
  };
}

/** The conditions of all others, of which each is enough. */
export function arePresent(verifiers: Repository<Verifier>): Condition[] {
  const { longAgo, live } = termsOf(verifiers);
  return [{ seenAtMs: Raw((time) => `${time} >= ${longAgo}`) }, { instanceId: Raw((id) => `${id} IN (${live})`) }];
}

function termsOf({ manager }: Repository<Verifier>): { longAgo: string; live: string } {
  const now = databaseTimeMs({ manager });
  const { tableName } = manager.getRepository(Instance).metadata;
  return {
    longAgo: `${now} - ${ABSENT_MAX_MS}`,
    live: `SELECT i.id FROM ${tableName} i WHERE i.lease_until > ${now}`,
  };
}

/** Forgets verifiers that have gone without detaching. */
@Injectable()
@HousekeepingJob()
export class AbsentVerifiers implements Job {
  readonly name = 'verifiers';
  readonly schedule = '*/30 * * * *';

  constructor(@InjectRepository(Verifier) private readonly verifiers: Repository<Verifier>) {}

  async run(run: JobRun): Promise<void> {
    await run.delete('forgotten', this.verifiers, areAbsent(this.verifiers));
  }
}
