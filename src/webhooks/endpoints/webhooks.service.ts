import { createHash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Merchant } from '../../accounts/merchant.entity.js';
import { ApplicationsService } from '../../applications/applications.service.js';
import { changesBetween } from '../../domain/changes.js';
import { Clock } from '../../domain/clock.js';
import { DomainError } from '../../domain/domain-error.js';
import type { EventDetails, EventName } from '../../domain/domain-event.js';
import { Trail } from '../../domain/trail.js';
import { Transactions, type Transaction } from '../../domain/transactions.js';
import type { PageQuery } from '../../http/page.dto.js';
import { lockRow } from '../../statements.js';
import { WebhookDelivery } from '../deliveries/webhook-delivery.entity.js';
import { Deliverer } from '../sending/deliverer.js';
import { TargetRefused, Targets } from '../targets/targets.js';
import { URL_LENGTH, WebhookEndpoint } from './webhook-endpoint.entity.js';
import { WebhookSecrets } from './webhook-secrets.js';
import type { CreateWebhookBody, RotateWebhookSecretBody, UpdateWebhookBody } from './webhooks.dto.js';

/** Endpoints that a merchant can have: each makes every event dearer. */
const ENDPOINTS_MAX = 100;

/** How long the former secret stays good when nothing is said: a day. */
const OVERLAP_SECONDS = 86_400;

/** Rows changed in one transaction. */
const BATCH = 1000;

interface WithSecret {
  endpoint: WebhookEndpoint;
  secret: string;
}

/** Where merchants are told of what happens. */
@Injectable()
export class WebhooksService {
  constructor(
    @InjectRepository(WebhookEndpoint) private readonly endpoints: Repository<WebhookEndpoint>,
    private readonly applications: ApplicationsService,
    private readonly clock: Clock,
    private readonly deliverer: Deliverer,
    private readonly secrets: WebhookSecrets,
    private readonly targets: Targets,
    private readonly trail: Trail,
    private readonly transactions: Transactions,
  ) {}

  /** @throws {DomainError} `request.invalid`, `webhook.limit_reached`, `application.not_found`, `access.other_owner` */
  async create(caller: Caller, body: CreateWebhookBody): Promise<WithSecret> {
    const { merchantId, accountId } = caller;
    const applicationId = body.applicationId ?? null;
    if (applicationId !== null) await this.requireOwn(caller, applicationId);
    const url = await this.targetOf(body.url);
    // What happened before is told by now, as far as it is told to anybody.
    await this.trail.catchUp(merchantId);
    const id = randomUUID();
    const secret = this.secrets.create();
    const now = this.clock.now();
    const endpoint = await this.transactions.run(async (tx) => {
      // Whoever makes the merchant's next endpoint waits, so that two can't both be the last one.
      await lockRow(tx.manager, Merchant, merchantId);
      if ((await tx.manager.countBy(WebhookEndpoint, { merchantId })) >= ENDPOINTS_MAX)
        throw new DomainError('webhook.limit_reached');
      const made = tx.manager.create(WebhookEndpoint, {
        id,
        merchantId,
        applicationId,
        accountId,
        url,
        description: body.description ?? null,
        events: [...new Set(body.events)],
        encryptedSecret: this.secrets.encrypt(secret, id),
        previousEncryptedSecret: null,
        previousValidUntil: null,
        isEnabled: true,
        pausedAt: null,
        pauseReason: null,
        consecutiveFailures: 0,
        failingSince: null,
        createdAt: now,
        updatedAt: now,
      });
      await tx.manager.insert(WebhookEndpoint, made);
      await publish(tx, caller, 'webhook.created', made, { host: hostOf(made), events: made.events, applicationId });
      return made;
    });
    return { endpoint, secret };
  }

  list({ merchantId }: Caller, { page, limit }: PageQuery): Promise<[WebhookEndpoint[], number]> {
    return this.endpoints.findAndCount({
      where: { merchantId },
      order: { createdAt: 'ASC', id: 'ASC' },
      skip: (page - 1) * limit,
      take: limit,
    });
  }

  /**
   * The endpoint with this id, if the caller may do with it what needs this level.
   * Reading other merchants' needs level 5, changing them level 8.
   *
   * @throws {DomainError} `webhook.not_found`, or `access.other_owner` for another merchant's
   */
  async find(caller: Caller, id: string, purpose: 'read' | 'write'): Promise<WebhookEndpoint> {
    const endpoint = await this.endpoints.findOneBy({ id });
    if (!endpoint) throw new DomainError('webhook.not_found');
    const levelForOthers = purpose === 'read' ? LEVELS.readOthersKeys : LEVELS.everything;
    if (endpoint.merchantId !== caller.merchantId && caller.level < levelForOthers)
      throw new DomainError('access.other_owner');
    return endpoint;
  }

  /** @throws {DomainError} `request.invalid` */
  async update(caller: Caller, { id, merchantId }: WebhookEndpoint, body: UpdateWebhookBody): Promise<WebhookEndpoint> {
    const { enabled, description } = body;
    const changes: Partial<WebhookEndpoint> = {
      ...(body.url !== undefined && { url: await this.targetOf(body.url) }),
      ...(body.events && { events: [...new Set(body.events)] }),
      ...(description !== undefined && { description }),
      ...(enabled !== undefined && { isEnabled: enabled, ...NOT_FAILING }),
    };
    // What happened before the change is told as it was then.
    await this.trail.catchUp(merchantId);
    const endpoint = await this.change(caller, id, 'webhook.updated', () => changes);
    if (endpoint.isOpen && enabled === true) {
      await this.unpark(id);
      await this.deliverer.wake([id]);
    }
    return endpoint;
  }

