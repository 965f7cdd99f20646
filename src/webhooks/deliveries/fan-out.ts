import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { ApiKey } from '../../api-keys/api-key.entity.js';
import { touchConflictRows } from '../../platform/database/galera/conflict-rows.js';
import { forShare } from '../../platform/database/row-locks.js';
import { insertRows } from '../../platform/database/rows.js';
import { inBatches } from '../../platform/runtime/batches.js';
import { Clock } from '../../platform/runtime/clock.js';
import type { AuditTrailEntry } from '../../platform/events/audit-trail-entry.js';
import { Transaction } from '../../platform/database/transactions/transaction.js';
import { WebhookEndpoint } from '../webhook-endpoint.entity.js';
import { includesType, typesOf } from '../event-types.js';
import { Deliverer } from '../sending/deliverer.js';
import { messageId } from '../message-ids.js';
import { buildPayload } from './payload.js';
import { WebhookDelivery } from '../webhook-delivery.entity.js';
import { OnSealed } from '../../platform/events/listening.js';

/** Rows in one statement. */
const BATCH = 200;

/**
 * Writes the deliveries of each event, in the transaction that seals the event in the audit trail (a transactional outbox): the change itself
 * pays nothing for it, and no committed event is missed.
 */
@Injectable()
export class FanOut {
  constructor(
    private readonly clock: Clock,
    private readonly deliverer: Deliverer,
  ) {}

  @OnSealed()
  async fanOut(entries: AuditTrailEntry[], tx: Transaction): Promise<void> {
    const told = entries.filter((entry) => typesOf(entry).length > 0);
    if (told.length === 0) return;
    const endpoints = await endpointsOf(tx.manager, told);
    if (endpoints.length === 0) return;
    const applications = await applicationsOf(tx.manager, told);
    const rows = told.flatMap((entry) =>
      this.deliveriesOf(
        entry,
        applications.get(entry.id) ?? null,
        endpoints.filter(
          ({ merchantId, applicationId }) =>
            merchantId === entry.merchantId && (applicationId === null || applicationId === applications.get(entry.id)),
        ),
      ),
    );
    for (const batch of inBatches(rows, BATCH)) await insertRows(tx.manager, WebhookDelivery, batch);
    if (rows.length > 0) tx.during('announce', () => this.deliverer.wake(rows.map(({ endpointId }) => endpointId)));
  }

  private deliveriesOf(
    entry: AuditTrailEntry,
    applicationId: string | null,
    endpoints: WebhookEndpoint[],
  ): WebhookDelivery[] {
    const now = this.clock.now();
    return typesOf(entry).flatMap((type, _place, types) => {
      const wanting = endpoints.filter(({ events }) => types.find((name) => includesType(events, name)) === type);
      if (wanting.length === 0) return [];
      const payload = buildPayload(type, entry, applicationId);
      return wanting.map(({ id, merchantId, isOpen }) => ({
        id: messageId(entry, id),
        endpointId: id,
        merchantId,
        eventId: entry.id,
        eventType: type,
        sequence: entry.sequence,
        payload,
        status: isOpen ? ('pending' as const) : ('parked' as const),
        attempts: 0,
        nextAttemptAt: isOpen ? now : null,
        claimedBy: null,
        lastStatusCode: null,
        lastError: null,
        lastAnswer: null,
        createdAt: now,
        deliveredAt: null,
      }));
    });
  }
}

/** Reads and holds the endpoints of these merchants, so that an endpoint that is resumed meanwhile misses no event. */
async function endpointsOf(manager: EntityManager, entries: AuditTrailEntry[]): Promise<WebhookEndpoint[]> {
  const endpoints = await manager.find(WebhookEndpoint, {
    where: { merchantId: In([...new Set(entries.map(({ merchantId }) => merchantId))]), isEnabled: true },
    ...forShare(manager),
  });
  const paused = endpoints.flatMap(({ id, isOpen }) => (isOpen ? [] : [id]));
  await touchConflictRows(manager, WebhookEndpoint, paused, 'shared');
  return endpoints;
}

/** Maps events to the applications that they belong to, if any. */
async function applicationsOf(manager: EntityManager, entries: AuditTrailEntry[]): Promise<Map<string, string>> {
  const keyIds = entries.flatMap(({ targetType, targetId }) => (targetType === 'api_key' ? [targetId] : []));
  const keys = await manager.find(ApiKey, {
    select: { id: true, applicationId: true },
    where: { id: In([...new Set(keyIds)]) },
  });
  const byKey = new Map(keys.map(({ id, applicationId }) => [id, applicationId]));
  return new Map(
    entries.flatMap(({ id, targetType, targetId }): [string, string][] => {
      const applicationId = targetType === 'application' ? targetId : (byKey.get(targetId) ?? null);
      return applicationId === null ? [] : [[id, applicationId]];
    }),
  );
}
