import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { HOUR_MS } from '../../platform/runtime/clock.js';
import { WriteBehindBuffer } from '../../platform/runtime/write-behind-buffer.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { OUTCOMES, type Outcome } from '../outcome.js';
import { addUsage, type CountedKey, type HourCount } from './usage-counters.js';

/** Keys whose counts are written in one transaction. */
const BATCH = 500;

interface HourCounts {
  key: CountedKey;
  hourMs: number;
  /** By the outcome's index in {@link OUTCOMES}. */
  counts: number[];
}

const INDICES = new Map<Outcome, number>(OUTCOMES.map((outcome, index) => [outcome, index]));

/**
 * Counts verifications by key, hour and outcome, and by merchant, application and external id. Counts are merged in memory and written every few seconds. A crash loses those since the
 * begin of the last complete flush: of one interval and of the time of a flush, or of all the time for which the database has taken none.
 */
@Injectable()
export class Usage extends WriteBehindBuffer {
  private current = new Map<string, HourCounts>();
  /** Counts that are complete because their hour is over, or that a failed flush has put back. */
  private closed: HourCounts[] = [];

  constructor(
    config: Config,
    private readonly transactions: Transactions,
  ) {
    super(config.USAGE_FLUSH_INTERVAL_MS);
  }

  count(key: CountedKey, outcome: Outcome, nowMs: number, uses = 1): void {
    const hourMs = nowMs - (nowMs % HOUR_MS);
    let entry = this.current.get(key.id);
    if (entry?.hourMs !== hourMs) {
      if (entry) this.closed.push(entry);
      entry = { key, hourMs, counts: OUTCOMES.map(() => 0) };
      this.current.set(key.id, entry);
    }
    const index = INDICES.get(outcome) ?? 0;
    entry.counts[index] = (entry.counts[index] ?? 0) + uses;
  }

  /**
   * Writes a merchant's keys together, so that what they add to the merchant's counters is added at once, and the counts of an hour in
   * transactions of their own.
   */
  async flush(): Promise<void> {
    const taken = [...this.closed, ...this.current.values()];
    this.closed = [];
    this.current = new Map();
    taken.sort(
      (a, b) => a.hourMs - b.hourMs || compare(a.key.merchantId, b.key.merchantId) || compare(a.key.id, b.key.id),
    );
    while (taken.length > 0) {
      const next = taken.slice(0, BATCH);
      const batch = next.filter(({ hourMs }) => hourMs === next[0]?.hourMs);
      try {
        await this.transactions.run(({ manager }) => addUsage(manager, batch.flatMap(toCounts)));
      } catch (error) {
        this.closed.push(...taken);
        throw error;
      }
      taken.splice(0, batch.length);
    }
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const toCounts = ({ key, hourMs, counts }: HourCounts): HourCount[] =>
  OUTCOMES.flatMap((outcome, index) => {
    const count = counts[index] ?? 0;
    return count > 0 ? [{ key, hourMs, outcome, count }] : [];
  });
