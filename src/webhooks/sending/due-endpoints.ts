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

/** The interval at which to look at all endpoints, for retries and for deliveries of other instances. */
const SWEEP_EVERY_MS = 500;

/** The most endpoints that a sweep examines, and the most named ones. */
const SWEPT = 1000;
const NAMED = 200;

interface Looked {
  id: string;
  /** When its first delivery is due; `null` when none is pending. */
  since: Date | null;
}

type Pending = Looked & { since: Date };

/**
 * Finds the endpoints with due deliveries. Endpoints that have just received deliveries are named; a sweep examines all others in turn. Each costs
 * one step into an index, however many deliveries are pending.
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

  /** Names the endpoints to examine next; without ids, the next sweep begins at once. */
  name(ids?: Iterable<string>): void {
    if (ids) for (const id of ids) this.named.add(id);
    else this.sweptAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Finds the endpoints with due deliveries, the longest waiting first, and the closed ones with pending deliveries. Blocked merchants have none. */
  async find(): Promise<{ open: WebhookEndpoint[]; closed: WebhookEndpoint[] }> {
    const pending = [...(await this.lookAtNamed()), ...(await this.sweep())];
    const since = new Map(pending.map((one) => [one.id, one.since.getTime()]));
    if (since.size === 0) return { open: [], closed: [] };
    const found = await this.ofActiveMerchants([...since.keys()]);
    const sinceOf = ({ id }: WebhookEndpoint): number => since.get(id) ?? 0;
    const nowMs = this.clock.nowMs();
    const due = found.filter((endpoint) => endpoint.isOpen && sinceOf(endpoint) <= nowMs);
    // Named endpoints stay named, so that the rest of their deliveries is found in the next tick.
    this.name(due.map(({ id }) => id));
    return {
      open: due.sort((a, b) => sinceOf(a) - sinceOf(b)),
      closed: found.filter(({ isOpen }) => !isOpen),
    };
  }

  /** Leaves out blocked merchants, whose deliveries wait until they are unblocked. */
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
    // The sweep starts over after the last endpoint.
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
