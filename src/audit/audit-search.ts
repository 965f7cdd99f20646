import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { FindOptionsWhere, Repository, SelectQueryBuilder } from 'typeorm';
import { RowMapper } from '../platform/database/row-mapper.js';
import { AuditEvent } from './audit-event.entity.js';

/** The number of records that are scanned for one part of a list when no index supports the filter. */
const SCAN_MAX = 4000;

/** The name of the table in the statements. */
const ALIAS = 'event';

/** The records to find: by merchant and time, which an index supports, and by other conditions. */
export interface EventFilter {
  merchantId?: string;
  from?: Date;
  to?: Date;
  others: FindOptionsWhere<AuditEvent>;
}

/** A record's position in chronological order. */
export type Moment = Pick<AuditEvent, 'createdAt' | 'id'>;

export interface FoundEvents {
  events: AuditEvent[];
  /** The position after which to continue; `null` at the end of the list. */
  next: Moment | null;
}

/** Finds records in bounded time, however many there are. */
@Injectable()
export class AuditSearch {
  private readonly mapper: RowMapper<AuditEvent>;

  constructor(@InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>) {
    this.mapper = RowMapper.for(events.manager, AuditEvent, ALIAS);
  }

  /** Returns the records after a position. Returns fewer than the limit, or even none, if finding more would take too long. */
  async after(filter: EventFilter, order: 'ASC' | 'DESC', moment: Moment | null, limit: number): Promise<FoundEvents> {
    const end = Object.keys(filter.others).length > 0 ? await this.findScanEnd(filter, order, moment) : null;
    const query = this.scan(filter, order, moment)
      .andWhere(filter.others)
      .limit(limit + 1);
    if (end) query.andWhere(upToCondition(order), { endTime: end.createdAt, endId: end.id });
    const found = (await query.getRawMany<Record<string, unknown>>()).map((row) => this.mapper.read(row));
    const next = found.length > limit ? found[limit - 1] : end;
    return { events: found.slice(0, limit), next: next ? { createdAt: next.createdAt, id: next.id } : null };
  }

  /** Returns a page by its number, newest first, and the total number of records. */
  page(filter: EventFilter, page: number, limit: number): Promise<[AuditEvent[], number]> {
    return this.scan(filter, 'DESC', null)
      .andWhere(filter.others)
      .offset((page - 1) * limit)
      .limit(limit)
      .getManyAndCount();
  }

  /** Returns the last record to scan, or `null` if there are no more than can be scanned. */
  private findScanEnd(filter: EventFilter, order: 'ASC' | 'DESC', moment: Moment | null): Promise<Moment | null> {
    return this.scan(filter, order, moment)
      .select(['event.id', 'event.createdAt'])
      .offset(SCAN_MAX - 1)
      .limit(1)
      .getOne();
  }

  private scan(
    { merchantId, from, to }: EventFilter,
    order: 'ASC' | 'DESC',
    moment: Moment | null,
  ): SelectQueryBuilder<AuditEvent> {
    const query = this.events
      .createQueryBuilder(ALIAS)
      .where({ ...(merchantId !== undefined && { merchantId }) })
      .orderBy({ 'event.createdAt': order, 'event.id': order });
    if (from) query.andWhere('event.createdAt >= :from', { from });
    if (to) query.andWhere('event.createdAt < :to', { to });
    if (moment) query.andWhere(afterCondition(order), { startTime: moment.createdAt, startId: moment.id });
    return query;
  }
}

/** Builds a condition for records after a position. It is written so that engines use a single range of the index. */
function afterCondition(order: 'ASC' | 'DESC'): string {
  const [onwards, back] = order === 'ASC' ? ['>=', '<='] : ['<=', '>='];
  return `event.createdAt ${onwards} :startTime AND NOT (event.createdAt = :startTime AND event.id ${back} :startId)`;
}

/** Builds a condition for records up to and including a position. */
function upToCondition(order: 'ASC' | 'DESC'): string {
  const [back, beyond] = order === 'ASC' ? ['<=', '>'] : ['>=', '<'];
  return `event.createdAt ${back} :endTime AND NOT (event.createdAt = :endTime AND event.id ${beyond} :endId)`;
}
