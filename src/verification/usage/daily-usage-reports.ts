import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { Clock, DAY_MS } from '../../platform/runtime/clock.js';
import { KeyMonth } from './key-month.entity.js';
import { DAYS_OF_MONTH, periodsWithin } from './slots.js';

/** The keys to report on, and who asks. */
export interface DailyUsageSelection {
  merchantId: string;
  /** The account whose personal keys may be reported; `null` for everybody's. */
  personalOf: number | null;
  keyIds: readonly string[];
}

export interface DailyUsage {
  /** The start of the first day. */
  from: Date;
  /** The end of the last day, which is today. */
  to: Date;
  /** The number of verifications on each day, by the ids of the keys. */
  daysOf: Map<string, number[]>;
}

/** Reports how often keys were verified each day. */
@Injectable()
export class DailyUsageReports {
  constructor(
    @InjectRepository(KeyMonth) private readonly months: Repository<KeyMonth>,
    private readonly clock: Clock,
  ) {}

  /** Reports the last days of some keys, up to today. Keys that weren't verified are left out. */
  async read({ merchantId, personalOf, keyIds }: DailyUsageSelection, days: number): Promise<DailyUsage> {
    const nowMs = this.clock.nowMs();
    const toMs = nowMs - (nowMs % DAY_MS) + DAY_MS;
    const fromMs = toMs - days * DAY_MS;
    const months = periodsWithin(DAYS_OF_MONTH, fromMs, toMs).map((ms) => new Date(ms));
    const rows = await this.months.findBy({ merchantId, outcome: '', month: In(months), keyId: In([...keyIds]) });
    const daysOf = new Map<string, number[]>();
    for (const row of rows) {
      if (personalOf !== null && row.personalOf !== null && row.personalOf !== personalOf) continue;
      const counts = daysOf.get(row.keyId) ?? Array.from({ length: days }, () => 0);
      const firstDay = (row.month.getTime() - fromMs) / DAY_MS;
      for (const [n, column] of DAYS_OF_MONTH.columns.entries()) {
        const before = counts[firstDay + n];
        if (before !== undefined) counts[firstDay + n] = before + row[column];
      }
      if (counts.some((count) => count > 0)) daysOf.set(row.keyId, counts);
    }
    return { from: new Date(fromMs), to: new Date(toMs), daysOf };
  }
}
