import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { And, LessThan, MoreThanOrEqual, type FindOperator, type Repository } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Account } from '../accounts/account.entity.js';
import { DomainError } from '../domain/domain-error.js';
import { AuditEvent } from './audit-event.entity.js';
import type { ListAuditEventsQuery } from './audit.dto.js';

/** Accounts start at 1, so nobody has this number. */
const NOBODY = 0;

/** The audit trail, newest first. */
@Injectable()
export class AuditService {
  constructor(
    @InjectRepository(AuditEvent) private readonly events: Repository<AuditEvent>,
    @InjectRepository(Account) private readonly accounts: Repository<Account>,
  ) {}

  /** @throws {DomainError} `access.other_owner` for another merchant's events, below level 8 */
  async list(caller: Caller, query: ListAuditEventsQuery): Promise<[AuditEvent[], number]> {
    const { page, limit, action, targetType, targetId } = query;
    const seesAll = caller.level >= LEVELS.everything;
    const merchantId = query.merchantId ?? (seesAll ? undefined : caller.merchantId);
    if (!seesAll && merchantId !== caller.merchantId) throw new DomainError('access.other_owner');
    const createdAt = between(query);
    return this.events.findAndCount({
      where: {
        ...(merchantId !== undefined && { merchantId }),
        ...(action !== undefined && { action }),
        ...(targetType !== undefined && { targetType }),
        ...(targetId !== undefined && { targetId }),
        ...(query.actorId !== undefined && { actorAccountId: await this.numberOf(query.actorId) }),
        ...(createdAt && { createdAt }),
      },
      order: { createdAt: 'DESC', id: 'DESC' },
      skip: (page - 1) * limit,
      take: limit,
    });
  }

  private async numberOf(uuid: string): Promise<number> {
    return (await this.accounts.findOneBy({ uuid }))?.id ?? NOBODY;
  }
}

function between({ from, to }: ListAuditEventsQuery): FindOperator<Date> | null {
  const bounds = [...(from ? [MoreThanOrEqual(new Date(from))] : []), ...(to ? [LessThan(new Date(to))] : [])];
  return bounds.length > 0 ? And(...bounds) : null;
}
