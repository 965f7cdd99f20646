import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, type Repository } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { Clock, DAY_SECONDS } from '../../platform/runtime/clock.js';
import { deleteRows, queryBacklog, type Backlog } from '../../platform/jobs/backlog.js';
import type { JobRun } from '../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import { WebhookDelivery } from '../webhook-delivery.entity.js';

/** Deletes deliveries that were completed or parked long ago, and those left behind by an interrupted deletion of their endpoint. */
@Injectable()
@HousekeepingJob()
export class OldDeliveries implements Job {
  readonly name = 'webhook_deliveries';
  readonly schedule = '50 4 * * *';

  constructor(
    @InjectRepository(WebhookDelivery) private readonly deliveries: Repository<WebhookDelivery>,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  async run(run: JobRun): Promise<void> {
    await run.clear('orphaned', this.orphans(), deleteRows(this.deliveries));
    const { DELIVERIES_KEPT_DAYS: days } = this.config;
    if (days === 0) return;
    const old = {
      status: In(['delivered', 'failed', 'parked'] as const),
      createdAt: LessThan(this.clock.in(-days * DAY_SECONDS)),
    };
    await run.delete('deleted', this.deliveries, old);
  }

  private orphans(): Backlog<string> {
    const isThere = 'EXISTS (SELECT 1 FROM webhook_endpoint endpoint WHERE endpoint.id = it.endpoint_id)';
    return queryBacklog(() => this.deliveries.createQueryBuilder('it').where(`NOT ${isThere}`));
  }
}
