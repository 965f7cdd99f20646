import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { HOUR_MS } from '../../platform/runtime/clock.js';
import { WriteBehindBuffer } from '../../platform/runtime/write-behind-buffer.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { addToCounters } from '../../platform/database/counters.js';
import { OUTCOMES, type Outcome } from '../outcome.js';
import { KeyUsage } from './key-usage.entity.js';

/** Rows in one statement. */
const BATCH = 1000;

interface HourCounts {
  keyId: string;
  hourMs: number;
  /** By the outcome's index in {@link OUTCOMES}. */
  counts: number[];
}

const INDICES = new Map<Outcome, number>(OUTCOMES.map((outcome, index) => [outcome, index]));

/**
 * Counts verifications by key, hour and outcome. Counts are merged in memory and written every few seconds. A crash loses those since the
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

  count(keyId: string, outcome: Outcome, nowMs: number): void {
    const hourMs = nowMs - (nowMs % HOUR_MS);
    let entry = this.current.get(keyId);
    if (entry?.hourMs !== hourMs) {
      if (entry) this.closed.push(entry);
      entry = { keyId, hourMs, counts: OUTCOMES.map(() => 0) };
      this.current.set(keyId, entry);
    }
    const index = INDICES.get(outcome) ?? 0;
    entry.counts[index] = (entry.counts[index] ?? 0) + 1;
  }

  /** Writes in the order of the keys, so that instances that write at the same time cannot deadlock. */
  async flush(): Promise<void> {
    const taken = [...this.closed, ...this.current.values()];
    this.closed = [];
    this.current = new Map();
    taken.sort((a, b) => (a.keyId < b.keyId ? -1 : a.keyId > b.keyId ? 1 : a.hourMs - b.hourMs));
    while (taken.length > 0) {
      const batch = taken.slice(0, BATCH / OUTCOMES.length);
      try {
        await this.transactions.run(({ manager }) => addToCounters(manager, KeyUsage, batch.flatMap(toRows), 'count'));
      } catch (error) {
        this.closed.push(...taken);
        throw error;
      }
      taken.splice(0, batch.length);
    }
  }
}

function toRows({ keyId, hourMs, counts }: HourCounts): KeyUsage[] {
  const rows = OUTCOMES.map((outcome, index) => ({
    keyId,
    hour: new Date(hourMs),
    outcome,
    count: counts[index] ?? 0,
  }));
  return rows.filter(({ count }) => count > 0).sort((a, b) => (a.outcome < b.outcome ? -1 : 1));
}
