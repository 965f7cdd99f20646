import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Clock } from '../platform/runtime/clock.js';
import { EVENT_TYPES, type EventType } from '../platform/events/notifiable-events.js';
import type { AuditTrailEntry } from '../platform/events/audit-trail-entry.js';
import { AuditTrail } from '../platform/events/audit-trail.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { lockRow } from '../platform/database/row-locks.js';
import { Account } from '../accounts/account.entity.js';
import { NotificationChoice } from './notification-choice.entity.js';
import { NOTHING } from '../platform/events/invalidation.js';

/**
 * The events that a member is notified of by default: every member of a client's deleted keys (see {@link isWanted}), members who can manage
 * keys also of keys that expire or are idle. Notices of exposed keys cannot be switched off.
 */
const DEFAULT_EVENTS: EventType[] = ['api_key.deleted'];
const MANAGER_EVENTS: EventType[] = ['api_key.expiring', 'api_key.expired', 'api_key.idle', ...DEFAULT_EVENTS];

/** The events that an account is notified of by mail. */
export interface Choice {
  events: EventType[];
  isDefault: boolean;
}

/** The choice of an account of this level: what it has chosen, else the default. */
export function choiceOf(level: number, chosen: EventType[] | null): Choice {
  if (chosen) return { events: chosen, isDefault: false };
  return { events: level >= LEVELS.writeOwn ? MANAGER_EVENTS : DEFAULT_EVENTS, isDefault: true };
}

/** Whether a choice includes an event. By default only deleted keys of the clients surface are included, whose deletion their team must learn of. */
export function isWanted({ events, isDefault }: Choice, type: EventType, { details }: AuditTrailEntry): boolean {
  if (isDefault && type === 'api_key.deleted' && details.surface !== 'clients') return false;
  return events.includes(type);
}

/** Which events members are notified of by mail. */
@Injectable()
export class ChoicesService {
  constructor(
    @InjectRepository(NotificationChoice) private readonly choices: Repository<NotificationChoice>,
    private readonly clock: Clock,
    private readonly auditTrail: AuditTrail,
    private readonly transactions: Transactions,
  ) {}

  async read({ accountId, level }: Caller): Promise<Choice> {
    const choice = await this.choices.findOneBy({ accountId });
    return choiceOf(level, choice?.events ?? null);
  }

  async choose(caller: Caller, wanted: string[]): Promise<Choice> {
    const { accountId } = caller;
    // Earlier events are notified by the earlier choice.
    await this.auditTrail.catchUp(caller.merchantId);
    const events = EVENT_TYPES.filter((type) => wanted.includes(type));
    await this.transactions.run(async (tx) => {
      const account = await lockRow(tx.manager, Account, accountId);
      const before = await tx.manager.findOneBy(NotificationChoice, { accountId });
      await tx.manager.upsert(NotificationChoice, { accountId, events, updatedAt: this.clock.now() }, ['accountId']);
      await tx.publish({
        name: 'account.notifications_changed',
        actor: caller,
        merchantId: caller.merchantId,
        targetType: 'account',
        targetId: account?.uuid ?? '',
        details: { events, changes: { events: { from: before?.events ?? null, to: events } } },
        invalidates: NOTHING,
      });
    });
    return { events, isDefault: false };
  }
}
