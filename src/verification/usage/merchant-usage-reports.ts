import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { placeholders } from '../../platform/database/placeholders.js';
import { RowMapper } from '../../platform/database/row-mapper.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { Clock, DAY_MS } from '../../platform/runtime/clock.js';
import { KeyDay } from './key-day.entity.js';
import { MerchantUsage } from './merchant-usage.entity.js';
import { LENGTHS_MS, readPeriod, type Interval } from './usage-period.js';
import type { UsageInterval } from './usage-reports.js';

export type Grouping = 'outcome' | 'application' | 'key';

/** Which verifications to report. */
export interface UsageSelection {
  /** The merchant of the keys; `null` for every merchant's. */
  merchantId: string | null;
  /** The account whose personal keys may be named; `null` for everybody's. */
  personalOf: number | null;
  application?: string | undefined;
  externalId?: string | undefined;
}

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

/** Rows of a table to add up, as SQL. */
interface Source {
  table: string;
  where: string;
  values: unknown[];
  /** The days, where rows are found by day and group; they are then not all read a second time. */
  days?: unknown[];
}

interface Sum {
  at: unknown;
  id: string;
  outcome: string;
  count: number | string;
}

/** Reports the counts of verifications of many keys. */
@Injectable()
export class MerchantUsageReports {
  private readonly hours: RowMapper<MerchantUsage>;

  constructor(
    @InjectRepository(MerchantUsage) private readonly usage: Repository<MerchantUsage>,
    private readonly clock: Clock,
  ) {
    this.hours = RowMapper.for(usage.manager, MerchantUsage);
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
    const source = this.source(selection, start, to);
    const sums = await this.query<Sum>(
      `SELECT hour AS at, outcome, SUM(count) AS count FROM ${source.table} WHERE ${source.where} GROUP BY hour, outcome ORDER BY hour`,
      source.values,
    );
    const intervals = new Map<number, Counts>();
    const counts: Counts = {};
    for (const { at, outcome, count } of sums) {
      const hourMs = (this.hours.fromStored('hour', at) as Date).getTime();
      const startMs = hourMs - (hourMs % length);
      const within = intervals.get(startMs) ?? {};
      intervals.set(startMs, within);
      for (const some of [within, counts]) some[outcome] = (some[outcome] ?? 0) + Number(count);
    }
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
    return groupBy === 'application'
      ? this.top('application_id', this.source(selection, start, end), limit)
      : this.top('key_id', this.keySource(selection, start, end), limit);
  }

  /** Returns the groups with the most verifications. */
  private async top(column: string, { table, where, values, days = [] }: Source, limit: number): Promise<UsageGroup[]> {
    const top = await this.query<{ id: string }>(
      `SELECT ${column} AS id FROM ${table} WHERE ${where} GROUP BY ${column} ORDER BY SUM(count) DESC, ${column} LIMIT ${limit}`,
      values,
    );
    if (top.length === 0) return [];
    const ids = top.map(({ id }) => id);
    const sums = await this.query<Sum>(
      `SELECT ${column} AS id, outcome, SUM(count) AS count FROM ${table}
       WHERE ${where} ${days.length > 0 ? `AND day IN (${placeholders(days)})` : ''} AND ${column} IN (${placeholders(ids)})
       GROUP BY ${column}, outcome`,
      [...values, ...days, ...ids],
    );
    const groups = new Map(ids.map((id): [string, Counts] => [id, {}]));
    for (const { id, outcome, count } of sums) {
      const group = groups.get(id);
      if (group) group[outcome] = Number(count);
    }
    return [...groups].map(([id, counts]) => ({ id: id === '' ? null : id, total: sum(counts), counts }));
  }

  private source({ merchantId, application, externalId = '' }: UsageSelection, start: Date, end: Date): Source {
    return {
      table: 'merchant_usage',
      ...conditions({
        'merchant_id = ?': merchantId,
        'external_id = ?': externalId,
        'hour >= ?': this.hours.toStored('hour', start),
        'hour < ?': this.hours.toStored('hour', end),
        'application_id = ?': application,
      }),
    };
  }

  private keySource(selection: UsageSelection, start: Date, end: Date): Source {
    const { merchantId, application, externalId, personalOf } = selection;
    const mapper = RowMapper.for(this.usage.manager, KeyDay);
    const days: unknown[] = [];
    for (let ms = start.getTime(); ms < end.getTime(); ms += DAY_MS) days.push(mapper.toStored('day', new Date(ms)));
    return {
      days,
      table: 'key_day',
      ...conditions({
        'merchant_id = ?': merchantId,
        'day >= ?': mapper.toStored('day', start),
        'day < ?': mapper.toStored('day', end),
        'application_id = ?': application,
        'external_id = ?': externalId,
        '(personal_of IS NULL OR personal_of = ?)': personalOf,
      }),
    };
  }

  private query<T>(statement: string, values: unknown[]): Promise<T[]> {
    return this.usage.query<T[]>(statement, values);
  }
}

const sum = (counts: Counts): number => Object.values(counts).reduce((total, count) => total + count, 0);

/** Combines the conditions that have a value. */
function conditions(named: Record<string, unknown>): Pick<Source, 'where' | 'values'> {
  const given = Object.entries(named).filter(([, value]) => value !== undefined && value !== null);
  return { where: given.map(([sql]) => sql).join(' AND '), values: given.map(([, value]) => value) };
}
