import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { In, type EntityManager } from 'typeorm';
import { inBatches } from '../../platform/runtime/batches.js';
import type { Changes } from '../../platform/events/audited-changes.js';
import { Clock, DAY_MS } from '../../platform/runtime/clock.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { Transaction } from '../../platform/database/transactions/transactions.js';
import { insertOrChange } from '../../platform/database/rows.js';
import { ExpiryNotice } from './expiry-notice.entity.js';

/** Days before its end at which a key's merchant is told, and at its end. */
const DAYS_BEFORE = [30, 7, 1, 0];

/** Rows in one statement. */
const BATCH = 500;

/** Of how many days before the end it is time to tell now; `null` when it isn't yet. */
export const daysToTell = (expiresAt: Date, now: Date): number | null =>
  DAYS_BEFORE.findLast((days) => expiresAt.getTime() - days * DAY_MS <= now.getTime()) ?? null;

/** When to tell next; `null` when everything is told. A life that is shorter than 30 days has no notice of 30 days, and so on. */
export function nextNotice(expiresAt: Date, now: Date): Date | null {
  const moments = DAYS_BEFORE.map((days) => expiresAt.getTime() - days * DAY_MS);
  const next = moments.find((moment) => moment > now.getTime());
  return next === undefined ? null : new Date(next);
}

/** Keeps in mind when to tell of keys' ends, whenever one is given an end or another one. */
@Injectable()
export class ExpiryNotices {
  private readonly given = new WeakMap<Transaction, Map<string, Date>>();

  constructor(private readonly clock: Clock) {}

  @OnEvent('api_key.created', { suppressErrors: false })
  created({ targetId, details: { expiresAt } }: DomainEvent, tx: Transaction): void {
    if (typeof expiresAt === 'string') this.expect(tx, targetId, new Date(expiresAt));
  }

  @OnEvent('api_key.updated', { suppressErrors: false })
  async updated({ targetId, details: { changes } }: DomainEvent, tx: Transaction): Promise<void> {
    const { expiresAt } = (changes ?? {}) as Partial<Changes>;
    if (!expiresAt) return;
    const end = typeof expiresAt.to === 'string' ? new Date(expiresAt.to) : null;
    // At once: by the end of the transaction the revocation barrier holds what everybody needs.
    await this.write(tx.manager, [[targetId, end]]);
  }

  /** Of a key that is new here. Nobody needs to be told of one that came with its end behind it. */
  expect(tx: Transaction, keyId: string, expiresAt: Date | null): void {
    if (!expiresAt || expiresAt <= this.clock.now()) return;
    const already = this.given.get(tx);
    if (already) {
      already.set(keyId, expiresAt);
      return;
    }
    const ends = new Map([[keyId, expiresAt]]);
    this.given.set(tx, ends);
    tx.beforeCommit(() => this.write(tx.manager, [...ends]));
  }

  private async write(manager: EntityManager, ends: [string, Date | null][]): Promise<void> {
    const now = this.clock.now();
    // An end that somebody has set to a moment that is past is told at once.
    const dueAt = (end: Date | null): Date | null => end && (nextNotice(end, now) ?? end);
    const notices = ends.flatMap(([id, end]) => ({ id, dueAt: dueAt(end) }));
    const endless = notices.filter((notice) => notice.dueAt === null).map(({ id }) => id);
    if (endless.length > 0) await manager.delete(ExpiryNotice, { id: In(endless) });
    const ending = notices.flatMap(({ id, dueAt: due }) => (due ? [{ id, dueAt: due }] : []));
    for (const batch of inBatches(ending, BATCH)) await insertOrChange(manager, ExpiryNotice, batch, ['dueAt']);
  }
}
