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

/** Accounts start at 1, so nobody has this number. */
const NOBODY = 0;

/** Events read in one go where all are read. */
const BATCH = 500;

/** The audit trail, to be read and to be checked. */
@Injectable()
export class AuditService {
  constructor(
    @InjectRepository(Account) private readonly accounts: Repository<Account>,
    private readonly search: AuditSearch,
    private readonly verifier: ChainVerifier,
  ) {}

  /**
   * The newest first.
   *
   * @throws {DomainError} `access.other_owner` for another merchant's events, below level 8; `request.invalid` for a cursor of another
   *   list, or beside a page's number
   */
  async list(caller: Caller, { page, limit, cursor, ...filter }: ListAuditEventsQuery): Promise<Listed<AuditEvent>> {
    const sought = await this.buildSearch(caller, filter);
    return readList(
      { page, limit, cursor },
      {
        name: listName(['audit', sought]),
        isText: false,
        page: (number, size) => this.search.page(sought, number, size),
        after: async (position, size) => {
          const moment = position && { createdAt: new Date(Number(position.value)), id: position.id };
          const { events, next } = await this.search.after(sought, 'DESC', moment, size);
          return { items: events, next: next && { value: next.createdAt, id: next.id } };
        },
      },
    );
  }

  /**
   * All of them in batches, the oldest first, so that no more than one is in memory.
   *
   * @throws {DomainError} `access.other_owner`, at once
   */
  async export(caller: Caller, filter: AuditFilter): Promise<AsyncGenerator<AuditEvent[]>> {
    return this.batches(await this.buildSearch(caller, filter));
  }

  /** @throws {DomainError} `access.other_owner` */
  verify(caller: Caller, { merchantId = caller.merchantId, head }: VerifyAuditEventsQuery): Promise<ChainReport> {
    assertTrailAccess(caller, merchantId);
    return this.verifier.verify(merchantId, head === undefined ? null : placeOf(head));
  }

  private async *batches(sought: EventFilter): AsyncGenerator<AuditEvent[]> {
    for (let moment: Moment | null = null; ;) {
      const { events, next }: FoundEvents = await this.search.after(sought, 'ASC', moment, BATCH);
      yield events;
      if (!next) return;
      moment = next;
    }
  }

  private async buildSearch(
    caller: Caller,
    { merchantId, from, to, actorId, action, targetType, targetId }: AuditFilter,
  ): Promise<EventFilter> {
    const whose = merchantId ?? (canReadAllTrails(caller) ? undefined : caller.merchantId);
    if (whose !== undefined) assertTrailAccess(caller, whose);
    const others: FindOptionsWhere<AuditEvent> = {
      ...(action !== undefined && { action }),
      ...(targetType !== undefined && { targetType }),
      ...(targetId !== undefined && { targetId }),
      ...(actorId !== undefined && { actorAccountId: await this.numberOf(actorId) }),
    };
    return {
      ...(whose !== undefined && { merchantId: whose }),
      ...(from !== undefined && { from: new Date(from) }),
      ...(to !== undefined && { to: new Date(to) }),
      others,
    };
  }

  private async numberOf(uuid: string): Promise<number> {
    return (await this.accounts.findOneBy({ uuid }))?.id ?? NOBODY;
  }
}
