import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { And, LessThan, MoreThanOrEqual, type Repository } from 'typeorm';
import { Clock } from '../../platform/runtime/clock.js';
import { KeyUsage } from './key-usage.entity.js';
import { LENGTHS_MS, readPeriod, type Interval } from './usage-period.js';

export interface UsageInterval {
  start: string;
  counts: Record<string, number>;
}

/** Reports the counts of verifications. */
@Injectable()
export class UsageReports {
  constructor(
    @InjectRepository(KeyUsage) private readonly usage: Repository<KeyUsage>,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns a key's counts per interval. Intervals without a verification are left out.
   *
   * @throws {DomainError} `request.invalid` if `to` isn't after `from`, or is more than 400 days after it
   */
  async read(keyId: string, interval: Interval, from?: string, to?: string): Promise<UsageInterval[]> {
    const { start, end } = readPeriod(this.clock.in(1), interval, from, to);
    const length = LENGTHS_MS[interval];
    const rows = await this.usage.find({
      where: { keyId, hour: And(MoreThanOrEqual(start), LessThan(end)) },
      order: { hour: 'ASC' },
    });
    const intervals = new Map<number, Record<string, number>>();
    for (const { hour, outcome, count } of rows) {
      const at = hour.getTime() - (hour.getTime() % length);
      const counts = intervals.get(at) ?? {};
      counts[outcome] = (counts[outcome] ?? 0) + count;
      intervals.set(at, counts);
    }
    return [...intervals].map(([at, counts]) => ({ start: new Date(at).toISOString(), counts }));
  }
}
