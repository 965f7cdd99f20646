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
  /** By the outcome's place in {@link OUTCOMES}. */
  counts: number[];
}

const PLACES = new Map<Outcome, number>(OUTCOMES.map((outcome, place) => [outcome, place]));

/** Counts verifications by key, hour and outcome: merged in memory, written every few seconds. A crash loses one interval at most. */
@Injectable()
export class Usage extends WriteBehindBuffer {
  private current = new Map<string, HourCounts>();
  /** What is no more counted into, because its hour is over or its writing failed. */
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
    const place = PLACES.get(outcome) ?? 0;
    entry.counts[place] = (entry.counts[place] ?? 0) + 1;
  }

  /** Writes in key order, which keeps several writers from blocking each other. */
  async flush(): Promise<void> {
    const taken = [...this.closed, ...this.current.values()];
    this.closed = [];
    this.current = new Map();
    taken.sort((a, b) => (a.keyId < b.keyId ? -1 : a.keyId > b.keyId ? 1 : a.hourMs - b.hourMs));
    while (taken.length > 0) {
      const batch = taken.slice(0, BATCH / OUTCOMES.length);
      try {
        await this.transactions.run(({ manager }) => addToCounters(manager, KeyUsage, batch.flatMap(rowsOf), 'count'));
      } catch (error) {
        this.closed.push(...taken);
        throw error;
      }
      taken.splice(0, batch.length);
    }
  }
}

function rowsOf({ keyId, hourMs, counts }: HourCounts): KeyUsage[] {
  const rows = OUTCOMES.map((outcome, place) => ({
    keyId,
    hour: new Date(hourMs),
    outcome,
    count: counts[place] ?? 0,
  }));
  return rows.filter(({ count }) => count > 0).sort((a, b) => (a.outcome < b.outcome ? -1 : 1));
}
