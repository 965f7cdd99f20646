import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { insertOrChange } from '../../../platform/database/rows.js';
import { Transactions } from '../../../platform/database/transactions/transactions.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { BackgroundTask } from '../../../platform/runtime/background-task.js';
import type { TenantScope } from '../tenant-scope.js';
import { CensusStatements } from './census-statements.js';
import type { KeyCounts } from './counted-filters.js';
import { KeyCensus } from './key-census.entity.js';

/** A merchant with at most so many keys has them counted with each request. */
export const COUNTED_LIVE_MAX = 5000;

/** Counts that are older are counted anew, while requests still get them. */
const FRESH_MS = 15 * 60_000;

export interface CountedKeys {
  /** When the keys were counted. */
  asOf: Date;
  counts: KeyCounts;
}

type Parts = Record<KeyCensus['part'], KeyCounts> & { asOf: Date };

/** Tells how many keys there are of each kind: at once, or as of a time where there are too many to count with each request. */
@Injectable()
export class KeyCountsService {
  private readonly running = new Map<string, Promise<Parts>>();

  constructor(
    @InjectRepository(KeyCensus) private readonly census: Repository<KeyCensus>,
    private readonly clock: Clock,
    private readonly statements: CensusStatements,
    private readonly transactions: Transactions,
  ) {}

  async read({ merchantId, personalOf }: TenantScope): Promise<CountedKeys> {
    const { asOf, issued, personal } = await this.parts(merchantId);
    const own = personalOf === null ? personal : await this.statements.countPersonal(merchantId, personalOf, asOf);
    const counts = Object.entries(issued).map(([name, count]) => [name, count + own[name as keyof KeyCounts]]);
    return { asOf, counts: Object.fromEntries(counts) as KeyCounts };
  }

  /** Returns whether a merchant has so many keys that their numbers are kept. */
  keeps(merchantId: string): Promise<boolean> {
    return this.statements.hasMoreThan(merchantId, COUNTED_LIVE_MAX);
  }

  /** Counts a merchant's keys and keeps the numbers. Concurrent calls share one count. */
  refresh(merchantId: string): Promise<Parts> {
    let count = this.running.get(merchantId);
    if (!count) {
      count = this.count(merchantId).finally(() => this.running.delete(merchantId));
      this.running.set(merchantId, count);
    }
    return count;
  }

  private async parts(merchantId: string): Promise<Parts> {
    if (!(await this.keeps(merchantId))) {
      const asOf = this.clock.now();
      return { asOf, ...(await this.statements.count(merchantId, asOf)) };
    }
    const rows = await this.census.findBy({ merchantId });
    const [issued, personal] = (['issued', 'personal'] as const).map((part) => rows.find((row) => row.part === part));
    if (!issued || !personal) return this.refresh(merchantId);
    if (this.clock.nowMs() - issued.asOf.getTime() > FRESH_MS)
      void new BackgroundTask(() => this.refresh(merchantId).then(() => undefined), 'Keys could not be counted').run();
    return { asOf: issued.asOf, issued: issued.counts as KeyCounts, personal: personal.counts as KeyCounts };
  }

  private async count(merchantId: string): Promise<Parts> {
    const asOf = this.clock.now();
    const counts = await this.statements.count(merchantId, asOf);
    const rows = (['issued', 'personal'] as const).map((part) => ({ merchantId, part, counts: counts[part], asOf }));
    await this.transactions.run(({ manager }) => insertOrChange(manager, KeyCensus, rows, ['counts', 'asOf']));
    return { asOf, ...counts };
  }
}
