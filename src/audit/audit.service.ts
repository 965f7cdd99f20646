import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { FindOptionsWhere, Repository } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { assertTrailAccess, canReadAllTrails } from '../access/tenant-access.js';
import { Account } from '../accounts/account.entity.js';
import { listName } from '../platform/http/paging/cursor.js';
import { readList, type Listed } from '../platform/http/paging/listed.js';
import type { AuditEvent } from './audit-event.entity.js';
import { AuditSearch, type FoundEvents, type Moment, type EventFilter } from './audit-search.js';
import type { AuditFilter, ListAuditEventsQuery, VerifyAuditEventsQuery } from './audit.dto.js';
import { ChainVerifier, type ChainReport } from './verify/chain-verifier.js';
import { placeOf } from './verify/problem.js';

/** An integer id that no account has; ids start at 1. */
const NO_ACCOUNT = 0;

/** The number of events that an export reads at a time. */
const BATCH = 100;

/** Lists, exports and verifies the audit trail. */
@Injectable()
export class AuditService {
  constructor(
    @InjectRepository(Account) private readonly accounts: Repository<Account>,
    private readonly search: AuditSearch,
    private readonly verifier: ChainVerifier,
  ) {}

  /**
   * Lists events, newest first.
   *
   * @throws {DomainError} `access.other_owner` for another merchant's events below level 8, `request.invalid` for a cursor of another list
   *   or together with a page number
   */
  async list(caller: Caller, { page, limit, cursor, ...filter }: ListAuditEventsQuery): Promise<Listed<AuditEvent>> {
    const eventFilter = await this.buildFilter(caller, filter);
    return readList(
      { page, limit, cursor },
      {
        name: listName(['audit', eventFilter]),
        isText: false,
        page: (number, size) => this.search.page(eventFilter, number, size),
        after: async (position, size) => {
          const moment = position && { createdAt: new Date(Number(position.value)), id: position.id };
          const { events, next } = await this.search.after(eventFilter, 'DESC', moment, size);
          return { items: events, next: next && { value: next.createdAt, id: next.id } };
        },
      },
    );
  }

  /**
   * Returns all events in batches, oldest first. Only one batch is in memory at a time.
   *
   * @throws {DomainError} `access.other_owner`, before the first batch
   */
  async export(caller: Caller, filter: AuditFilter): Promise<AsyncGenerator<AuditEvent[]>> {
    return this.batches(await this.buildFilter(caller, filter));
  }

  /**
   * Verifies a merchant's chain.
   *
   * @throws {DomainError} `access.other_owner` for another merchant's chain below level 8
   */
  verify(caller: Caller, { merchantId = caller.merchantId, head }: VerifyAuditEventsQuery): Promise<ChainReport> {
    assertTrailAccess(caller, merchantId);
    return this.verifier.verify(merchantId, head === undefined ? null : placeOf(head));
  }

  private async *batches(filter: EventFilter): AsyncGenerator<AuditEvent[]> {
    for (let moment: Moment | null = null; ;) {
      const { events, next }: FoundEvents = await this.search.after(filter, 'ASC', moment, BATCH);
      yield events;
      if (!next) return;
      moment = next;
    }
  }

  private async buildFilter(
    caller: Caller,
    { merchantId, from, to, actorId, action, targetType, targetId }: AuditFilter,
  ): Promise<EventFilter> {
    const tenant = merchantId ?? (canReadAllTrails(caller) ? undefined : caller.merchantId);
    if (tenant !== undefined) assertTrailAccess(caller, tenant);
    const others: FindOptionsWhere<AuditEvent> = {
      ...(action !== undefined && { action }),
      ...(targetType !== undefined && { targetType }),
      ...(targetId !== undefined && { targetId }),
      ...(actorId !== undefined && { actorAccountId: await this.findAccountNumber(actorId) }),
    };
    return {
      ...(tenant !== undefined && { merchantId: tenant }),
      ...(from !== undefined && { from: new Date(from) }),
      ...(to !== undefined && { to: new Date(to) }),
      others,
    };
  }

  private async findAccountNumber(uuid: string): Promise<number> {
    return (await this.accounts.findOneBy({ uuid }))?.id ?? NO_ACCOUNT;
  }
}
