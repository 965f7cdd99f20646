import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { JobRun } from '../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import { queryBacklog } from '../../platform/jobs/backlog.js';
import { databaseTimeMs } from '../../platform/database/statements.js';
import { Instance } from './instance.entity.js';
import { KeyChange } from './key-change.entity.js';

/** How long key changes and the rows of stopped instances are kept, which is longer than any lease. */
const KEPT_MS = 3_600_000;

/** Deletes the rows of stopped instances, and key changes that no instance will read again. */
@Injectable()
@HousekeepingJob()
export class OldChanges implements Job {
  readonly name = 'key_changes';
  readonly schedule = '*/30 * * * *';

  constructor(
    @InjectRepository(KeyChange) private readonly changes: Repository<KeyChange>,
    @InjectRepository(Instance) private readonly instances: Repository<Instance>,
  ) {}

  async run(run: JobRun): Promise<void> {
    const kept = `${databaseTimeMs(this.instances)} - ${KEPT_MS}`;
    const changes = () => this.changes.createQueryBuilder('it').where(`it.createdAtMs < ${kept}`);
    const revisions = {
      find: async (limit: number) => {
        const rows = await changes().select('it.revision', 'revision').limit(limit).getRawMany<{ revision: string }>();
        return rows.map(({ revision }) => Number(revision));
      },
      count: () => changes().getCount(),
    };
    await run.clear('forgotten_changes', revisions, async ({ manager }, ids) => {
      await manager.delete(KeyChange, ids);
      return ids;
    });
    const dead = queryBacklog(() => this.instances.createQueryBuilder('it').where(`it.leaseUntil < ${kept}`));
    await run.clear('forgotten_instances', dead, async ({ manager }, ids) => {
      // One that has come back to life meanwhile holds a new lease.
      await manager
        .createQueryBuilder()
        .delete()
        .from(Instance)
        .where(`id IN (:...ids) AND lease_until < ${kept}`, { ids })
        .execute();
      return ids;
    });
  }
}
