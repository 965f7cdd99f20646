import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThanOrEqual, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { Clock } from '../../platform/runtime/clock.js';
import type { Transaction } from '../../platform/database/transactions/transactions.js';
import { forUpdate, lockRow } from '../../platform/database/row-locks.js';
import { WebhookDelivery } from '../webhook-delivery.entity.js';
import { WebhookEndpoint } from '../webhook-endpoint.entity.js';

/** How much longer than an attempt takes a claim lasts: room for writing its outcome, and for clocks that don't run alike. */
const CLAIM_MARGIN_MS = 10_000;

/** Rows that are parked in one transaction. */
const BATCH = 500;

/** Something to send, and where. */
export interface Claimed {
  delivery: WebhookDelivery;
  endpoint: WebhookEndpoint;
}

/** What is still to be sent, and who sends it: instances share it by claiming some of it for the time of an attempt. */
@Injectable()
export class Outbox {
  /** What claims are made in the name of. */
  readonly claimant = randomUUID();

  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Takes deliveries of an endpoint that are due, unless another instance is taking them. */
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

  /** Makes the claims good: nobody else takes them until the attempt must be over. */
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

  /** Parks some of what is pending for an endpoint, as far as nobody is sending it, if it is closed and stays so meanwhile. */
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
