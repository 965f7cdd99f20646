import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Raw, type Repository } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import type { JobRun } from '../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import { HOUR_MS } from '../../platform/runtime/clock.js';
import { databaseTimeMs } from '../../platform/database/engine-sql.js';
import { Instance } from './instance.entity.js';
import { InstanceVerifiers } from './instance-verifiers.entity.js';
import { KeyChange } from '../key-change.entity.js';

/** How long key changes and the rows of stopped instances are kept, which is longer than any lease. */
const KEPT_MS = HOUR_MS;

/** Deletes the rows of stopped instances, and key changes that no instance will read again. Those that wait for the revocation journal stay. */
@Injectable()
@HousekeepingJob()
export class OldChanges implements Job {
  readonly name = 'key_changes';
  readonly schedule = '*/30 * * * *';

  constructor(
    private readonly config: Config,
    @InjectRepository(KeyChange) private readonly changes: Repository<KeyChange>,
    @InjectRepository(Instance) private readonly instances: Repository<Instance>,
    @InjectRepository(InstanceVerifiers) private readonly verifiers: Repository<InstanceVerifiers>,
  ) {}

  async run(run: JobRun): Promise<void> {
    const isOld = Raw((time) => `${time} < ${databaseTimeMs(this.instances)} - ${KEPT_MS}`);
    const isJournalled = this.config.revocationJournal === null ? {} : { revocation: IsNull() };
    await run.delete('forgotten_changes', this.changes, { createdAtMs: isOld, ...isJournalled });
    // An instance that has come back to life meanwhile holds a new lease, and stays.
    await run.delete('forgotten_instances', this.instances, { leaseUntil: isOld });
    const [instance, verifiers] = [this.instances, this.verifiers].map(({ metadata }) => metadata.tableName);
    // In the statement that deletes them: an instance that comes back to life begins with rows of its own.
    const sql = `NOT EXISTS (SELECT 1 FROM ${instance} i WHERE i.id = ${verifiers}.instance_id)`;
    await run.deleteCounts('left_verifiers', this.verifiers, { sql, values: [] });
  }
}
