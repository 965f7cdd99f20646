import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { assertTenantAccess, type Action } from '../access/tenant-access.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { KeyRevocation } from '../api-keys/key-revocation.js';
import { inBatches } from '../platform/runtime/batches.js';
import { changesBetween } from '../platform/events/audited-changes.js';
import { Clock } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import type { EventDetails, EventName } from '../platform/events/domain-event.js';
import { SingleFlightReads } from '../platform/database/single-flight-reads.js';
import { isDuplicate, Transactions, type Transaction } from '../platform/database/transactions/transactions.js';
import { sliceOf, type PageQuery } from '../platform/http/paging/page.dto.js';
import { lockRow } from '../platform/database/row-locks.js';
import { insertRows, readRow } from '../platform/database/rows.js';
import { Application } from './application.entity.js';
import type { CreateApplicationBody, UpdateApplicationBody } from './applications.dto.js';

/** Keys retired in one statement. */
const KEYS_AT_ONCE = 500;

/** What somebody wants to have made. */
interface NewApplication {
  caller: Caller;
  application: Application;
}

/** A merchant's applications. */
@Injectable()
export class ApplicationsService {
  private readonly reads: SingleFlightReads;

  constructor(
    @InjectRepository(Application) private readonly applications: Repository<Application>,
    private readonly revocation: KeyRevocation,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
  ) {
    this.reads = new SingleFlightReads(applications.manager);
  }

  /**
   * Makes an application, together with those that its merchant makes meanwhile.
   *
   * @throws {DomainError} `application.name_taken`
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
    const order: NewApplication = { caller, application };
    return this.transactions.runBatched(`application ${merchantId}`, order, async (tx, orders: NewApplication[]) => {
      const made = orders.map((one) => one.application);
      await insertRows(tx.manager, Application, made).catch(throwNameTaken);
      for (const one of orders) {
        const details = { name: one.application.name, environment: one.application.environment };
        await publish(tx, one.caller, 'application.created', one.application, details);
      }
      return made;
    });
  }

  list({ merchantId }: Caller, query: PageQuery): Promise<[Application[], number]> {
    const order = { createdAt: 'ASC', id: 'ASC' } as const;
    return this.applications.findAndCount({ where: { merchantId }, order, ...sliceOf(query) });
  }

  /**
   * The application with this id, for a caller who may read or change it, as it is wanted for.
   *
   * @throws {DomainError} `application.not_found`, or `access.other_owner` for another merchant's
   */
  async find(caller: Caller, id: string, action: Action): Promise<Application> {
    const application = await this.reads.once(id, () => readRow(this.applications.manager, Application, id));
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
   * Has all keys of the application refused, or accepted again.
   *
   * @throws {DomainError} `access.level_lacking` when one of them is stronger than the caller
   */
  setEnabled(caller: Caller, { id }: Application, isEnabled: boolean): Promise<Application> {
    return this.change(caller, id, { isEnabled }, { isEnabled });
  }

  /** Removes the application; its keys are retired with it. */
  async delete(caller: Caller, { id }: Application): Promise<void> {
    await this.transactions.run(async (tx) => {
      const application = await lock(tx, id);
      const { merchantId } = application;
      const keys = await tx.manager.findBy(ApiKey, { merchantId, applicationId: id, deletedAt: IsNull() });
      for (const some of inBatches(keys, KEYS_AT_ONCE)) {
        const ids = some.map((key) => key.id);
        await this.revocation.revokeMany(tx, caller, ids, 'application_deleted');
      }
      await tx.manager.delete(Application, { id });
      await publish(tx, caller, 'application.deleted', application, { name: application.name });
    });
  }

  private change(
    caller: Caller,
    id: string,
    changes: Partial<Application>,
    details: EventDetails,
  ): Promise<Application> {
    return this.transactions.run(async (tx) => {
      const before = await lock(tx, id);
      await tx.manager.update(Application, { id }, { ...changes, updatedAt: this.clock.now() }).catch(throwNameTaken);
      const application = await tx.manager.findOneByOrFail(Application, { id });
      const changed = changesBetween(before, application, ['name', 'description', 'isEnabled']);
      await publish(tx, caller, 'application.updated', application, { ...details, changes: changed });
      return application;
    });
  }
}

/** @throws {DomainError} `application.not_found` when somebody has just deleted it */
async function lock(tx: Transaction, id: string): Promise<Application> {
  const application = await lockRow(tx.manager, Application, id);
  if (!application) throw new DomainError('application.not_found');
  return application;
}

function publish(
  tx: Transaction,
  caller: Caller,
  name: EventName,
  application: Application,
  details: EventDetails,
): Promise<void> {
  const { id, merchantId } = application;
  return tx.publish({ name, actor: caller, merchantId, targetType: 'application', targetId: id, details });
}

function throwNameTaken(error: unknown): never {
  throw isDuplicate(error) ? new DomainError('application.name_taken') : error;
}
