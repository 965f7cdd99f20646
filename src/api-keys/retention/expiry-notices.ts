import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { inBatches } from '../../platform/runtime/batches.js';
import type { Changes } from '../../platform/events/audited-changes.js';
import { Clock, DAY_MS } from '../../platform/runtime/clock.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { insertOrChange } from '../../platform/database/rows.js';
import { Transaction } from '../../platform/database/transactions/transaction.js';
import { ExpiryNotice } from './expiry-notice.entity.js';
import { OnDomainEvent } from '../../platform/events/listening.js';

/** How many days before a key's expiry its merchant is notified; 0 is the expiry itself. */
const DAYS_BEFORE = [30, 7, 1, 0];

/** Rows per statement. */
const BATCH = 500;

/** Returns the entry of {@link DAYS_BEFORE} whose notice is due now; `null` if none is due yet. */
export const daysToTell = (expiresAt: Date, now: Date): number | null =>
  DAYS_BEFORE.findLast((days) => expiresAt.getTime() - days * DAY_MS <= now.getTime()) ?? null;

/** Returns when the next notice is due; `null` if there is none. A key created less than 30 days before its expiry has no 30-day notice. */
export function nextNotice(expiresAt: Date, now: Date): Date | null {
  const moments = DAYS_BEFORE.map((days) => expiresAt.getTime() - days * DAY_MS);
  const next = moments.find((moment) => moment > now.getTime());
  return next === undefined ? null : new Date(next);
}

/** Schedules the notices about a key's expiry when the expiry is set or changed. */
@Injectable()
export class ExpiryNotices {
  private readonly given = new WeakMap<Transaction, Map<string, Date>>();

  constructor(private readonly clock: Clock) {}

  @OnDomainEvent('api_key.created')
  created({ targetId, details: { expiresAt } }: DomainEvent, tx: Transaction): void {
    if (typeof expiresAt === 'string') this.expect(tx, targetId, new Date(expiresAt));
  }

  @OnDomainEvent('api_key.rotated')
  rotated(event: DomainEvent, tx: Transaction): Promise<void> {
    return this.updated(event, tx);
  }

  @OnDomainEvent('api_key.updated')
  async updated({ targetId, details: { changes } }: DomainEvent, tx: Transaction): Promise<void> {
    const { expiresAt } = (changes ?? {}) as Partial<Changes>;
    if (!expiresAt) return;
    const end = typeof expiresAt.to === 'string' ? new Date(expiresAt.to) : null;
    await this.write(tx.manager, [[targetId, end]]);
  }

  /** Schedules the notices about a new key. A key that had expired before its import needs none. */
  expect(tx: Transaction, keyId: string, expiresAt: Date | null): void {
    if (!expiresAt || expiresAt <= this.clock.now()) return;
    const already = this.given.get(tx);
    if (already) {
      already.set(keyId, expiresAt);
      return;
    }
    const ends = new Map([[keyId, expiresAt]]);
    this.given.set(tx, ends);
    tx.during('complete', () => this.write(tx.manager, [...ends]));
  }

  private async write(manager: EntityManager, ends: [string, Date | null][]): Promise<void> {
    const now = this.clock.now();
    // If the expiry was set to a time in the past, a notice is due at once.
    const dueAt = (end: Date | null): Date | null => end && (nextNotice(end, now) ?? end);
    const notices = ends.flatMap(([id, end]) => ({ id, dueAt: dueAt(end) }));
    const endless = notices.filter((notice) => notice.dueAt === null).map(({ id }) => id);
    if (endless.length > 0) await manager.delete(ExpiryNotice, { id: In(endless) });
    const ending = notices.flatMap(({ id, dueAt: due }) => (due ? [{ id, dueAt: due }] : []));
    for (const batch of inBatches(ending, BATCH)) await insertOrChange(manager, ExpiryNotice, batch, ['dueAt']);
  }
}
