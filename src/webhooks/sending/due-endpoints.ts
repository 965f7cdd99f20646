import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { Merchant } from '../../accounts/merchant.entity.js';
import { Clock } from '../../platform/runtime/clock.js';
import { OutboxMetrics } from '../../platform/observability/metrics/outbox-metrics.js';
import { alongIndex } from '../../platform/database/engine-sql.js';
import { placeholders } from '../../platform/database/placeholders.js';
import { RowMapper } from '../../platform/database/row-mapper.js';
import { WebhookDelivery } from '../webhook-delivery.entity.js';
import { WebhookEndpoint } from '../webhook-endpoint.entity.js';

/** How often to look at endpoints that nobody here has named: what other instances left, and what is to be tried again. */
const SWEEP_EVERY_MS = 500;

/** Endpoints that one sweep looks at, and those named that one look does. */
const SWEPT = 1000;
const NAMED = 200;

interface Looked {
  id: string;
  /** The earliest time at which something of it is due; `null` when nothing is pending. */
  since: Date | null;
}

type Pending = Looked & { since: Date };

/**
 * Which endpoints have something to be sent. Those for which something was just written are named; all others come by turns. Each costs one
 * step into the index, however much is pending.
 */
@Injectable()
export class DueEndpoints {
  private readonly named = new Set<string>();
  private sweptTo = '';
  private sweptAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    @InjectRepository(WebhookDelivery) private readonly deliveries: Repository<WebhookDelivery>,
    @InjectRepository(WebhookEndpoint) private readonly endpoints: Repository<WebhookEndpoint>,
    private readonly clock: Clock,
    outboxMetrics: OutboxMetrics,
  ) {
    outboxMetrics.add('webhooks', deliveries, { status: 'pending' });
  }

  /** Has these looked at next, or, when it isn't known which, the next ones of all. */
  name(ids?: Iterable<string>): void {
    if (ids) for (const id of ids) this.named.add(id);
    else this.sweptAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Those for which something is due, the longest waiting first; and those that are closed although something is pending. Of blocked merchants none. */
  async find(): Promise<{ open: WebhookEndpoint[]; closed: WebhookEndpoint[] }> {
    const pending = [...(await this.lookAtNamed()), ...(await this.sweep())];
    const since = new Map(pending.map((one) => [one.id, one.since.getTime()]));
    if (since.size === 0) return { open: [], closed: [] };
    const found = await this.ofActiveMerchants([...since.keys()]);
    const sinceOf = ({ id }: WebhookEndpoint): number => since.get(id) ?? 0;
    const nowMs = this.clock.nowMs();
    const due = found.filter((endpoint) => endpoint.isOpen && sinceOf(endpoint) <= nowMs);
    // What is left of them after their turn is found at once, and not only when their turn comes again.
    this.name(due.map(({ id }) => id));
    return {
      open: due.sort((a, b) => sinceOf(a) - sinceOf(b)),
      closed: found.filter(({ isOpen }) => !isOpen),
    };
  }

  /** What is to be sent for a merchant that is blocked waits until it isn't any more. */
  private ofActiveMerchants(ids: string[]): Promise<WebhookEndpoint[]> {
    return this.endpoints
      .createQueryBuilder('it')
      .innerJoin(Merchant, 'merchant', `merchant.id = it.merchantId AND merchant.status = 'active'`)
      .where({ id: In(ids) })
      .getMany();
  }

  private async lookAtNamed(): Promise<Pending[]> {
    const ids = [...this.named].slice(0, NAMED);
    if (ids.length === 0) return [];
    const looked = await this.look(`id IN (${placeholders(ids)})`, ids);
    for (const id of ids) this.named.delete(id);
    return looked.filter(isPending);
  }

  private async sweep(): Promise<Pending[]> {
    if (performance.now() - this.sweptAtMs < SWEEP_EVERY_MS) return [];
    const looked = await this.look(`id > ? ORDER BY id LIMIT ${SWEPT}`, [this.sweptTo]);
    // After the last one comes the first one again.
    this.sweptTo = looked.length === SWEPT ? (looked.at(-1)?.id ?? '') : '';
    this.sweptAtMs = performance.now();
    return looked.filter(isPending);
  }

  private async look(where: string, parameters: string[]): Promise<Looked[]> {
    const rows = await this.endpoints.query<{ id: string; since: unknown }[]>(
      `SELECT id, (SELECT next_attempt_at FROM ${alongIndex(this.deliveries, 'webhook_delivery_due')}
         WHERE status = 'pending' AND endpoint_id = webhook_endpoint.id ORDER BY next_attempt_at LIMIT 1) AS since
       FROM webhook_endpoint WHERE ${where}`,
      parameters,
    );
    const mapper = RowMapper.for(this.deliveries.manager, WebhookDelivery);
    return rows.map(({ id, since }) => ({ id, since: mapper.fromStored('next_attempt_at', since) as Looked['since'] }));
  }
}

const isPending = (looked: Looked): looked is Pending => looked.since !== null;
