import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, type Repository } from 'typeorm';
import type { Caller } from '../../../access/caller.js';
import { ApiKey } from '../../api-key.entity.js';
import { KeyRevocation } from '../../key-revocation.js';
import { KeyActivation } from '../../key-activation.js';
import { inBatches } from '../../../platform/runtime/batches.js';
import { DomainError, type ErrorCode } from '../../../platform/events/domain-error.js';
import { Transactions, type Transaction } from '../../../platform/database/transactions/transactions.js';
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

/** A key, and why nothing became of it, if nothing did. */
export interface KeyOutcome {
  id: string;
  refusal: ErrorCode | null;
}

export type BulkOutcome =
  { kind: 'preview'; count: number; keys: KeyWithStatus[] } | { kind: 'results'; keys: KeyOutcome[] };

/** The keys that a call means: those it can change, the first of them, and what becomes of the others. */
interface Selection {
  ids: string[];
  first: KeyWithStatus[];
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
   * Every transaction stands by itself, so that what a crash leaves is done by the next call; the answer waits for all instances once, in the end.
   *
   * @throws {DomainError} `access.other_owner`; `request.invalid`, also for a filter that means too many keys; `bulk.count_differs`
   */
  async run(caller: Caller, merchantId: string | undefined, body: BulkBody, action: BulkAction): Promise<BulkOutcome> {
    const tenant = resolveTenant(caller, merchantId, 'write');
    const { ids, first, outcomes } = await this.select(tenant, body);
    const count = ids.length;
    if (body.dryRun === true) return { kind: 'preview', count, keys: first };
    if (body.expectedCount === undefined)
      throw DomainError.invalid('expectedCount', 'expectedCount must say how many keys are meant');
    if (body.expectedCount !== count) throw new DomainError('bulk.count_differs', { count });

    await this.transactions.runEach([...inBatches(ids, BATCH)], async (tx, batch) => {
      const done = await this.act(tx, caller, batch, action);
      for (const id of batch) outcomes.set(id, done.has(id) ? (done.get(id) ?? null) : 'api_key.not_found');
    });
    return { kind: 'results', keys: [...outcomes].map(([id, refusal]) => ({ id, refusal })) };
  }

  /** What became of the keys; of those that are gone there is nothing to say. */
  private async act(
    tx: Transaction,
    caller: Caller,
    ids: string[],
    action: BulkAction,
  ): Promise<Map<string, ErrorCode | null>> {
    if (action === 'enable') {
      const { enabled, refused } = await this.activation.enable(tx, caller, ids);
      return new Map([...refused, ...enabled.map(({ id }) => [id, null] as const)]);
    }
    const done =
      action === 'revoke'
        ? await this.revocation.revokeMany(tx, caller, ids, 'deleted')
        : await this.activation.disable(tx, caller, ids);
    return new Map(done.map(({ id }) => [id, null]));
  }

  private select(tenant: TenantScope, { ids, filter }: BulkBody): Promise<Selection> {
    if (ids && !filter) return this.selectByIds(tenant, ids);
    if (filter && !ids) return this.selectByFilter(tenant, filter);
    throw DomainError.invalid(ids ? 'filter' : 'ids', 'ids or filter must be given, and not both');
  }

  private async selectByIds(tenant: TenantScope, ids: string[]): Promise<Selection> {
    const wanted = [...new Set(ids.map((id) => id.toLowerCase()))];
    const byId = new Map<string, ApiKey>();
    for (const batch of inBatches(wanted, BATCH))
      for (const key of await this.keys.findBy({ id: In(batch), deletedAt: IsNull() })) byId.set(key.id, key);
    const selected = wanted.flatMap((id) => byId.get(id) ?? []).filter((key) => isInScope(tenant, key));
    const deniedRequests = wanted.map((id) => [id, byId.has(id) ? 'access.other_owner' : 'api_key.not_found'] as const);
    return {
      ids: selected.map(({ id }) => id),
      first: await this.statuses.describe(selected.slice(0, SHOWN)),
      outcomes: new Map<string, ErrorCode | null>(deniedRequests),
    };
  }

  /** @throws {DomainError} `request.invalid` when more keys meet the filter than one call may change */
  private async selectByFilter(tenant: TenantScope, filter: KeyFilter): Promise<Selection> {
    const ids: string[] = [];
    const first: KeyWithStatus[] = [];
    for await (const batch of this.finder.batches(tenant, filter)) {
      first.push(...batch.slice(0, SHOWN - first.length));
      ids.push(...batch.map(({ key }) => key.id));
      if (ids.length > MAX_KEYS) throw DomainError.invalid('filter', `filter must not mean more than ${MAX_KEYS} keys`);
    }
    return { ids, first, outcomes: new Map() };
  }
}
