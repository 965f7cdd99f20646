import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, type Repository } from 'typeorm';
import { MerchantBatches } from '../../accounts/merchants/merchant-batches.js';
import { Config } from '../../platform/config/config.js';
import { Clock, DAY_SECONDS } from '../../platform/runtime/clock.js';
import type { JobRun } from '../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import { ApiKey } from '../api-key.entity.js';

/** Removes the tombstones of keys that were deleted long ago. The audit trail keeps their history. */
@Injectable()
@HousekeepingJob()
export class DeletedKeys implements Job {
  readonly name = 'deleted_keys';
  readonly schedule = '20 3 * * *';

  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly merchants: MerchantBatches,
  ) {}

  async run(run: JobRun): Promise<void> {
    if (this.config.DELETED_KEYS_KEPT_DAYS === 0) return;
    const deletedAt = LessThan(this.clock.in(-this.config.DELETED_KEYS_KEPT_DAYS * DAY_SECONDS));
    for await (const merchants of this.merchants.all()) {
      const gone = { merchantId: In(merchants.map(({ id }) => id)), deletedAt };
      await run.delete('forgotten', this.keys, gone);
    }
  }
}
