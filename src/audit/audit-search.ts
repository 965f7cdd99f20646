import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { FindOptionsWhere, Repository, SelectQueryBuilder } from 'typeorm';
import { AuditEvent } from './audit-event.entity.js';

/** Records that are looked at for one part of a list when no index helps with the filter. */
const LOOK_AT = 4000;

/** Which records are looked for: the merchant and the time, with which an index helps, and what else they must be. */
export interface EventFilter {
  merchantId?: string;
  from?: Date;
  to?: Date;
  others: FindOptionsWhere<AuditEvent>;
}

/** A record's place in the order of time. */
export type Moment = Pick<AuditEvent, 'createdAt' | 'id'>;

export interface FoundEvents {
  events: AuditEvent[];
  /** Where to go on; `null` at the end. */
  next: Moment | null;
}

/** Finds records among however many in a bounded time. */
@Injectable()
export class AuditSearch {
  constructor(@InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>) {}

  /** The records behind a moment; fewer than the limit, even none, if more would take too long. */
  async after(sought: EventFilter, order: 'ASC' | 'DESC', moment: Moment | null, limit: number): Promise<FoundEvents> {
    const end = Object.keys(sought.others).length > 0 ? await this.endOf(sought, order, moment) : null;
    const query = this.along(sought, order, moment)
      .andWhere(sought.others)
      .limit(limit + 1);
    if (end) query.andWhere(upTo(order), { endTime: end.createdAt, endId: end.id });
    const found = await query.getMany();
    const next = found.length > limit ? found[limit - 1] : end;
    return { events: found.slice(0, limit), next: next ? { createdAt: next.createdAt, id: next.id } : null };
  }

  /** A page by its number, newest first, with how many records there are in all. */
  page(sought: EventFilter, page: number, limit: number): Promise<[AuditEvent[], number]> {
    return this.along(sought, 'DESC', null)
      .andWhere(sought.others)
      .offset((page - 1) * limit)
      .limit(limit)
      .getManyAndCount();
  }

  /** The last record to look at, if there are more. */
  private endOf(sought: EventFilter, order: 'ASC' | 'DESC', moment: Moment | null): Promise<Moment | null> {
    return this.along(sought, order, moment)
      .select(['event.id', 'event.createdAt'])
      .offset(LOOK_AT - 1)
      .limit(1)
      .getOne();
  }

  private along(
    { merchantId, from, to }: EventFilter,
    order: 'ASC' | 'DESC',
    moment: Moment | null,
  ): SelectQueryBuilder<AuditEvent> {
    const query = this.events
      .createQueryBuilder('event')
      .where({ ...(merchantId !== undefined && { merchantId }) })
      .orderBy({ 'event.createdAt': order, 'event.id': order });
    if (from) query.andWhere('event.createdAt >= :from', { from });
    if (to) query.andWhere('event.createdAt < :to', { to });
    if (moment) query.andWhere(behind(order), { startTime: moment.createdAt, startId: moment.id });
    return query;
  }
}

/** Behind a place in the order, in words that leave one stretch of the index. */
function behind(order: 'ASC' | 'DESC'): string {
  const [further, back] = order === 'ASC' ? ['>=', '<='] : ['<=', '>='];
  return `event.createdAt ${further} :startTime AND NOT (event.createdAt = :startTime AND event.id ${back} :startId)`;
}

/** Up to and with the end. */
function upTo(order: 'ASC' | 'DESC'): string {
  const [back, behindIt] = order === 'ASC' ? ['<=', '>'] : ['>=', '<'];
  return `event.createdAt ${back} :endTime AND NOT (event.createdAt = :endTime AND event.id ${behindIt} :endId)`;
}
