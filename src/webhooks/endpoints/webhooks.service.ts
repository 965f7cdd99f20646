import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Caller } from '../../access/caller.js';
import { assertOwnTenant, assertTenantAccess, type Action } from '../../access/tenant-access.js';
import { Account } from '../../accounts/account.entity.js';
import { assertWithinLimit } from '../../accounts/merchant-limit.js';
import { Config } from '../../platform/config/config.js';
import { ApplicationsService } from '../../applications/applications.service.js';
import type { Actor } from '../../platform/events/actor.js';
import { Clock, DAY_SECONDS } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import type { EventDetails } from '../../platform/events/domain-event.js';
import type { EventName } from '../../platform/events/event-names.js';
import { AuditTrail } from '../../platform/events/audit-trail.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { sliceOf, type PageQuery } from '../../platform/http/paging/page.dto.js';
import { lockRow } from '../../platform/database/row-locks.js';
import { readRow } from '../../platform/database/rows.js';
import { Deliverer } from '../sending/deliverer.js';
import { WebhookSecrets } from '../sending/webhook-secrets.js';
import { TargetRefused, Targets } from '../targets/targets.js';
import { EndpointDeliveries } from './endpoint-deliveries.js';
import { auditedChanges } from './audited-endpoint.js';
import { URL_LENGTH, WebhookEndpoint } from '../webhook-endpoint.entity.js';
import type { CreateWebhookBody, RotateWebhookSecretBody, UpdateWebhookBody } from './webhooks.dto.js';
import { NOTHING } from '../../platform/events/invalidation.js';

/** The default overlap of the previous secret: a day. */
const OVERLAP_SECONDS = DAY_SECONDS;

/** The state of an endpoint after its owner has enabled or disabled it. */
const NOT_FAILING = { pausedAt: null, pauseReason: null, consecutiveFailures: 0, failingSince: null } as const;

interface WithSecret {
  endpoint: WebhookEndpoint;
  secret: string;
}

/** The endpoints of merchants. */
@Injectable()
export class WebhooksService {
  constructor(
    @InjectRepository(WebhookEndpoint) private readonly endpoints: Repository<WebhookEndpoint>,
    private readonly applications: ApplicationsService,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly deliverer: Deliverer,
    private readonly deliveries: EndpointDeliveries,
    private readonly secrets: WebhookSecrets,
    private readonly targets: Targets,
    private readonly auditTrail: AuditTrail,
    private readonly transactions: Transactions,
  ) {}

  /** @throws {DomainError} `request.invalid`, `webhook.limit_reached`, `application.not_found`, `access.other_owner` */
  async create(caller: Caller, body: CreateWebhookBody): Promise<WithSecret> {
    const { merchantId, accountId } = caller;
    const applicationId = body.applicationId ?? null;
    if (applicationId !== null) await this.requireOwn(caller, applicationId);
    const url = await this.targetOf(body.url);
    // Earlier events are not delivered to the new endpoint.
    await this.auditTrail.catchUp(merchantId);
    const id = randomUUID();
    const secret = this.secrets.create();
    const now = this.clock.now();
    const endpoint = await this.transactions.run(async (tx) => {
      await assertWithinLimit(tx, {
        merchantId,
        max: this.config.MAX_WEBHOOKS_PER_MERCHANT,
        adding: 1,
        count: () => tx.manager.countBy(WebhookEndpoint, { merchantId }),
        code: 'webhook.limit_reached',
      });
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
      await publish(tx, caller, 'webhook.created', made, { host: made.host, events: made.events, applicationId });
      return made;
    });
    return { endpoint, secret };
  }

  list({ merchantId }: Caller, query: PageQuery): Promise<[WebhookEndpoint[], number]> {
    const order = { createdAt: 'ASC', id: 'ASC' } as const;
    return this.endpoints.findAndCount({ where: { merchantId }, order, ...sliceOf(query) });
  }

  /**
   * Finds the endpoint with this id, for a caller who may read or change it.
   *
   * @throws {DomainError} `webhook.not_found`, or `access.other_owner` for another merchant's endpoint
   */
  async find(caller: Caller, id: string, action: Action): Promise<WebhookEndpoint> {
    const endpoint = await this.endpoints.findOneBy({ id });
    if (!endpoint) throw new DomainError('webhook.not_found');
    assertTenantAccess(caller, endpoint.merchantId, action);
    return endpoint;
  }

