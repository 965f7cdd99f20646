import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { Clock } from '../../domain/clock.js';
import { DomainError } from '../../domain/domain-error.js';
import { Transactions } from '../../domain/transactions.js';
import type { WebhookEndpoint } from '../endpoints/webhook-endpoint.entity.js';
import { TEST_EVENT } from '../event-types.js';
import { Outbox } from '../sending/outbox.js';
import { Sender, type Attempt } from '../sending/sender.js';
import type { ListDeliveriesQuery } from './deliveries.dto.js';
import { messageId } from './messages.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';

/** What was sent to an endpoint, and sending by hand. */
@Injectable()
export class DeliveriesService {
  constructor(
    @InjectRepository(WebhookDelivery) private readonly deliveries: Repository<WebhookDelivery>,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly sender: Sender,
    private readonly transactions: Transactions,
  ) {}

  list(
    { id: endpointId }: WebhookEndpoint,
    { status, page, limit }: ListDeliveriesQuery,
  ): Promise<[WebhookDelivery[], number]> {
    return this.deliveries.findAndCount({
      where: { endpointId, ...(status && { status }) },
      order: { id: 'DESC' },
      skip: (page - 1) * limit,
      take: limit,
    });
  }

  /** Sends an event that never happened, also to an endpoint that is paused or disabled; it isn't tried again. */
  async test(endpoint: WebhookEndpoint): Promise<WebhookDelivery> {
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
    await this.transactions.run(({ manager }) => manager.insert(WebhookDelivery, delivery));
    return delivery;
  }

  /**
   * Sends a delivery at once.
   *
   * @throws {DomainError} `webhook_delivery.not_found`, `webhook_delivery.under_way`
   */
  async redeliver(endpoint: WebhookEndpoint, id: string): Promise<WebhookDelivery> {
    const delivery = await this.deliveries.findOneBy({ id, endpointId: endpoint.id });
    if (!delivery) throw new DomainError('webhook_delivery.not_found');
    const isMine = await this.transactions.run((tx) => this.outbox.seize(tx, id));
    if (!isMine) throw new DomainError('webhook_delivery.under_way');
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

const saidBy = ({
  statusCode,
  error,
  answer,
}: Attempt): Pick<WebhookDelivery, 'lastStatusCode' | 'lastError' | 'lastAnswer'> => ({
  lastStatusCode: statusCode,
  lastError: error,
  lastAnswer: answer,
});
