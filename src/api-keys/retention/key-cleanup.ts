import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, LessThan, type FindOptionsWhere, type Repository } from 'typeorm';
import { MerchantBatches } from '../../accounts/merchants/merchant-batches.js';
import { Config } from '../../platform/config/config.js';
import { SYSTEM } from '../../platform/events/actor.js';
import { Clock, DAY_SECONDS } from '../../platform/runtime/clock.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import type { JobRun } from '../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import { rowsOf } from '../../platform/jobs/backlog.js';
import { ApiKey } from '../api-key.entity.js';
import { KeyRevocation, type RevocationReason } from '../key-revocation.js';
import { LastUse } from '../uses/last-use.js';

/** Keys revoked in one transaction. */
const AT_ONCE = 100;

/**
 * Deletes keys that expired, or were last used and changed, long enough ago. It runs only if a schedule is configured. A merchant that
 * has set when its unused keys are deleted is exempt from the deletion of unused keys here.
 */
@Injectable()
@HousekeepingJob()
export class KeyCleanup implements Job {
  readonly name = 'key_cleanup';
  readonly schedule: string | undefined;

  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly revocation: KeyRevocation,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly lastUse: LastUse,
    private readonly merchants: MerchantBatches,
  ) {
    this.schedule = config.CLEANUP_SCHEDULE;
  }

  async run(run: JobRun): Promise<void> {
    if (!run.isDry) await this.lastUse.flush();
    const expired = this.clock.in(-this.config.CLEANUP_EXPIRED_AFTER_DAYS * DAY_SECONDS);
    const unused = this.clock.in(-this.config.CLEANUP_UNUSED_AFTER_DAYS * DAY_SECONDS);
    for await (const merchants of this.merchants.all()) {
      const ids = merchants.map(({ id }) => id);
      await this.retire(run, 'cleanup_expired', ids, { expiresAt: LessThan(expired) });
      if (this.config.CLEANUP_UNUSED_AFTER_DAYS === 0) continue;
      const others = merchants.filter(({ idleDeleteAfterDays }) => idleDeleteAfterDays === null).map(({ id }) => id);
      // A key that was imported, changed or rotated recently is kept, whenever it was last used.
      const untouched = { updatedAt: LessThan(unused) };
      await this.retire(run, 'cleanup_unused', others, { ...untouched, lastUsedAt: LessThan(unused) });
      await this.retire(run, 'cleanup_unused', others, { ...untouched, lastUsedAt: IsNull() });
    }
  }

  private async retire(
    run: JobRun,
    reason: RevocationReason,
    merchantIds: string[],
    where: FindOptionsWhere<ApiKey>,
  ): Promise<void> {
    if (merchantIds.length === 0) return;
    const backlog = rowsOf(this.keys, { ...where, merchantId: In(merchantIds), deletedAt: IsNull() });
    const revoke = async (tx: Transaction, ids: string[]): Promise<string[]> =>
      (await this.revocation.revokeMany(tx, SYSTEM, ids, reason)).changed.map(({ id }) => id);
    await run.clear(reason, backlog, revoke, AT_ONCE);
  }
}
