import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { Clock } from '../domain/clock.js';
import type { DomainEvent } from '../domain/domain-event.js';
import { Transaction } from '../domain/transactions.js';
import { AuditEvent } from './audit-event.entity.js';

/** Writes down everything that happens, in the transaction in which it happens. */
@Injectable()
export class AuditListener {
  constructor(private readonly clock: Clock) {}

  @OnEvent('**', { suppressErrors: false })
  async record(
    { name, actor, merchantId, targetType, targetId, details }: DomainEvent,
    tx: Transaction,
  ): Promise<void> {
    await tx.manager.insert(AuditEvent, {
      id: randomUUID(),
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
      createdAt: this.clock.now(),
    });
  }
}
