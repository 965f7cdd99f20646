import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { Clock } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import type { EventName } from '../../platform/events/event-names.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Limiter } from '../../platform/limits/limiter.js';
import { Limiters } from '../../platform/limits/limiters.js';
import { sliceOf } from '../../platform/http/paging/page.dto.js';
import { lockRow } from '../../platform/database/row-locks.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import type { WebhookEndpoint } from '../webhook-endpoint.entity.js';
import { TEST_EVENT } from '../event-types.js';
import { messageId } from '../message-ids.js';
import { Outbox } from '../sending/outbox.js';
import { Sender, type Attempt } from '../sending/sender.js';
import type { ListDeliveriesQuery } from './deliveries.dto.js';
import { WebhookDelivery } from '../webhook-delivery.entity.js';
import { NOTHING } from '../../platform/events/invalidation.js';

/** What a merchant may send to a host in a minute on request. The host need not be the merchant's, and endpoints are created in no time. */
const TESTS_PER_MINUTE = 10;
const REDELIVERIES_PER_MINUTE = 30;

/** Lists the deliveries to an endpoint, and sends tests and single deliveries on request. */
@Injectable()
export class DeliveriesService {
  private readonly tests: Limiter;
  private readonly redeliveries: Limiter;

  constructor(
    @InjectRepository(WebhookDelivery) private readonly deliveries: Repository<WebhookDelivery>,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly sender: Sender,
    private readonly transactions: Transactions,
    limiters: Limiters,
  ) {
    this.tests = limiters.perMinute('webhook test', TESTS_PER_MINUTE);
    this.redeliveries = limiters.perMinute('webhook redelivery', REDELIVERIES_PER_MINUTE);
  }

  list(
    { id: endpointId }: WebhookEndpoint,
    { status, ...page }: ListDeliveriesQuery,
  ): Promise<[WebhookDelivery[], number]> {
    const where = { endpointId, ...(status && { status }) };
    return this.deliveries.findAndCount({ where, order: { id: 'DESC' }, ...sliceOf(page) });
  }

  /**
   * Sends a test event, also to a paused or disabled endpoint; it is not retried.
   *
   * @throws {DomainError} `request.rate_limited`
   */
  async test(caller: Caller, endpoint: WebhookEndpoint): Promise<WebhookDelivery> {
    await this.tests.take(targetOf(endpoint));
    const now = this.clock.now();
    const id = messageId({ id: randomUUID(), occurredAt: now }, endpoint.id);
    const data = { id: endpoint.id, merchantId: endpoint.merchantId };
    const payload = JSON.stringify({ type: TEST_EVENT, timestamp: now.toISOString(), sequence: null, data });
    const attempt = await this.sender.send(endpoint, { id, payload });
    const delivery = this.deliveries.create({
      id,
      endpointId: endpoint.id,
      merchantId: endpoint.merchantId,
      eventId: id,
      eventType: TEST_EVENT,
      sequence: null,
      payload,
      status: attempt.isDelivered ? 'delivered' : 'failed',
      attempts: 1,
      nextAttemptAt: null,
      claimedBy: null,
      ...saidBy(attempt),
      createdAt: now,
      deliveredAt: attempt.isDelivered ? this.clock.now() : null,
    });
    await this.transactions.run(async (tx) => {
      await tx.manager.insert(WebhookDelivery, delivery);
      await publish(tx, caller, 'webhook.tested', endpoint, delivery);
    });
    return delivery;
  }

  /**
   * Sends a delivery again, at once.
   *
   * @throws {DomainError} `request.rate_limited`, `webhook_delivery.not_found`, `webhook_delivery.under_way`
   */
  async redeliver(caller: Caller, endpoint: WebhookEndpoint, id: string): Promise<WebhookDelivery> {
    await this.redeliveries.take(targetOf(endpoint));
    const delivery = await this.transactions.run(async (tx) => {
      const found = await lockRow(tx.manager, WebhookDelivery, id);
      if (found?.endpointId !== endpoint.id) throw new DomainError('webhook_delivery.not_found');
      if (!(await this.outbox.seize(tx, id))) throw new DomainError('webhook_delivery.under_way');
      await publish(tx, caller, 'webhook.redelivered', endpoint, found);
      return found;
    });
    const attempt = await this.sender.send(endpoint, delivery);
    const { status, nextAttemptAt } = delivery;
    const outcome = attempt.isDelivered
      ? { status: 'delivered' as const, nextAttemptAt: null, deliveredAt: this.clock.now() }
      : { status, nextAttemptAt };
    const values = { ...outcome, ...saidBy(attempt), claimedBy: null };
    await this.transactions.run(({ manager }) =>
      manager.update(
        WebhookDelivery,
        { id, claimedBy: this.outbox.claimant },
        { ...values, attempts: () => 'attempts + 1' },
      ),
    );
    return Object.assign(delivery, values, { attempts: delivery.attempts + 1 });
  }
}

const targetOf = ({ merchantId, url }: WebhookEndpoint): string => `${merchantId} ${new URL(url).host}`;

/** Records that a delivery was sent on request; the delivery has its outcome. */
function publish(
  tx: Transaction,
  actor: Caller,
  name: EventName,
  { id, merchantId, url }: WebhookEndpoint,
  delivery: Pick<WebhookDelivery, 'id' | 'eventType'>,
): Promise<void> {
  const details = { host: new URL(url).host, deliveryId: delivery.id, type: delivery.eventType };
  return tx.publish({ name, actor, merchantId, targetType: 'webhook', targetId: id, details, invalidates: NOTHING });
}

const saidBy = ({
  statusCode,
  error,
  answer,
}: Attempt): Pick<WebhookDelivery, 'lastStatusCode' | 'lastError' | 'lastAnswer'> => ({
  lastStatusCode: statusCode,
  lastError: error,
  lastAnswer: answer,
});
