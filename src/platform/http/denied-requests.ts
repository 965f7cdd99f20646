import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../runtime/clock.js';
import type { DomainEvent } from '../events/domain-event.js';
import { WriteBehindBuffer } from '../runtime/write-behind-buffer.js';
import { Transactions } from '../database/transactions/transactions.js';

/** How many refusals of one subject are told of in a window. */
const PER_WINDOW = 20;
const WINDOW_MS = 60_000;

/** Subjects that are counted at a time, and refusals that wait to be written. */
const MAX_SUBJECTS = 10_000;
const MAX_PENDING = 1000;

const FLUSH_EVERY_MS = 250;

/** What of one subject was told since its window began, and what wasn't. */
interface Window {
  startMs: number;
  told: number;
  suppressed: number;
}

/**
 * What was refused, told as events like what was done: so many a minute and no more, however hard somebody tries. The next one that is
 * told says how many weren't. They are written a moment later, so that nobody can tell by the time of an answer what is written of it.
 */
@Injectable()
export class DeniedRequests extends WriteBehindBuffer {
  private readonly windows = new LRUCache<string, Window>({ max: MAX_SUBJECTS });
  private pending: DomainEvent[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly transactions: Transactions,
  ) {
    super(FLUSH_EVERY_MS, 'Refusals');
  }

  /** @param subject whose refusals are counted together */
  record(subject: string, event: DomainEvent): void {
    const window = this.windowOf(subject);
    if (window.told >= PER_WINDOW || this.pending.length >= MAX_PENDING) {
      window.suppressed += 1;
      return;
    }
    const { suppressed } = window;
    this.pending.push(suppressed === 0 ? event : { ...event, details: { ...event.details, suppressed } });
    window.told += 1;
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
    const next = { startMs: nowMs, told: 0, suppressed: window?.suppressed ?? 0 };
    this.windows.set(subject, next);
    return next;
  }
}
