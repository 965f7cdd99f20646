import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../runtime/clock.js';
import type { DomainEvent } from '../events/domain-event.js';
import { WriteBehindBuffer } from '../runtime/write-behind-buffer.js';
import { Transactions } from '../database/transactions/transactions.js';

/** The most events of one subject in a window. */
const PER_WINDOW = 20;
const WINDOW_MS = 60_000;

/** The most subjects counted at a time, and the most events waiting to be written. */
const MAX_SUBJECTS = 10_000;
const MAX_PENDING = 1000;

const FLUSH_EVERY_MS = 250;

/** The events of one subject since its window began: those published and those suppressed. */
interface Window {
  startMs: number;
  published: number;
  suppressed: number;
}

/**
 * The denied-request log: publishes refusals as events, at most so many for each subject and minute. The next event of a subject has the number of
 * those suppressed before it. Events are written a moment after the response, so that its timing does not reveal what is recorded; requests
 * whose response must not tell that they succeeded are recorded here, too.
 */
@Injectable()
export class DeniedRequests extends WriteBehindBuffer {
  private readonly windows = new LRUCache<string, Window>({ max: MAX_SUBJECTS });
  private pending: DomainEvent[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly transactions: Transactions,
  ) {
    super(FLUSH_EVERY_MS, 'Records of denied requests');
  }

  /** @param subject the name under which refusals are counted together */
  record(subject: string, event: DomainEvent): void {
    const window = this.windowOf(subject);
    if (window.published >= PER_WINDOW || this.pending.length >= MAX_PENDING) {
      window.suppressed += 1;
      return;
    }
    const { suppressed } = window;
    this.pending.push(suppressed === 0 ? event : { ...event, details: { ...event.details, suppressed } });
    window.published += 1;
    window.suppressed = 0;
  }

  async flush(): Promise<void> {
    const events = this.pending;
    if (events.length === 0) return;
    this.pending = [];
    try {
      await this.transactions.run(async (tx) => {
        for (const event of events) await tx.publish(event);
      });
    } catch (error) {
      this.pending = [...events, ...this.pending].slice(0, MAX_PENDING);
      throw error;
    }
  }

  private windowOf(subject: string): Window {
    const nowMs = this.clock.nowMs();
    const window = this.windows.get(subject);
    if (window && nowMs >= window.startMs && nowMs < window.startMs + WINDOW_MS) return window;
    const next = { startMs: nowMs, published: 0, suppressed: window?.suppressed ?? 0 };
    this.windows.set(subject, next);
    return next;
  }
}