  /** @throws {DomainError} `request.invalid`; `access.level_lacking` for an endpoint of an account above the caller */
  async update(caller: Caller, { id, merchantId }: WebhookEndpoint, body: UpdateWebhookBody): Promise<WebhookEndpoint> {
    const { enabled, description } = body;
    const changes: Partial<WebhookEndpoint> = {
      ...(body.url !== undefined && { url: await this.targetOf(body.url) }),
      ...(body.events && { events: [...new Set(body.events)] }),
      ...(description !== undefined && { description }),
      ...(enabled !== undefined && { isEnabled: enabled, ...NOT_FAILING }),
    };
    // Earlier events are delivered by the earlier settings.
    await this.auditTrail.catchUp(merchantId);
    const endpoint = await this.change(caller, id, 'webhook.updated', () => changes);
    if (endpoint.isOpen && enabled === true) {
      await this.deliveries.unpark(id);
      await this.deliverer.wake([id]);
    }
    return endpoint;
  }

  /**
   * Replaces the secret; the previous one remains valid during the overlap.
   *
   * @throws {DomainError} `access.level_lacking` for an endpoint of an account above the caller
   */
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

  /** @throws {DomainError} `access.level_lacking` for an endpoint of an account above the caller */
  async delete(caller: Caller, { id }: WebhookEndpoint): Promise<void> {
    await this.transactions.run(async (tx) => this.end(tx, caller, await lockFor(tx, caller, id)));
    await this.deliveries.delete(id);
  }

  /** Deletes an endpoint that the caller has locked, without its deliveries. */
  async end(tx: Transaction, actor: Actor, endpoint: WebhookEndpoint, why: EventDetails = {}): Promise<void> {
    await tx.manager.delete(WebhookEndpoint, { id: endpoint.id });
    await publish(tx, actor, 'webhook.deleted', endpoint, { host: endpoint.host, ...why });
  }

  private change(
    caller: Caller,
    id: string,
    name: EventName,
    changes: (before: WebhookEndpoint) => Partial<WebhookEndpoint>,
  ): Promise<WebhookEndpoint> {
    return this.transactions.run(async (tx) => {
      const before = await lockFor(tx, caller, id);
      await tx.manager.update(WebhookEndpoint, { id }, { ...changes(before), updatedAt: this.clock.now() });
      const after = await tx.manager.findOneByOrFail(WebhookEndpoint, { id });
      await publish(tx, caller, name, before, { host: after.host, changes: auditedChanges(before, after) });
      return after;
    });
  }

  private async requireOwn(caller: Caller, applicationId: string): Promise<void> {
    const { merchantId } = await this.applications.find(caller, applicationId, 'write');
    assertOwnTenant(caller, merchantId);
  }

  /** Normalises and checks a URL. */
  private async targetOf(url: string): Promise<string> {
    try {
      const { href } = await this.targets.check(url);
      if (href.length > URL_LENGTH)
        throw new TargetRefused(`must have at most ${URL_LENGTH} characters in its normalised form`);
      return href;
    } catch (error) {
      if (!(error instanceof TargetRefused)) throw error;
      throw DomainError.invalid('url', `url ${error.message}`);
    }
  }
}

/**
 * Locks an endpoint for a caller that changes or ends it.
 *
 * @throws {DomainError} `webhook.not_found` when it has just been deleted; `access.level_lacking` when the account that created it, and still
 *   exists, is above the caller
 */
async function lockFor({ manager }: Transaction, caller: Caller, id: string): Promise<WebhookEndpoint> {
  const endpoint = await lockRow(manager, WebhookEndpoint, id);
  if (!endpoint) throw new DomainError('webhook.not_found');
  const creator = await readRow(manager, Account, endpoint.accountId);
  if (creator?.deletedAt === null && creator.level > caller.level) throw new DomainError('access.level_lacking');
  return endpoint;
}

function publish(
  tx: Transaction,
  actor: Actor,
  name: EventName,
  { id, merchantId }: WebhookEndpoint,
  details: EventDetails,
): Promise<void> {
  return tx.publish({ name, actor, merchantId, targetType: 'webhook', targetId: id, details, invalidates: NOTHING });
}