  /** Gives it a new secret; the former one stays good beside it for a while. */
  async rotateSecret(caller: Caller, { id }: WebhookEndpoint, body: RotateWebhookSecretBody): Promise<WithSecret> {
    const secret = this.secrets.create();
    const validUntil = this.clock.in(body.overlapSeconds ?? OVERLAP_SECONDS);
    const changes = (before: WebhookEndpoint): Partial<WebhookEndpoint> => ({
      encryptedSecret: this.secrets.encrypt(secret, id),
      previousEncryptedSecret: before.encryptedSecret,
      previousValidUntil: validUntil,
    });
    return { endpoint: await this.change(caller, id, 'webhook.secret_rotated', changes), secret };
  }

  async delete(caller: Caller, { id }: WebhookEndpoint): Promise<void> {
    await this.transactions.run(async (tx) => {
      const endpoint = await lock(tx, id);
      await tx.manager.delete(WebhookEndpoint, { id });
      await publish(tx, caller, 'webhook.deleted', endpoint, { host: hostOf(endpoint) });
    });
    await this.inBatches(id, (tx, ids) => tx.manager.delete(WebhookDelivery, { id: In(ids) }));
  }

  /** Has sent what was parked. The endpoint is open by now, so nothing is parked any more. */
  private unpark(endpointId: string): Promise<void> {
    const due = { status: 'pending', nextAttemptAt: this.clock.now(), attempts: 0 } as const;
    return this.inBatches(endpointId, (tx, ids) => tx.manager.update(WebhookDelivery, { id: In(ids) }, due), 'parked');
  }

  private async inBatches(
    endpointId: string,
    work: (tx: Transaction, ids: string[]) => Promise<unknown>,
    status?: 'parked',
  ): Promise<void> {
    for (let isMore = true; isMore;) {
      isMore = await this.transactions.run(async (tx) => {
        const where = { endpointId, ...(status && { status }) };
        const some = await tx.manager.find(WebhookDelivery, { select: { id: true }, where, take: BATCH });
        const ids = some.map(({ id }) => id).sort();
        if (ids.length > 0) await work(tx, ids);
        return ids.length === BATCH;
      });
    }
  }

  private change(
    caller: Caller,
    id: string,
    name: EventName,
    changes: (before: WebhookEndpoint) => Partial<WebhookEndpoint>,
  ): Promise<WebhookEndpoint> {
    return this.transactions.run(async (tx) => {
      const before = await lock(tx, id);
      await tx.manager.update(WebhookEndpoint, { id }, { ...changes(before), updatedAt: this.clock.now() });
      const after = await tx.manager.findOneByOrFail(WebhookEndpoint, { id });
      await publish(tx, caller, name, before, {
        host: hostOf(after),
        changes: changesBetween(told(before), told(after), [...TOLD]),
      });
      return after;
    });
  }

  private async requireOwn(caller: Caller, applicationId: string): Promise<void> {
    const { merchantId } = await this.applications.find(caller, applicationId, 'write');
    if (merchantId !== caller.merchantId) throw new DomainError('access.other_owner');
  }

  /** The URL as it will be called. */
  private async targetOf(url: string): Promise<string> {
    try {
      const { href } = await this.targets.check(url);
      if (href.length > URL_LENGTH)
        throw new TargetRefused(`must have at most ${URL_LENGTH} characters as it is called`);
      return href;
    } catch (error) {
      if (!(error instanceof TargetRefused)) throw error;
      throw new DomainError('request.invalid', { fields: [{ field: 'url', message: `url ${error.message}` }] });
    }
  }
}

/** An endpoint as its owner wants it, however it was. */
const NOT_FAILING = { pausedAt: null, pauseReason: null, consecutiveFailures: 0, failingSince: null } as const;

/** @throws {DomainError} `webhook.not_found` when somebody has just deleted it */
async function lock(tx: Transaction, id: string): Promise<WebhookEndpoint> {
  const endpoint = await lockRow(tx.manager, WebhookEndpoint, id);
  if (!endpoint) throw new DomainError('webhook.not_found');
  return endpoint;
}

/** What the audit trail says the values of. */
const TOLD = ['url', 'events', 'description', 'isEnabled', 'pausedAt', 'previousValidUntil'] as const;

const told = (endpoint: WebhookEndpoint): Record<(typeof TOLD)[number], unknown> => ({
  ...endpoint,
  url: `${new URL(endpoint.url).origin}/…${createHash('sha256').update(endpoint.url).digest('hex').slice(0, DIGEST_LENGTH)}`,
});

/** Paths and queries may hold what only the receiver should know: of these it is told that they are others, and not what they are. */
const hostOf = ({ url }: WebhookEndpoint): string => new URL(url).host;
const DIGEST_LENGTH = 8;

function publish(
  tx: Transaction,
  caller: Caller,
  name: EventName,
  { id, merchantId }: WebhookEndpoint,
  details: EventDetails,
): Promise<void> {
  return tx.publish({ name, actor: caller, merchantId, targetType: 'webhook', targetId: id, details });
}
