import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Caller } from '../../../access/caller.js';
import { assertWithinLimit } from '../../../accounts/merchant-limit.js';
import { Merchant } from '../../../accounts/merchant.entity.js';
import { Config } from '../../../platform/config/config.js';
import { lockRow } from '../../../platform/database/row-locks.js';
import { insertOrChange } from '../../../platform/database/rows.js';
import { Transactions } from '../../../platform/database/transactions/transactions.js';
import type { Transaction } from '../../../platform/database/transactions/transaction.js';
import { changesBetween } from '../../../platform/events/audited-changes.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import { sliceOf } from '../../../platform/http/paging/page.dto.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { isText } from '../../../platform/validation/text.js';
import { TenantKeysService } from '../../tenant-keys.service.js';
import { EXTERNAL_ID_MAX } from '../key-settings.dto.js';
import { checkRates } from '../key-settings.js';
import { resolveTenant } from '../tenant-scope.js';
import { SharedLimit, sharedLimitId } from './shared-limit.entity.js';
import type { ListSharedLimitsQuery, SharedLimitBody } from './shared-limits.dto.js';

const LIMITS = ['rateLimits', 'quotaLimit', 'quotaPeriod'] as const satisfies (keyof SharedLimit)[];

/** Manages the limits that all keys of a merchant with the same external id share. */
@Injectable()
export class SharedLimitsService {
  constructor(
    @InjectRepository(SharedLimit) private readonly limits: Repository<SharedLimit>,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly tenantKeys: TenantKeysService,
    private readonly transactions: Transactions,
  ) {}

  /** @throws {DomainError} `access.other_owner` */
  list(caller: Caller, query: ListSharedLimitsQuery): Promise<[SharedLimit[], number]> {
    const { merchantId } = resolveTenant(caller, query.merchantId, 'read');
    return this.limits.findAndCount({ where: { merchantId }, order: { externalId: 'ASC' }, ...sliceOf(query) });
  }

  /** @throws {DomainError} `shared_limit.not_found`, `access.other_owner` */
  async read(caller: Caller, externalId: string, wanted: string | undefined): Promise<SharedLimit> {
    const { merchantId } = resolveTenant(caller, wanted, 'read');
    const found = await this.limits.findOneBy({ id: sharedLimitId(merchantId, externalId) });
    if (!found) throw new DomainError('shared_limit.not_found');
    return found;
  }

  /**
   * Sets the limits of an external id, in place of those that it had. What was used before still counts.
   *
   * @throws {DomainError} `request.invalid`, `access.other_owner`, `merchant.not_found`, `access.stronger_key`, `shared_limit.limit_reached`
   */
  async set(
    caller: Caller,
    externalId: string,
    wanted: string | undefined,
    body: SharedLimitBody,
  ): Promise<SharedLimit> {
    const { merchantId } = resolveTenant(caller, wanted, 'write');
    const values = readLimits(externalId, body);
    return this.transactions.run(async (tx) => {
      const id = sharedLimitId(merchantId, externalId);
      await this.tenantKeys.assertNoneStronger(tx, caller, { merchantId, externalId }, 'all');
      const old = await lockRow(tx.manager, SharedLimit, id);
      if (!old) await this.assertCanAdd(tx, merchantId);
      const now = this.clock.now();
      const shared = { id, merchantId, externalId, ...values, createdAt: old?.createdAt ?? now, updatedAt: now };
      await insertOrChange(tx.manager, SharedLimit, [shared], [...LIMITS, 'updatedAt']);
      await publish(tx, caller, 'shared_limit.set', shared, old ?? NO_LIMITS, values);
      return shared;
    });
  }

  /** @throws {DomainError} `shared_limit.not_found`, `access.other_owner`, `access.stronger_key` */
  async delete(caller: Caller, externalId: string, wanted: string | undefined): Promise<void> {
    const { merchantId } = resolveTenant(caller, wanted, 'write');
    await this.transactions.run(async (tx) => {
      const old = await lockRow(tx.manager, SharedLimit, sharedLimitId(merchantId, externalId));
      if (!old) throw new DomainError('shared_limit.not_found');
      await this.tenantKeys.assertNoneStronger(tx, caller, { merchantId, externalId }, 'all');
      await tx.manager.delete(SharedLimit, { id: old.id });
      await publish(tx, caller, 'shared_limit.deleted', old, old, NO_LIMITS);
    });
  }

  private async assertCanAdd(tx: Transaction, merchantId: string): Promise<void> {
    if (!(await tx.manager.existsBy(Merchant, { id: merchantId }))) throw new DomainError('merchant.not_found');
    await assertWithinLimit(tx, {
      merchantId,
      max: this.config.MAX_SHARED_LIMITS_PER_MERCHANT,
      adding: 1,
      count: () => tx.manager.countBy(SharedLimit, { merchantId }),
      code: 'shared_limit.limit_reached',
    });
  }
}

type LimitValues = Pick<SharedLimit, (typeof LIMITS)[number]>;

const NO_LIMITS: LimitValues = { rateLimits: null, quotaLimit: null, quotaPeriod: null };

/** @throws {DomainError} `request.invalid` */
function readLimits(externalId: string, { rateLimits, quota }: SharedLimitBody): LimitValues {
  if (!isText(externalId, EXTERNAL_ID_MAX))
    throw DomainError.invalid('externalId', `externalId must be a text of 1 to ${EXTERNAL_ID_MAX} characters`);
  const rates = checkRates(rateLimits ?? []).map(({ limit, windowSeconds }) => ({ limit, windowSeconds }));
  if (rates.length === 0 && !quota) throw DomainError.invalid('rateLimits', 'rateLimits or quota must be given');
  return {
    rateLimits: rates.length > 0 ? rates : null,
    quotaLimit: quota?.limit ?? null,
    quotaPeriod: quota?.period ?? null,
  };
}

/** Publishes a change, which every key with the external id depends on. */
function publish(
  tx: Transaction,
  actor: Caller,
  name: 'shared_limit.set' | 'shared_limit.deleted',
  { id, merchantId, externalId }: Pick<SharedLimit, 'id' | 'merchantId' | 'externalId'>,
  before: LimitValues,
  after: LimitValues,
): Promise<void> {
  return tx.publish({
    name,
    actor,
    merchantId,
    targetType: 'shared_limit',
    targetId: id,
    details: { externalId, changes: changesBetween(before, after, [...LIMITS]) },
    invalidates: [{ kind: 'limit', id, revokes: 'nothing' }],
  });
}
