import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThanOrEqual, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { Clock } from '../../platform/runtime/clock.js';
import { forUpdate, lockRow } from '../../platform/database/row-locks.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { WebhookDelivery } from '../webhook-delivery.entity.js';
import { WebhookEndpoint } from '../webhook-endpoint.entity.js';

/** A claim outlasts the timeout of an attempt by this long, for writing the outcome and for differences between clocks. */
const CLAIM_MARGIN_MS = 10_000;

/** Deliveries parked in one transaction. */
const BATCH = 500;

/** A claimed delivery with its endpoint. */
export interface Claimed {
  delivery: WebhookDelivery;
  endpoint: WebhookEndpoint;
}

/** The deliveries to send. Instances share them by claiming deliveries for the time of an attempt. */
@Injectable()
export class Outbox {
  /** The name under which this instance claims deliveries. */
  readonly claimant = randomUUID();

  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Locks due deliveries of an endpoint, skipping those that another instance has locked. */
  async claim({ manager }: Transaction, endpoint: WebhookEndpoint, count: number): Promise<Claimed[]> {
    if (count === 0) return [];
    const deliveries = await manager.find(WebhookDelivery, {
      where: { status: 'pending', endpointId: endpoint.id, nextAttemptAt: LessThanOrEqual(this.clock.now()) },
      order: { nextAttemptAt: 'ASC' },
      take: count,
      ...forUpdate(manager, 'skip_locked'),
    });
    return deliveries.map((delivery) => ({ delivery, endpoint }));
  }

  /** Claims deliveries: no other instance takes them before the attempt must have ended. */
  async hold({ manager }: Transaction, ids: string[]): Promise<void> {
    if (ids.length > 0) await manager.update(WebhookDelivery, { id: In(ids) }, this.claimed());
  }

  /** Claims one delivery, unless it is being sent. */
  async seize({ manager }: Transaction, id: string): Promise<boolean> {
    const { affected } = await manager.update(
      WebhookDelivery,
      [
        { id, claimedBy: IsNull() },
        { id, nextAttemptAt: LessThanOrEqual(this.clock.now()) },
      ],
      this.claimed(),
    );
    return affected === 1;
  }

  /** Parks pending deliveries of a closed endpoint that are not being sent. */
  async park({ manager }: Transaction, { id: endpointId }: WebhookEndpoint): Promise<void> {
    const endpoint = await lockRow(manager, WebhookEndpoint, endpointId);
    if (!endpoint || endpoint.isOpen) return;
    const idle = await this.idle(manager, endpointId);
    await manager.update(WebhookDelivery, idle, { status: 'parked', nextAttemptAt: null, claimedBy: null });
  }

  private async idle(manager: EntityManager, endpointId: string): Promise<FindOptionsWhere<WebhookDelivery>> {
    const isPending = { status: 'pending' as const, endpointId };
    const where = [
      { ...isPending, claimedBy: IsNull() },
      { ...isPending, nextAttemptAt: LessThanOrEqual(this.clock.now()) },
    ];
    const some = await manager.find(WebhookDelivery, { select: { id: true }, where, take: BATCH });
    return { ...isPending, id: In(some.map(({ id }) => id)) };
  }

  private claimed(): Pick<WebhookDelivery, 'claimedBy' | 'nextAttemptAt'> {
    const untilMs = this.clock.nowMs() + this.config.WEBHOOK_TIMEOUT_MS + CLAIM_MARGIN_MS;
    return { claimedBy: this.claimant, nextAttemptAt: new Date(untilMs) };
  }
}
