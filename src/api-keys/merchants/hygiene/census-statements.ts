import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { alongIndex } from '../../../platform/database/engine-sql.js';
import type { Position } from '../../../platform/http/paging/cursor.js';
import { ApiKey } from '../../api-key.entity.js';
import { all, prefixConditions, rangeScans, remainingConditions, upTo, type Order } from '../list/index-plan.js';
import { buildCriteria, type Condition } from '../list/key-criteria.js';
import { KeyStatements } from '../list/key-statements.js';
import { countedFilters, type KeyCounts } from './counted-filters.js';

/** Keys that one statement reads, so that none takes long. */
const BATCH = 5000;

const OLDEST_FIRST: Order = { column: 'created_at', isDescending: false };

const INDEX = 'api_key_created';

type Row = Record<string, number | string | null>;

/** Counts keys with the conditions of the filters that list them. */
@Injectable()
export class CensusStatements {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly statements: KeyStatements,
  ) {}

  /** Whether a merchant has more keys than a number. */
  async hasMoreThan(merchantId: string, max: number): Promise<boolean> {
    const where = prefixConditions({ merchantId, equal: {}, ranges: {}, others: [] }, []);
    const [first] = await this.statements.findPositions({ index: INDEX, where }, OLDEST_FIRST, 1, max);
    return first !== undefined;
  }

  /** Counts a merchant's keys some at a time; `others` than the personal ones, and the personal ones. */
  async count(merchantId: string, asOf: Date): Promise<{ issued: KeyCounts; personal: KeyCounts }> {
    const counts = { issued: this.none(asOf), personal: this.none(asOf) };
    const where = prefixConditions({ merchantId, equal: {}, ranges: {}, others: [] }, []);
    for (let position: Position | null = null; ;) {
      const scans: Condition[][] = rangeScans([{}], OLDEST_FIRST, position);
      let end: Position | undefined;
      for (const scan of scans) {
        const scanned = [...where, ...scan];
        [end] = await this.statements.findPositions({ index: INDEX, where: scanned }, OLDEST_FIRST, 1, BATCH - 1);
        for (const part of end ? upTo(OLDEST_FIRST, end) : [[]])
          await this.add(counts, asOf, alongIndex(this.keys, INDEX), [...scanned, ...part]);
        if (end) break;
      }
      if (!end) return counts;
      position = end;
    }
  }

  /** Counts the personal keys of an account. */
  async countPersonal(merchantId: string, accountId: number, asOf: Date): Promise<KeyCounts> {
    const counts = { issued: this.none(asOf), personal: this.none(asOf) };
    await this.add(counts, asOf, alongIndex(this.keys, 'api_key_account'), [
      { sql: 'account_id = ?', values: [accountId] },
      { sql: `surface = 'accounts'`, values: [] },
      { sql: 'merchant_id = ?', values: [merchantId] },
      { sql: 'deleted_at IS NULL', values: [] },
    ]);
    return counts.personal;
  }

  private async add(
    counts: { issued: KeyCounts; personal: KeyCounts },
    asOf: Date,
    table: string,
    where: Condition[],
  ): Promise<void> {
    const named = this.named(asOf);
    const sums = named.map(([name, { sql, values }]) => ({
      sql: `SUM(CASE WHEN ${sql} THEN 1 ELSE 0 END) AS ${name}_count`,
      values,
    }));
    const selected = [{ sql: 'surface', values: [] }, { sql: 'COUNT(*) AS total_count', values: [] }, ...sums];
    const rows = await this.statements.select<Row>(selected, table, where, 'GROUP BY surface');
    for (const row of rows) {
      const sum = row.surface === 'accounts' ? counts.personal : counts.issued;
      for (const name of Object.keys(sum) as (keyof KeyCounts)[]) sum[name] += Number(row[`${name}_count`]);
    }
  }

  private named(asOf: Date): (readonly [string, Condition])[] {
    const scope = { merchantId: '', personalOf: null };
    return Object.entries(countedFilters(asOf)).map(([name, filter]) => {
      const criteria = buildCriteria(this.keys.manager, filter, scope, asOf.getTime());
      return [name, all(remainingConditions(criteria, []))] as const;
    });
  }

  private none(asOf: Date): KeyCounts {
    return Object.fromEntries(['total', ...Object.keys(countedFilters(asOf))].map((name) => [name, 0])) as KeyCounts;
  }
}
