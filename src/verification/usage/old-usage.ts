import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, type FindOptionsWhere, type Repository } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { Clock, DAY_SECONDS } from '../../platform/runtime/clock.js';
import type { RowCondition } from '../../platform/database/delete-some.js';
import { RowMapper } from '../../platform/database/row-mapper.js';
import type { JobRun } from '../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import { QuotaLoan } from '../limits/quotas/quota-loan.entity.js';
import { QuotaUse } from '../limits/quotas/quota-use.entity.js';
import { LastSource } from '../../api-keys/uses/last-source.entity.js';
import { PreviousUse } from '../../api-keys/uses/previous-use.entity.js';
import { ScopeUse } from '../../api-keys/uses/scope-use.entity.js';
import { KeyMonth } from './key-month.entity.js';
import { KeyUsage } from './key-usage.entity.js';
import { MerchantDay } from './merchant-day.entity.js';
import { DAYS_OF_MONTH, HOURS_OF_DAY, type Slots } from './slots.js';

/** How long quota use is kept, which is longer than the longest period: a month. */
const QUOTAS_KEPT_DAYS = 40;

/** How long it is kept when a scope was last used, which is longer than the time after which a scope is found unused. */
const SCOPE_USES_KEPT_DAYS = 100;

/** The number of keys whose counts are deleted in one transaction. */
const AT_ONCE = 50;

/**
 * Deletes counts that are older than their retention. The primary key starts with the key's id, so each key's oldest count shows whether
 * the key has any to delete, without reading the others.
 */
@Injectable()
@HousekeepingJob()
export class OldUsage implements Job {
  readonly name = 'usage';
  readonly schedule = '10 4 * * *';

  constructor(
    @InjectRepository(KeyMonth) private readonly keyMonths: Repository<KeyMonth>,
    @InjectRepository(KeyUsage) private readonly usage: Repository<KeyUsage>,
    @InjectRepository(LastSource) private readonly lastSources: Repository<LastSource>,
    @InjectRepository(MerchantDay) private readonly merchantDays: Repository<MerchantDay>,
    @InjectRepository(PreviousUse) private readonly previousUses: Repository<PreviousUse>,
    @InjectRepository(QuotaLoan) private readonly loans: Repository<QuotaLoan>,
    @InjectRepository(QuotaUse) private readonly quotas: Repository<QuotaUse>,
    @InjectRepository(ScopeUse) private readonly scopeUses: Repository<ScopeUse>,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  async run(run: JobRun): Promise<void> {
    const before = (days: number): Date => this.clock.in(-days * DAY_SECONDS);
    await clear(run, 'deleted_periods', this.quotas, 'periodStart', before(QUOTAS_KEPT_DAYS));
    await clear(run, 'deleted_loans', this.loans, 'periodStart', before(QUOTAS_KEPT_DAYS));
    if (this.config.USAGE_KEPT_DAYS === 0) return;
    const end = before(this.config.USAGE_KEPT_DAYS);
    await clear(run, 'deleted_hours', this.usage, 'hour', end);
    await clear(run, 'deleted_previous_uses', this.previousUses, 'hour', end);
    await clear(run, 'deleted_last_sources', this.lastSources, 'usedAt', end);
    const lastScopeUse = before(Math.max(this.config.USAGE_KEPT_DAYS, SCOPE_USES_KEPT_DAYS));
    await clear(run, 'deleted_scope_uses', this.scopeUses, 'usedAt', lastScopeUse);
    const [days, months] = [this.merchantDays, this.keyMonths];
    await run.deleteCounts('deleted_merchant_days', days, overBefore(days, HOURS_OF_DAY, end));
    await run.deleteCounts('deleted_key_months', months, overBefore(months, DAYS_OF_MONTH, end));
  }
}

async function clear<T extends KeyUsage | LastSource | PreviousUse | QuotaLoan | QuotaUse | ScopeUse>(
  run: JobRun,
  what: string,
  counts: Repository<T>,
  time: string & keyof T,
  end: Date,
): Promise<void> {
  for (let after = ''; ;) {
    const rows = await counts
      .createQueryBuilder('it')
      .select('it.keyId', 'keyId')
      .where('it.keyId > :after', { after })
      .groupBy('it.keyId')
      .having(`MIN(it.${time}) < :end`, { end })
      .orderBy('it.keyId')
      .limit(AT_ONCE)
      .getRawMany<{ keyId: string }>();
    const keyIds = rows.map(({ keyId }) => keyId);
    const last = keyIds.at(-1);
    if (last === undefined) return;
    const old = { keyId: In(keyIds), [time]: LessThan(end) } as FindOptionsWhere<T>;
    run.note(what, keyIds, await counts.countBy(old));
    await run.change(async ({ manager }) => {
      await manager.delete(counts.target, old);
    });
    after = last;
  }
}

/** Means the rows whose whole period was over at a time. */
function overBefore<T extends KeyMonth | MerchantDay>(
  { manager, target }: Repository<T>,
  { period, startOf }: Slots,
  end: Date,
): RowCondition {
  const start = new Date(startOf(end.getTime()));
  return { sql: `${period} < ?`, values: [RowMapper.for(manager, target).toStored(period, start)] };
}
