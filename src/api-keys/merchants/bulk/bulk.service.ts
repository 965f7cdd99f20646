import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, type Repository } from 'typeorm';
import type { Caller } from '../../../access/caller.js';
import { ApiKey } from '../../api-key.entity.js';
import type { KeysChanged } from '../../permissions/keys-changed.js';
import { KeyRevocation } from '../../key-revocation.js';
import { KeyActivation } from '../../key-activation.js';
import { inBatches } from '../../../platform/runtime/batches.js';
import { DomainError, type ErrorCode } from '../../../platform/events/domain-error.js';
import { Transactions } from '../../../platform/database/transactions/transactions.js';
import type { Transaction } from '../../../platform/database/transactions/transaction.js';
import type { KeyFilter } from '../list/key-filter.dto.js';
import { KeysService } from '../list/keys.service.js';
import { isInScope, resolveTenant, type TenantScope } from '../tenant-scope.js';
import { KeyStatuses, type KeyWithStatus } from '../key-status.js';
import type { BulkBody } from './bulk.dto.js';

/** Keys that one call may change. */
const MAX_KEYS = 10_000;

/** Keys that one transaction changes. */
const BATCH = 500;

/** Keys that a dry run shows. */
const SHOWN = 100;

export type BulkAction = 'revoke' | 'disable' | 'enable';

/** The outcome for one key: why it was not changed, or `null` if it was. */
export interface KeyOutcome {
  id: string;
  refusal: ErrorCode | null;
}

export type BulkOutcome =
  { kind: 'preview'; count: number; keys: KeyWithStatus[] } | { kind: 'results'; keys: KeyOutcome[] };

/** The keys that a call selects. */
interface Selection {
  /** The keys that the caller may change. */
  ids: string[];
  /** The first of these keys, for a dry run. */
  first: KeyWithStatus[];
  /** The outcomes by key id, in the order of the response. Each of the given ids starts with a refusal. */
  outcomes: Map<string, ErrorCode | null>;
}

/** Revokes, disables and enables many keys in one call. */
@Injectable()
export class BulkService {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly activation: KeyActivation,
    private readonly revocation: KeyRevocation,
    private readonly finder: KeysService,
    private readonly statuses: KeyStatuses,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Changes the keys in transactions that are independent of each other, so that after a crash another call can change the remaining keys.
   * Waits only once, at the end, until every instance has applied the changes.
   *
   * @throws {DomainError} `access.other_owner`; `request.invalid`, also for a filter that matches too many keys; `bulk.count_differs`
   */
  async run(caller: Caller, merchantId: string | undefined, body: BulkBody, action: BulkAction): Promise<BulkOutcome> {
    const tenant = resolveTenant(caller, merchantId, 'write');
    const { ids, first, outcomes } = await this.select(tenant, body);
    const count = ids.length;
    if (body.dryRun === true) return { kind: 'preview', count, keys: first };
    if (body.expectedCount === undefined)
      throw DomainError.invalid('expectedCount', 'expectedCount must be the number of keys that a dry run returns');
    if (body.expectedCount !== count) throw new DomainError('bulk.count_differs', { count });

    await this.transactions.runEach([...inBatches(ids, BATCH)], async (tx, batch) => {
      const done = await this.apply(tx, caller, batch, action);
      for (const id of batch) outcomes.set(id, done.has(id) ? (done.get(id) ?? null) : 'api_key.not_found');
    });
    return { kind: 'results', keys: [...outcomes].map(([id, refusal]) => ({ id, refusal })) };
  }

  /** Returns the outcomes by key id, without keys that have just been deleted. */
  private async apply(
    tx: Transaction,
    caller: Caller,
    ids: string[],
    action: BulkAction,
  ): Promise<Map<string, ErrorCode | null>> {
    const { changed, refused } = await this.carryOut(tx, caller, ids, action);
    return new Map([...refused, ...changed.map(({ id }) => [id, null] as const)]);
  }

  private carryOut(tx: Transaction, caller: Caller, ids: string[], action: BulkAction): Promise<KeysChanged> {
    if (action === 'revoke') return this.revocation.revokeMany(tx, caller, ids, 'deleted');
    return action === 'enable' ? this.activation.enable(tx, caller, ids) : this.activation.disable(tx, caller, ids);
  }

  private select(tenant: TenantScope, { ids, filter }: BulkBody): Promise<Selection> {
    if (ids && !filter) return this.selectByIds(tenant, ids);
    if (filter && !ids) return this.selectByFilter(tenant, filter);
    throw DomainError.invalid(ids ? 'filter' : 'ids', 'either ids or filter must be given, but not both');
  }

  private async selectByIds(tenant: TenantScope, ids: string[]): Promise<Selection> {
    const uniqueIds = [...new Set(ids)];
    const byId = new Map<string, ApiKey>();
    for (const batch of inBatches(uniqueIds, BATCH))
      for (const key of await this.keys.findBy({ id: In(batch), deletedAt: IsNull() })) byId.set(key.id, key);
    const selected = uniqueIds.flatMap((id) => byId.get(id) ?? []).filter((key) => isInScope(tenant, key));
    const refusals = uniqueIds.map((id) => [id, byId.has(id) ? 'access.other_owner' : 'api_key.not_found'] as const);
    return {
      ids: selected.map(({ id }) => id),
      first: await this.statuses.describe(selected.slice(0, SHOWN)),
      outcomes: new Map<string, ErrorCode | null>(refusals),
    };
  }

  /** @throws {DomainError} `request.invalid` if more keys match the filter than one call may change */
  private async selectByFilter(tenant: TenantScope, filter: KeyFilter): Promise<Selection> {
    const ids: string[] = [];
    const first: KeyWithStatus[] = [];
    for await (const batch of this.finder.batches(tenant, filter)) {
      first.push(...batch.slice(0, SHOWN - first.length));
      ids.push(...batch.map(({ key }) => key.id));
      if (ids.length > MAX_KEYS)
        throw DomainError.invalid('filter', `filter must not match more than ${MAX_KEYS} keys`);
    }
    return { ids, first, outcomes: new Map() };
  }
}
