import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { assertTenantAccess, type Action } from '../access/tenant-access.js';
import { assertWithinLimit } from '../accounts/merchant-limit.js';
import { TenantKeys } from '../accounts/tenant-keys.js';
import type { Actor } from '../platform/events/actor.js';
import { changesBetween } from '../platform/events/audited-changes.js';
import { Config } from '../platform/config/config.js';
import { Clock } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { DomainEvent, EventDetails } from '../platform/events/domain-event.js';
import { BatchedReads } from '../platform/database/batched-reads.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { isDuplicate } from '../platform/database/engine-errors.js';
import { sliceOf, type PageQuery } from '../platform/http/paging/page.dto.js';
import { lockRow } from '../platform/database/row-locks.js';
import { insertRows } from '../platform/database/rows.js';
import { Application } from './application.entity.js';
import type { CreateApplicationBody, UpdateApplicationBody } from './applications.dto.js';
import { NOTHING } from '../platform/events/invalidation.js';

/** How many keys are left to the transaction that deletes their application. */
const KEYS_LEFT = 100;

/** An application to create, and the caller that creates it. */
interface Creation {
  caller: Caller;
  application: Application;
}

/** A merchant's applications. */
@Injectable()
export class ApplicationsService {
  constructor(
    @InjectRepository(Application) private readonly applications: Repository<Application>,
    private readonly keys: TenantKeys,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly transactions: Transactions,
    private readonly reads: BatchedReads,
  ) {}

  /**
   * Creates an application. Concurrent creations by the same merchant share a transaction.
   *
   * @throws {DomainError} `application.name_taken`, `application.limit_reached`
   */
  create(caller: Caller, { name, description, environment }: CreateApplicationBody): Promise<Application> {
    const now = this.clock.now();
    const { merchantId } = caller;
    const application = Object.assign(new Application(), {
      id: randomUUID(),
      merchantId,
      name: name.trim(),
      description: description ?? null,
      isEnabled: true,
      environment: environment ?? 'live',
      createdAt: now,
      updatedAt: now,
    });
    const creation: Creation = { caller, application };
    return this.transactions.runBatched(`application ${merchantId}`, creation, async (tx, batch: Creation[]) => {
      const created = batch.map((one) => one.application);
      await assertWithinLimit(tx, {
        merchantId,
        max: this.config.MAX_APPLICATIONS_PER_MERCHANT,
        adding: created.length,
        count: () => tx.manager.countBy(Application, { merchantId }),
        code: 'application.limit_reached',
      });
      await insertRows(tx.manager, Application, created).catch(throwNameTaken);
      for (const one of batch) {
        await publish(tx, one.caller, one.application, {
          name: 'application.created',
          details: { name: one.application.name, environment: one.application.environment },
          invalidates: NOTHING,
        });
      }
      return created;
    });
  }

  list({ merchantId }: Caller, query: PageQuery): Promise<[Application[], number]> {
    const order = { createdAt: 'ASC', id: 'ASC' } as const;
    return this.applications.findAndCount({ where: { merchantId }, order, ...sliceOf(query) });
  }

  /**
   * Returns the application with this id, if the caller may perform the action on it.
   *
   * @throws {DomainError} `application.not_found`, or `access.other_owner` for another merchant's application
   */
  async find(caller: Caller, id: string, action: Action): Promise<Application> {
    const application = await this.reads.row(Application, id);
    if (!application) throw new DomainError('application.not_found');
    assertTenantAccess(caller, application.merchantId, action);
    return application;
  }

  /** @throws {DomainError} `application.name_taken` */
  update(caller: Caller, { id }: Application, { name, description }: UpdateApplicationBody): Promise<Application> {
    const changes = {
      ...(name !== undefined && { name: name.trim() }),
      ...(description !== undefined && { description }),
    };
    return this.change(caller, id, changes, { fields: Object.keys(changes) });
  }

  /**
   * Enables or disables the application. The keys of a disabled application are refused.
   *
   * @throws {DomainError} `access.stronger_key` if a usable key would be narrowed or restored whose level is above the caller's
   */
  setEnabled(actor: Actor, { id }: Application, isEnabled: boolean): Promise<Application> {
    return this.change(actor, id, { isEnabled }, { isEnabled }, async (tx, before) => {
      const { merchantId } = before;
      if (isEnabled !== before.isEnabled)
        await this.keys.assertNoneStronger(tx, actor, { merchantId, applicationId: id }, 'usable');
    });
  }

  /**
   * Deletes the application and revokes its keys, in transactions of bounded length; the last one deletes the application. Repeating an
   * interrupted request continues where it stopped.
   *
   * @throws {DomainError} `access.stronger_key` if the application has a key whose level is above the caller's
   */
  async delete(actor: Actor, { id, merchantId }: Application): Promise<void> {
    const keys = { merchantId, applicationId: id };
    await this.transactions.run((tx) => this.keys.assertNoneStronger(tx, actor, keys, 'all'));
    await this.transactions.runWhile(
      (tx) => this.keys.revokeSome(tx, actor, keys, KEYS_LEFT),
      (areMore) => areMore,
    );
    await this.transactions.run(async (tx) => {
      const application = await lock(tx, id);
      while (await this.keys.revokeSome(tx, actor, keys, 0));
      await tx.manager.delete(Application, { id });
      await publish(tx, actor, application, {
        name: 'application.deleted',
        details: { name: application.name },
        invalidates: [{ kind: 'application', id, revokes: 'everything' }],
      });
    });
  }

  private change(
    actor: Actor,
    id: string,
    changes: Partial<Application>,
    details: EventDetails,
    check?: (tx: Transaction, before: Application) => Promise<void>,
  ): Promise<Application> {
    return this.transactions.run(async (tx) => {
      const before = await lock(tx, id);
      await check?.(tx, before);
      await tx.manager.update(Application, { id }, { ...changes, updatedAt: this.clock.now() }).catch(throwNameTaken);
      const application = await tx.manager.findOneByOrFail(Application, { id });
      const changed = changesBetween(before, application, ['name', 'description', 'isEnabled']);
      await publish(tx, actor, application, {
        name: 'application.updated',
        details: { ...details, changes: changed },
        invalidates: [{ kind: 'application', id, revokes: changes.isEnabled === false ? 'permissions' : 'nothing' }],
      });
      return application;
    });
  }
}

/** @throws {DomainError} `application.not_found` if it has just been deleted */
async function lock(tx: Transaction, id: string): Promise<Application> {
  const application = await lockRow(tx.manager, Application, id);
  if (!application) throw new DomainError('application.not_found');
  return application;
}

function publish(
  tx: Transaction,
  actor: Actor,
  { id, merchantId }: Application,
  event: Pick<DomainEvent, 'name' | 'details' | 'invalidates'>,
): Promise<void> {
  return tx.publish({ ...event, actor, merchantId, targetType: 'application', targetId: id });
}

function throwNameTaken(error: unknown): never {
  throw isDuplicate(error) ? new DomainError('application.name_taken') : error;
}
