import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../access/caller.js';
import { canAccessOtherTenants, assertTenantAccess, type Action } from '../../../access/tenant-access.js';
import type { Application } from '../../../applications/application.entity.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { DomainError } from '../../../platform/events/domain-error.js';
import { listName, readCursor, writeCursor, type Position } from '../../../platform/http/paging/cursor.js';
import type { PartQuery } from '../../../platform/http/paging/page.dto.js';
import { KeyStatuses, type KeyWithStatus } from '../key-status.js';
import { buildCriteria, type TenantScope } from './key-criteria.js';
import { CRITERIA, type KeyFilter } from './key-filter.dto.js';
import { KeySearch, type FoundKeys } from './key-search.js';
import type { ExportKeysQuery, ListApplicationKeysQuery, ListKeysQuery, SortQuery } from './keys.dto.js';
import type { Order } from './index-plan.js';

/** Keys per batch. */
const BATCH = 1000;

/** A page, selected by its number, or a part, selected by a cursor. */
export type Listed =
  | { kind: 'page'; keys: KeyWithStatus[]; count: number; page: number; limit: number }
  | { kind: 'part'; keys: KeyWithStatus[]; limit: number; nextCursor: string | null };

const COLUMNS = {
  createdAt: 'created_at',
  name: 'name',
  expiresAt: 'expires_at',
  lastUsedAt: 'last_used_at',
} as const;

const OLDEST_FIRST: Order = { column: COLUMNS.createdAt, isDescending: false };

/** Lists a merchant's keys of all surfaces. */
@Injectable()
export class KeysService {
  constructor(
    private readonly clock: Clock,
    private readonly search: KeySearch,
    private readonly statuses: KeyStatuses,
  ) {}

  /** @throws {DomainError} as {@link list}, and `access.other_owner` */
  listOfMerchant(caller: Caller, query: ListKeysQuery): Promise<Listed> {
    return this.list(resolveTenant(caller, query.merchantId, 'read'), query, query);
  }

  /** @throws {DomainError} as {@link list} */
  listOfApplication({ id, merchantId }: Application, query: ListApplicationKeysQuery): Promise<Listed> {
    return this.list({ merchantId, personalOf: null }, { ...query, application: id }, query);
  }

  /** @throws {DomainError} `access.other_owner`, before the first batch is requested */
  export(caller: Caller, query: ExportKeysQuery): AsyncGenerator<KeyWithStatus[]> {
    return this.batches(resolveTenant(caller, query.merchantId, 'read'), query);
  }

  /** Yields all keys that match a filter, oldest first, in batches, so that only one batch is in memory. */
  async *batches(reach: TenantScope, filter: KeyFilter): AsyncGenerator<KeyWithStatus[]> {
    const criteria = buildCriteria(filter, reach, this.clock.now().getTime());
    for (let position: Position | null = null; ;) {
      const { keys, next }: FoundKeys = await this.search.after(criteria, OLDEST_FIRST, position, BATCH);
      yield await this.statuses.describe(keys);
      if (!next) return;
      position = next;
    }
  }

  /** @throws {DomainError} `request.invalid` for a cursor of another list, or a cursor together with a page number */
  private async list(
    reach: TenantScope,
    filter: KeyFilter,
    { sort, page, limit, cursor }: SortQuery & PartQuery,
  ): Promise<Listed> {
    const criteria = buildCriteria(filter, reach, this.clock.now().getTime());
    const order = {
      column: COLUMNS[sort.replace('-', '') as keyof typeof COLUMNS],
      isDescending: sort.startsWith('-'),
    };
    if (cursor === undefined) {
      const [keys, count] = await this.search.page(criteria, order, page ?? 1, limit);
      return { kind: 'page', keys: await this.statuses.describe(keys), count, page: page ?? 1, limit };
    }
    if (page !== undefined) throw DomainError.invalid('page', 'page and cursor exclude each other');
    const said = Object.entries(filter).filter(([name, value]) => CRITERIA.has(name) && value !== undefined);
    const list = listName([reach, sort, said.sort()]);
    const position = readCursor(list, cursor, order.column === 'name');
    const { keys, next } = await this.search.after(criteria, order, position, limit);
    return {
      kind: 'part',
      keys: await this.statuses.describe(keys),
      limit,
      nextCursor: next && writeCursor(list, next),
    };
  }
}

/**
 * Returns which of a merchant's keys a caller may read or change. Personal keys belong to their owners: a caller may access those of others
 * only if it may access the keys of other merchants, too.
 *
 * @param wanted the id of the merchant; by default the caller's own
 * @throws {DomainError} `access.other_owner`
 */
export function resolveTenant(caller: Caller, wanted: string | undefined, action: Action): TenantScope {
  const merchantId = wanted ?? caller.merchantId;
  assertTenantAccess(caller, merchantId, action);
  return { merchantId, personalOf: canAccessOtherTenants(caller, action) ? null : caller.accountId };
}
