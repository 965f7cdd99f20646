import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { LEVELS } from '../access/levels.js';
import { Clock } from '../platform/runtime/clock.js';
import { EVENT_TYPES, type EventType } from '../platform/events/notifiable-events.js';
import { AuditTrail } from '../platform/events/audit-trail.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { lockRow } from '../platform/database/row-locks.js';
import { Account } from '../accounts/account.entity.js';
import { NotificationChoice } from './notification-choice.entity.js';

/** What those are told who can manage keys and haven't said anything. Of exposed keys they are told in any case. */
const UNASKED: EventType[] = ['api_key.expiring', 'api_key.expired', 'api_key.idle'];

/** What an account is told by mail. */
export interface Choice {
  events: EventType[];
  isDefault: boolean;
}

/** What an account of this level is told that has chosen this, or nothing yet. */
export function eventsFor(level: number, chosen: EventType[] | null): EventType[] {
  if (chosen) return chosen;
  return level >= LEVELS.writeOwn ? UNASKED : [];
}

/** What people want to be told by mail. */
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
    return { events: eventsFor(level, choice?.events ?? null), isDefault: choice === null };
  }

  async choose(caller: Caller, wanted: string[]): Promise<Choice> {
    const { accountId } = caller;
    // What happened before is told as was chosen before.
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
      });
    });
    return { events, isDefault: false };
  }
}
