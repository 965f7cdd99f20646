import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { inBatches } from '../platform/runtime/batches.js';
import { Clock } from '../platform/runtime/clock.js';
import type { DomainEvent } from '../platform/events/domain-event.js';
import { Transaction } from '../platform/database/transactions/transactions.js';
import { insertRows } from '../platform/database/rows.js';
import { AuditEvent } from './audit-event.entity.js';
import { EventIds } from './event-ids.js';
import { Sealer } from './sealer.js';

/** Rows in one statement. */
const BATCH = 500;

/** Writes down everything that happens, at the end of the transaction in which it happens. The {@link Sealer} does the rest. */
@Injectable()
export class AuditListener {
  private readonly happened = new WeakMap<Transaction, AuditEvent[]>();
  private readonly ids = new EventIds();

  constructor(
    private readonly clock: Clock,
    private readonly sealer: Sealer,
  ) {}

  // Before all other listeners, so that its rows are written before the revocation barrier locks what everybody needs.
  @OnEvent('*.*', { suppressErrors: false, prependListener: true })
  record({ name, actor, merchantId, targetType, targetId, details }: DomainEvent, tx: Transaction): void {
    const createdAt = this.clock.now();
    const row = {
      id: this.ids.next(createdAt),
      merchantId,
      action: name,
      actorKind: actor.kind,
      actorAccountId: actor.accountId,
      actorKeyId: actor.keyId,
      targetType,
      targetId,
      details,
      address: actor.address,
      userAgent: actor.userAgent,
      requestId: actor.requestId,
      createdAt,
      sequence: null,
      hash: null,
      previousHash: null,
    };
    const already = this.happened.get(tx);
    if (already) {
      already.push(row);
      return;
    }
    const rows = [row];
    this.happened.set(tx, rows);
    tx.beforeCommit(async () => {
      for (const batch of inBatches(rows, BATCH)) await insertRows(tx.manager, AuditEvent, batch);
    });
    tx.afterCommit(() => {
      this.sealer.wake();
      return Promise.resolve();
    });
  }
}
