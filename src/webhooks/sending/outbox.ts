import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, LessThanOrEqual, type EntityManager, type FindOptionsWhere, type Repository } from 'typeorm';
import { Config } from '../../config.js';
import { Clock } from '../../domain/clock.js';
import { Outboxes } from '../../domain/outboxes.js';
import type { Transaction } from '../../domain/transactions.js';
import { alongIndex } from '../../statements.js';
import { WebhookDelivery } from '../deliveries/webhook-delivery.entity.js';
import { WebhookEndpoint } from '../endpoints/webhook-endpoint.entity.js';

/** How much longer than an attempt takes a claim lasts: room for writing its outcome, and for clocks that don't run alike. */
const CLAIM_MARGIN_MS = 10_000;

/** Endpoints looked for at once, and those that are served in one transaction. */
const ENDPOINTS_SOUGHT = 1000;
const ENDPOINTS_SERVED = 50;

/** Rows that are parked or thrown away in one transaction. */
const BATCH = 500;

/** Something to send, and where. */
export interface Claimed {
  delivery: WebhookDelivery;
  endpoint: WebhookEndpoint;
}

interface Due {
  endpointId: string;
  since: Date;
}

/** What is still to be sent, and who sends it: instances share it by claiming some of it for the time of an attempt. */
@Injectable()
export class Outbox {
  /** What claims are made in the name of. */
  readonly claimant = randomUUID();

  constructor(
    @InjectRepository(WebhookDelivery) private readonly deliveries: Repository<WebhookDelivery>,
    @InjectRepository(WebhookEndpoint) private readonly endpoints: Repository<WebhookEndpoint>,
    private readonly clock: Clock,
    private readonly config: Config,
    outboxes: Outboxes,
  ) {
    outboxes.add('webhooks', deliveries, { status: 'pending' });
  }

  /** Endpoints for which something is due, the longest waiting first; with those that are closed or gone although something is pending. */
  async due(): Promise<{ open: WebhookEndpoint[]; closed: WebhookEndpoint[]; gone: string[] }> {
    const pending = await this.endpointsPending();
    if (pending.length === 0) return { open: [], closed: [], gone: [] };
    const found = await this.endpoints.findBy({ id: In(pending.map(({ endpointId }) => endpointId)) });
    const byId = new Map(found.map((endpoint) => [endpoint.id, endpoint]));
    const now = this.clock.now();
    const due = pending
      .filter(({ since }) => since <= now)
      .sort((a, b) => a.since.getTime() - b.since.getTime())
      .flatMap(({ endpointId }) => byId.get(endpointId) ?? []);
    return {
      open: due.filter(({ isOpen }) => isOpen).slice(0, ENDPOINTS_SERVED),
      closed: found.filter(({ isOpen }) => !isOpen),
      gone: pending.flatMap(({ endpointId }) => (byId.has(endpointId) ? [] : [endpointId])),
    };
  }

  /** Takes deliveries of an endpoint that are due, unless another instance is taking them. */
  async claim({ manager }: Transaction, endpoint: WebhookEndpoint, count: number): Promise<Claimed[]> {
    if (count === 0) return [];
    const isSqlite = manager.dataSource.options.type === 'better-sqlite3';
    const deliveries = await manager.find(WebhookDelivery, {
      where: { status: 'pending', endpointId: endpoint.id, nextAttemptAt: LessThanOrEqual(this.clock.now()) },
      order: { nextAttemptAt: 'ASC' },
      take: count,
      ...(!isSqlite && { lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' } }),
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

  /** Parks some of what is pending for an endpoint that is closed, as far as nobody is sending it. */
  async park({ manager }: Transaction, { id: endpointId }: WebhookEndpoint): Promise<void> {
    const idle = await this.idle(manager, endpointId);
    await manager.update(WebhookDelivery, idle, { status: 'parked', nextAttemptAt: null, claimedBy: null });
  }

  /** Throws away some of what is pending for an endpoint that was deleted meanwhile. */
  async discard({ manager }: Transaction, endpointId: string): Promise<void> {
    await manager.delete(WebhookDelivery, await this.idle(manager, endpointId));
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

  /** One step along the index for each, however much is pending for it. */
  private async endpointsPending(): Promise<Due[]> {
    const pending = `FROM ${alongIndex(this.deliveries, 'webhook_delivery_due')} WHERE status = 'pending' AND endpoint_id`;
    const next = (after: string): string => `SELECT MIN(endpoint_id) ${pending} > ${after}`;
    const rows = await this.deliveries.query<{ id: string; since: string | Date }[]>(
      `WITH RECURSIVE waiting (id, n) AS (
         SELECT (${next("''")}), 1
         UNION ALL
         SELECT (${next('waiting.id')}), n + 1 FROM waiting WHERE id IS NOT NULL AND n < ${ENDPOINTS_SOUGHT})
       SELECT id, (SELECT MIN(next_attempt_at) ${pending} = waiting.id) AS since FROM waiting WHERE id IS NOT NULL`,
    );
    return rows.map(({ id, since }) => ({
      endpointId: id,
      since: since instanceof Date ? since : new Date(`${since.replace(' ', 'T')}Z`),
    }));
  }
}
