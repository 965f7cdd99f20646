import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { And, LessThan, MoreThanOrEqual, type Repository } from 'typeorm';
import { Clock, DAY_MS, HOUR_MS } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { KeyUsage } from './key-usage.entity.js';

const MS = { hour: HOUR_MS, day: DAY_MS } as const;

const DEFAULT_DAYS = 7;
const DAYS_MAX = 400;

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
  async read(keyId: string, interval: keyof typeof MS, from?: string, to?: string): Promise<UsageInterval[]> {
    const length = MS[interval];
    const end = to === undefined ? this.clock.in(1) : new Date(to);
    const begin = from === undefined ? end.getTime() - DEFAULT_DAYS * MS.day : Date.parse(from);
    const start = new Date(begin - (((begin % length) + length) % length));
    if (start >= end) throw DomainError.invalid('to', 'to must be after from');
    if (end.getTime() - start.getTime() > DAYS_MAX * MS.day)
      throw DomainError.invalid('to', `to must be within ${DAYS_MAX} days of from`);
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
