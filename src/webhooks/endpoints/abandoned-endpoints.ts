import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type EntityManager, type Repository, type SelectQueryBuilder } from 'typeorm';
import { SYSTEM } from '../../platform/events/actor.js';
import { Clock, DAY_SECONDS } from '../../platform/runtime/clock.js';
import { AuditTrail } from '../../platform/events/audit-trail.js';
import { queryBacklog, type Backlog } from '../../platform/jobs/backlog.js';
import type { JobRun } from '../../platform/jobs/job-run.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import { lockRows } from '../../platform/database/row-locks.js';
import { firstMessageId } from '../message-ids.js';
import { WebhookEndpoint } from '../webhook-endpoint.entity.js';
import { WebhooksService } from './webhooks.service.js';

/** Endpoints deleted in one transaction. */
const BATCH = 100;

const HAS_APPLICATION = 'EXISTS (SELECT 1 FROM application WHERE application.id = it.application_id)';
const HAS_PENDING = `EXISTS (SELECT 1 FROM webhook_delivery due WHERE due.status = 'pending' AND due.endpoint_id = it.id)`;
const HAS_RECENT = 'EXISTS (SELECT 1 FROM webhook_delivery one WHERE one.endpoint_id = it.id AND one.id >= :since)';

/**
 * Deletes the endpoints of deleted applications, which will receive no further events. The last events are sent or parked first, and remain
 * listed for a day.
 */
@Injectable()
@HousekeepingJob()
export class AbandonedEndpoints implements Job {
  readonly name = 'webhook_endpoints';
  // The job that deletes old deliveries runs a little later, and deletes theirs.
  readonly schedule = '40 4 * * *';

  constructor(
    @InjectRepository(WebhookEndpoint) private readonly endpoints: Repository<WebhookEndpoint>,
    private readonly clock: Clock,
    private readonly auditTrail: AuditTrail,
    private readonly webhooks: WebhooksService,
  ) {}

  async run(run: JobRun): Promise<void> {
    const backlog = queryBacklog(() => this.abandoned(this.endpoints.manager));
    const work = (tx: Transaction, ids: string[]): Promise<string[]> => this.delete(tx, ids);
    await run.clear('deleted', run.isDry ? backlog : this.caughtUp(backlog), work, BATCH);
  }

  /** A backlog whose endpoints have all their deliveries written before they are found. */
  private caughtUp(backlog: Backlog<string>): Backlog<string> {
    const find = async (limit: number): Promise<string[]> => {
      const ids = await backlog.find(limit);
      const some = await this.endpoints.find({ select: { id: true, merchantId: true }, where: { id: In(ids) } });
      for (const merchantId of new Set(some.map((endpoint) => endpoint.merchantId)))
        await this.auditTrail.catchUp(merchantId);
      return ids;
    };
    return { ...backlog, find };
  }

  private async delete(tx: Transaction, ids: string[]): Promise<string[]> {
    await lockRows(tx.manager, WebhookEndpoint, ids);
    const endpoints = await this.abandoned(tx.manager)
      .andWhere({ id: In(ids) })
      .getMany();
    for (const endpoint of endpoints) {
      const { applicationId } = endpoint;
      await this.webhooks.end(tx, SYSTEM, endpoint, { reason: 'application_deleted', applicationId });
    }
    return endpoints.map(({ id }) => id);
  }

  private abandoned(manager: EntityManager): SelectQueryBuilder<WebhookEndpoint> {
    return manager
      .createQueryBuilder(WebhookEndpoint, 'it')
      .where(`it.applicationId IS NOT NULL AND NOT ${HAS_APPLICATION} AND NOT ${HAS_PENDING} AND NOT ${HAS_RECENT}`, {
        since: firstMessageId(this.clock.in(-DAY_SECONDS)),
      });
  }
}
