import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { placeholders } from '../../platform/database/placeholders.js';
import { RowMapper } from '../../platform/database/row-mapper.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Clock } from '../../platform/runtime/clock.js';
import { MerchantDay } from './merchant-day.entity.js';
import { HOURS_OF_DAY } from './slots.js';
import { LENGTHS_MS, readPeriod, type Interval } from './usage-period.js';
import type { UsageInterval } from './usage-reports.js';
import { keySources, merchantSource, type Source, type UsageSelection } from './usage-sources.js';

export type Grouping = 'outcome' | 'application' | 'key';

export interface UsageRequest {
  interval?: Interval | undefined;
  from?: string | undefined;
  to?: string | undefined;
  groupBy: Grouping;
  limit: number;
}

type Counts = Record<string, number>;

export interface UsageGroup {
  /** `null` for the keys without an application. */
  id: string | null;
  total: number;
  counts: Counts;
}

export interface UsageReport {
  interval: Interval;
  from: Date;
  to: Date;
  total: number;
  counts: Counts;
  intervals: UsageInterval[];
  groups: UsageGroup[];
}

interface Sum {
  id: string;
  outcome: string;
  count: number | string;
}

/** Reports the counts of verifications of many keys. */
@Injectable()
export class MerchantUsageReports {
  private readonly days: RowMapper<MerchantDay>;

  constructor(
    @InjectRepository(MerchantDay) private readonly usage: Repository<MerchantDay>,
    private readonly clock: Clock,
  ) {
    this.days = RowMapper.for(usage.manager, MerchantDay);
  }

  /**
   * @throws {DomainError} `request.invalid` as {@link readPeriod}, and for hours of keys, which are kept by day
   */
  async read(selection: UsageSelection, { groupBy, limit, ...request }: UsageRequest): Promise<UsageReport> {
    const interval = request.interval ?? (groupBy === 'key' ? 'day' : 'hour');
    if (groupBy === 'key' && interval !== 'day')
      throw DomainError.invalid('interval', 'interval must be day when groupBy is key');
    const { start, end } = readPeriod(this.clock.in(1), interval, request.from, request.to);
    const length = LENGTHS_MS[interval];
    // The last interval is included as a whole.
    const to = new Date(Math.ceil(end.getTime() / length) * length);
    const intervals = await this.intervals(interval, selection, start, to);
    const counts: Counts = {};
    for (const within of intervals.values())
      for (const [outcome, count] of Object.entries(within)) counts[outcome] = (counts[outcome] ?? 0) + count;
    return {
      interval,
      from: start,
      to,
      total: sum(counts),
      counts,
      intervals: [...intervals].map(([at, each]) => ({ start: new Date(at).toISOString(), counts: each })),
      groups: await this.groups({ groupBy, limit }, counts, selection, start, to),
    };
  }

  /** Returns the counts by the start of their interval, in chronological order. */
  private async intervals(
    interval: Interval,
    selection: UsageSelection,
    start: Date,
    end: Date,
  ): Promise<Map<number, Counts>> {
    const { where, values } = merchantSource(this.usage.manager, selection, start, end);
    const columns = interval === 'day' ? ['total'] : HOURS_OF_DAY.columns;
    const sums = await this.query<Record<string, unknown> & Pick<Sum, 'outcome'>>(
      `SELECT day, outcome, ${columns.map((column) => `SUM(${column}) AS ${column}`).join(', ')}
       FROM merchant_day WHERE ${where} GROUP BY day, outcome ORDER BY day`,
      values,
    );
    const found = sums.flatMap(({ day, outcome, ...counts }) => {
      const dayMs = (this.days.fromStored('day', day) as Date).getTime();
      return columns.map((column, n): [at: number, outcome: string, count: number] => [
        dayMs + n * HOURS_OF_DAY.partMs,
        outcome,
        Number(counts[column]),
      ]);
    });
    const intervals = new Map<number, Counts>();
    for (const [at, outcome, count] of found.sort(([a], [b]) => a - b)) {
      if (count === 0 || at < start.getTime() || at >= end.getTime()) continue;
      const within = intervals.get(at) ?? {};
      within[outcome] = count;
      intervals.set(at, within);
    }
    return intervals;
  }

  private async groups(
    { groupBy, limit }: Pick<UsageRequest, 'groupBy' | 'limit'>,
    counts: Counts,
    selection: UsageSelection,
    start: Date,
    end: Date,
  ): Promise<UsageGroup[]> {
    if (groupBy === 'outcome')
      return Object.entries(counts)
        .map(([id, count]) => ({ id, total: count, counts: { [id]: count } }))
        .sort((a, b) => b.total - a.total)
        .slice(0, limit);
    const { manager } = this.usage;
    if (groupBy === 'application') {
      const source = merchantSource(manager, selection, start, end);
      return this.top('application_id', source, source, limit);
    }
    const { all, each } = keySources(manager, selection, start, end);
    return this.top('key_id', all, each, limit);
  }

  /**
   * Returns the groups with the most verifications.
   *
   * @param all holds their sums
   * @param each holds their counts by outcome
   */
  private async top(column: string, all: Source, each: Source, limit: number): Promise<UsageGroup[]> {
    const top = await this.query<{ id: string }>(
      `SELECT ${column} AS id, SUM(${all.count.sql}) AS verified FROM ${all.table} WHERE ${all.where}
       GROUP BY ${column} HAVING verified > 0 ORDER BY verified DESC, ${column} LIMIT ${limit}`,
      [...all.count.values, ...all.values],
    );
    if (top.length === 0) return [];
    const ids = top.map(({ id }) => id);
    const sums = await this.query<Sum>(
      `SELECT ${column} AS id, outcome, SUM(${each.count.sql}) AS count FROM ${each.table}
       WHERE ${each.where} AND ${column} IN (${placeholders(ids)}) GROUP BY ${column}, outcome ORDER BY outcome`,
      [...each.count.values, ...each.values, ...ids],
    );
    const groups = new Map(ids.map((id) => [id, new Map<string, number>()]));
    for (const { id, outcome, count } of sums) groups.get(id)?.set(outcome, Number(count));
    return [...groups].map(([id, found]) => {
      const counts = byOutcome(found);
      return { id: id === '' ? null : id, total: sum(counts), counts };
    });
  }

  private query<T>(statement: string, values: unknown[]): Promise<T[]> {
    return this.usage.query<T[]>(statement, values);
  }
}

const sum = (counts: Counts): number => Object.values(counts).reduce((total, count) => total + count, 0);

/** @param found as `MerchantDay` counts, or as `KeyMonth`, which counts valid verifications in the sum over all outcomes alone */
function byOutcome(found: Map<string, number>): Counts {
  const all = found.get('');
  found.delete('');
  const counts = Object.fromEntries([...found].filter(([, count]) => count > 0));
  const valid = all === undefined ? 0 : all - sum(counts);
  return valid > 0 ? { VALID: valid, ...counts } : counts;
}
