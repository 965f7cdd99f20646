import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';
import { MerchantBatches } from '../../../accounts/merchants/merchant-batches.js';
import { Clock, DAY_SECONDS } from '../../../platform/runtime/clock.js';
import type { JobRun } from '../../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../../platform/jobs/job.js';
import { KeyCensus } from './key-census.entity.js';
import { KeyCountsService } from './key-counts.service.js';

/** How long numbers are kept that are not renewed, because the merchant has few keys by now, or is gone. */
const KEPT_DAYS = 3;

/** Counts the keys of merchants with many, so that the first who asks on a day need not wait. */
@Injectable()
@HousekeepingJob()
export class KeyCensusJob implements Job {
  readonly name = 'key_census';
  readonly schedule = '20 5 * * *';

  constructor(
    @InjectRepository(KeyCensus) private readonly census: Repository<KeyCensus>,
    private readonly clock: Clock,
    private readonly keyCounts: KeyCountsService,
    private readonly merchants: MerchantBatches,
  ) {}

  async run(run: JobRun): Promise<void> {
    for await (const merchants of this.merchants.all())
      for (const { id } of merchants) {
        if (!(await this.keyCounts.keeps(id))) continue;
        run.note('counted_merchants', [id]);
        if (!run.isDry) await this.keyCounts.refresh(id);
      }
    const old = { asOf: LessThan(this.clock.in(-KEPT_DAYS * DAY_SECONDS)) };
    run.note('deleted_counts', [], await this.census.countBy(old));
    await run.change(async ({ manager }) => {
      await manager.delete(KeyCensus, old);
    });
  }
}
