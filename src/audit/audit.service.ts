import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { FindOptionsWhere, Repository } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { assertTrailAccess, canReadAllTrails } from '../access/tenant-access.js';
import { Account } from '../accounts/account.entity.js';
import { DomainError } from '../platform/events/domain-error.js';
import { listName, readCursor, writeCursor } from '../platform/http/paging/cursor.js';
import type { AuditEvent } from './audit-event.entity.js';
import { AuditSearch, type FoundEvents, type Moment, type EventFilter } from './audit-search.js';
import type { AuditFilter, ListAuditEventsQuery, VerifyAuditEventsQuery } from './audit.dto.js';
import { ChainVerifier, type ChainReport } from './verify/chain-verifier.js';
import { placeOf } from './verify/problem.js';

/** Accounts start at 1, so nobody has this number. */
const NOBODY = 0;

/** Events read in one go where all are read. */
const BATCH = 500;

/** A page by its number, or a part by a cursor. */
export type ListedEvents =
  | { kind: 'page'; events: AuditEvent[]; count: number; page: number; limit: number }
  | { kind: 'part'; events: AuditEvent[]; limit: number; nextCursor: string | null };

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
  async list(caller: Caller, { page, limit, cursor, ...filter }: ListAuditEventsQuery): Promise<ListedEvents> {
    const sought = await this.buildSearch(caller, filter);
    if (cursor === undefined) {
      const [events, count] = await this.search.page(sought, page ?? 1, limit);
      return { kind: 'page', events, count, page: page ?? 1, limit };
    }
    if (page !== undefined) throw DomainError.invalid('page', 'page and cursor exclude each other');
    const list = listName(['audit', sought]);
    const position = readCursor(list, cursor, false);
    const moment = position && { createdAt: new Date(Number(position.value)), id: position.id };
    const { events, next } = await this.search.after(sought, 'DESC', moment, limit);
    const nextCursor = next && writeCursor(list, { value: next.createdAt, id: next.id });
    return { kind: 'part', events, limit, nextCursor };
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
