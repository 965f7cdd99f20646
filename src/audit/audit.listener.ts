import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { inBatches } from '../platform/runtime/batches.js';
import { ROWS_AT_ONCE } from '../platform/runtime/turns.js';
import { Clock } from '../platform/runtime/clock.js';
import type { DomainEvent } from '../platform/events/domain-event.js';
import { insertRows } from '../platform/database/rows.js';
import { Transaction } from '../platform/database/transactions/transaction.js';
import { ActorNames } from './actor-names.js';
import { AuditEvent } from './audit-event.entity.js';
import { digestPersonal, newSalt } from './personal.js';
import { Sealer } from './sealer.js';
import { OnEveryEvent } from '../platform/events/listening.js';

/**
 * Inserts an audit record for every event, at the end of the event's transaction. The {@link Sealer} then gives it a position in its chain.
 */
@Injectable()
export class AuditListener {
  private readonly rowsByTransaction = new WeakMap<Transaction, AuditEvent[]>();

  constructor(
    private readonly names: ActorNames,
    private readonly clock: Clock,
    private readonly sealer: Sealer,
  ) {}

  @OnEveryEvent()
  record({ name, actor, merchantId, targetType, targetId, details }: DomainEvent, tx: Transaction): void {
    if (name === 'account.updated') this.names.forget();
    const createdAt = this.clock.now();
    const row: AuditEvent = {
      // Version 7: of records of the same millisecond, the id tells which was created first (RFC 9562, section 6.2).
      id: uuidv7(),
      merchantId,
      action: name,
      actorKind: actor.kind,
      actorAccountId: actor.accountId,
      actorKeyId: actor.keyId,
      actorMemberId: '',
      actorUsername: null,
      targetType,
      targetId,
      details: actor.portal ? { ...details, portalSessionId: actor.portal.sessionId } : details,
      address: actor.address,
      userAgent: actor.userAgent,
      requestId: actor.requestId,
      createdAt,
      personalSalt: newSalt(),
      personalDigest: null,
      sequence: null,
      hash: null,
      previousHash: null,
    };
    const earlier = this.rowsByTransaction.get(tx);
    if (earlier) {
      earlier.push(row);
      return;
    }
    const rows = [row];
    this.rowsByTransaction.set(tx, rows);
    tx.during('record', async () => {
      await this.nameActors(tx, rows);
      for (const each of rows) each.personalDigest = digestPersonal(each);
      for (const batch of inBatches(rows, ROWS_AT_ONCE)) await insertRows(tx.manager, AuditEvent, batch);
    });
    tx.during('announce', () => this.sealer.wake());
  }

  private async nameActors({ manager }: Transaction, rows: readonly AuditEvent[]): Promise<void> {
    const ids = rows.flatMap(({ actorAccountId }) => actorAccountId ?? []);
    if (ids.length === 0) return;
    const names = await this.names.find(manager, ids);
    for (const row of rows) {
      const name = row.actorAccountId === null ? undefined : names.get(row.actorAccountId);
      if (name) Object.assign(row, { actorMemberId: name.uuid, actorUsername: name.username });
    }
  }
}
