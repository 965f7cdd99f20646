import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../access/caller.js';
import type { Application } from '../../../applications/application.entity.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { listName, type Position } from '../../../platform/http/paging/cursor.js';
import { readList, type Listed } from '../../../platform/http/paging/listed.js';
import type { PartQuery } from '../../../platform/http/paging/page.dto.js';
import { KeyPolicies } from '../../policy/key-policies.js';
import { KeyStatuses, type KeyWithStatus } from '../key-status.js';
import { resolveTenant, type TenantScope } from '../tenant-scope.js';
import { KeyStatements } from './key-statements.js';
import { buildCriteria, type Criteria } from './key-criteria.js';
import { CRITERIA, type KeyFilter } from './key-filter.dto.js';
import { KeySearch, type FoundKeys } from './key-search.js';
import type { ExportKeysQuery, ListApplicationKeysQuery, ListKeysQuery, SortQuery } from './keys.dto.js';
import type { Order } from './index-plan.js';

/** Keys per batch. */
const BATCH = 200;

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
    private readonly policies: KeyPolicies,
    private readonly search: KeySearch,
    private readonly statements: KeyStatements,
    private readonly statuses: KeyStatuses,
  ) {}

  /** @throws {DomainError} as {@link list}, and `access.other_owner` */
  listOfMerchant(caller: Caller, query: ListKeysQuery): Promise<Listed<KeyWithStatus>> {
    return this.list(resolveTenant(caller, query.merchantId, 'read'), query, query);
  }

  /** @throws {DomainError} as {@link list} */
  listOfApplication({ id, merchantId }: Application, query: ListApplicationKeysQuery): Promise<Listed<KeyWithStatus>> {
    return this.list({ merchantId, personalOf: null }, { ...query, application: id }, query);
  }

  /** @throws {DomainError} `access.other_owner`, before the first batch is requested */
  export(caller: Caller, query: ExportKeysQuery): AsyncGenerator<KeyWithStatus[]> {
    return this.batches(resolveTenant(caller, query.merchantId, 'read'), query);
  }

  /** Yields all keys that match a filter, oldest first, in batches, so that only one batch is in memory. */
  async *batches(tenant: TenantScope, filter: KeyFilter): AsyncGenerator<KeyWithStatus[]> {
    const criteria = await this.criteria(tenant, filter);
    for (let position: Position | null = null; ;) {
      const { keys, next }: FoundKeys = await this.search.after(criteria, OLDEST_FIRST, position, BATCH);
      yield await this.statuses.describe(keys);
      if (!next) return;
      position = next;
    }
  }

  private async criteria(tenant: TenantScope, filter: KeyFilter): Promise<Criteria> {
    const nowMs = this.clock.now().getTime();
    if (filter.exceedsPolicy === undefined) return buildCriteria(filter, tenant, nowMs);
    const policed = this.statements.exceeding(await this.policies.read(tenant.merchantId));
    return buildCriteria(filter, tenant, nowMs, policed);
  }

  /** @throws {DomainError} `request.invalid` for a cursor of another list, or a cursor together with a page number */
  private async list(
    tenant: TenantScope,
    filter: KeyFilter,
    { sort, ...part }: SortQuery & PartQuery,
  ): Promise<Listed<KeyWithStatus>> {
    const criteria = await this.criteria(tenant, filter);
    const order = {
      column: COLUMNS[sort.replace('-', '') as keyof typeof COLUMNS],
      isDescending: sort.startsWith('-'),
    };
    const said = Object.fromEntries(Object.entries(filter).filter(([name]) => CRITERIA.has(name)));
    return readList(part, {
      name: listName([tenant, sort, said]),
      isText: order.column === 'name',
      page: async (page, limit) => {
        const [keys, count] = await this.search.page(criteria, order, page, limit);
        return [await this.statuses.describe(keys), count];
      },
      after: async (position, limit) => {
        const { keys, next } = await this.search.after(criteria, order, position, limit);
        return { items: await this.statuses.describe(keys), next };
      },
    });
  }
}
