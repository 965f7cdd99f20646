import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Brackets, In, type Repository, type SelectQueryBuilder } from 'typeorm';
import { SYSTEM } from '../../platform/events/actor.js';
import { Clock } from '../../platform/runtime/clock.js';
import { NOTHING } from '../../platform/events/invalidation.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import type { JobRun } from '../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import { queryBacklog } from '../../platform/jobs/backlog.js';
import { ApiKey } from '../api-key.entity.js';
import { keyTarget, lockUndeleted } from '../usable-keys.js';
import { ExpiryNotice } from './expiry-notice.entity.js';
import { daysToTell, nextNotice } from './expiry-notices.js';

type Where = (query: SelectQueryBuilder<ExpiryNotice>, now: Date) => SelectQueryBuilder<ExpiryNotice>;

/** Notifies merchants about keys that expire soon or have expired. Each notice is sent once, unless the expiry changes. */
@Injectable()
@HousekeepingJob()
export class KeyExpiry implements Job {
  readonly name = 'key_expiry';
  readonly schedule = '*/5 * * * *';

  constructor(
    @InjectRepository(ExpiryNotice) private readonly notices: Repository<ExpiryNotice>,
    private readonly clock: Clock,
  ) {}

  async run(run: JobRun): Promise<void> {
    const now = this.clock.now();
    const tell = (tx: Transaction, ids: string[]): Promise<string[]> => this.tell(tx, ids);
    const due = (where: Where) => queryBacklog(() => where(this.due(now), now));
    await run.clear('expired', due(ofExpired), tell);
    await run.clear('expiring', due(ofExpiring), tell);
    if (!run.isDry) await run.clear('obsolete', due(ofNone), (tx, ids) => this.drop(tx, ids));
  }

  private due(now: Date): SelectQueryBuilder<ExpiryNotice> {
    return this.notices
      .createQueryBuilder('notice')
      .leftJoin(ApiKey, 'apiKey', 'apiKey.id = notice.id')
      .where('notice.dueAt <= :now', { now });
  }

  /** Publishes the notices that are due, and schedules the next notice about each key. */
  private async tell(tx: Transaction, ids: string[]): Promise<string[]> {
    const keys = await lockUndeleted(tx, ids);
    const now = this.clock.now();
    const next: ExpiryNotice[] = [];
    for (const key of keys) {
      const { expiresAt } = key;
      if (!expiresAt) continue;
      const daysLeft = daysToTell(expiresAt, now);
      if (daysLeft !== null) await this.publish(tx, key, expiresAt, daysLeft);
      const dueAt = nextNotice(expiresAt, now);
      if (dueAt) next.push({ id: key.id, dueAt });
    }
    await this.drop(tx, ids);
    if (next.length > 0) await tx.manager.insert(ExpiryNotice, next);
    return keys.map(({ id }) => id);
  }

  private async publish(tx: Transaction, key: ApiKey, expiresAt: Date, daysLeft: number): Promise<void> {
    const { publicId, surface, name, level, applicationId } = key;
    const details = { publicId, surface, name, level, applicationId, expiresAt: expiresAt.toISOString() };
    await tx.publish({
      ...keyTarget(key),
      actor: SYSTEM,
      invalidates: NOTHING,
      ...(daysLeft === 0
        ? { name: 'api_key.expired', details }
        : { name: 'api_key.expiring', details: { ...details, daysLeft } }),
    });
  }

  private async drop({ manager }: Transaction, ids: string[]): Promise<string[]> {
    await manager.delete(ExpiryNotice, { id: In(ids) });
    return ids;
  }
}

const ofExpired: Where = (query, now) =>
  query.andWhere('apiKey.deletedAt IS NULL AND apiKey.expiresAt <= :now', { now });

const ofExpiring: Where = (query, now) =>
  query.andWhere('apiKey.deletedAt IS NULL AND apiKey.expiresAt > :now', { now });

/** Notices about keys that have been deleted or no longer expire. */
const ofNone: Where = (query) =>
  query.andWhere(
    new Brackets((none) =>
      none.where('apiKey.id IS NULL').orWhere('apiKey.deletedAt IS NOT NULL').orWhere('apiKey.expiresAt IS NULL'),
    ),
  );
