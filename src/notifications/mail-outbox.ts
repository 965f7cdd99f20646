import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, LessThanOrEqual, Not, type Repository } from 'typeorm';
import { Account } from '../accounts/account.entity.js';
import { Clock } from '../platform/runtime/clock.js';
import { OutboxMetrics } from '../platform/observability/metrics/outbox-metrics.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { forUpdate } from '../platform/database/row-locks.js';
import { Mail } from './mail.entity.js';

/** A claimed mail becomes free again after this time, so that another instance can send it. */
const CLAIM_SECONDS = 180;

/** The mails that wait to be sent. */
@Injectable()
export class MailOutbox {
  constructor(
    @InjectRepository(Account) private readonly accounts: Repository<Account>,
    @InjectRepository(Mail) private readonly mails: Repository<Mail>,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    outboxMetrics: OutboxMetrics,
  ) {
    outboxMetrics.add('mail', mails, { nextAttemptAt: Not(IsNull()) });
  }

  /** Claims some of the mails that are due, so that no other instance sends them. */
  async claim(limit: number): Promise<Mail[]> {
    const due = { nextAttemptAt: LessThanOrEqual(this.clock.now()) };
    // There are usually none, and finding that out needs no transaction.
    if (!(await this.mails.existsBy(due))) return [];
    return this.transactions.run(async ({ manager }) => {
      const mails = await manager.find(Mail, {
        where: due,
        order: { nextAttemptAt: 'ASC' },
        take: limit,
        ...forUpdate(manager, 'skip_locked'),
      });
      if (mails.length === 0) return [];
      const claim = { nextAttemptAt: this.clock.in(CLAIM_SECONDS), attempts: () => 'attempts + 1' };
      await manager.update(Mail, { id: In(mails.map(({ id }) => id)) }, claim);
      return mails.map((mail) => Object.assign(mail, { attempts: mail.attempts + 1 }));
    });
  }

  recipientOf({ accountId }: Mail): Promise<Account | null> {
    return this.accounts.findOneBy({ id: accountId });
  }

  async note({ id }: Mail, what: Partial<Pick<Mail, 'sentAt' | 'nextAttemptAt' | 'lastError'>>): Promise<void> {
    await this.transactions.run(({ manager }) => manager.update(Mail, { id }, what));
  }

  async drop({ id }: Mail): Promise<void> {
    await this.transactions.run(({ manager }) => manager.delete(Mail, { id }));
  }
}
