import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { In, MoreThan, type EntityManager } from 'typeorm';
import { Mailer } from '../accounts/mailer.js';
import { Clock } from '../domain/clock.js';
import { SEALED, type TrailEntry } from '../domain/trail-entry.js';
import { Transaction } from '../domain/transactions.js';
import { insertRows } from '../statements.js';
import { MailSender } from './mail-sender.js';
import { Mail, type MailItem } from './mail.entity.js';
import { toldOf } from './recipients.js';
import { itemOf } from './words.js';

/** How long what happens at about the same time is gathered into one mail. */
const GATHER_SECONDS = 30;

/** Things that one mail tells; of what is more it says only how much. */
const ITEMS_MAX = 50;

/** Rows in one statement. */
const BATCH = 200;

/**
 * Writes the mails about what happened, in the transaction that gives it its place in the audit trail: none that was committed is forgotten,
 * and nobody is told of what wasn't.
 */
@Injectable()
export class Notifier {
  constructor(
    private readonly clock: Clock,
    private readonly mailer: Mailer,
    private readonly sender: MailSender,
  ) {}

  @OnEvent(SEALED, { suppressErrors: false })
  async tell(entries: TrailEntry[], tx: Transaction): Promise<void> {
    if (!this.mailer.isReachable) return;
    const items = new Map<number, MailItem[]>();
    for (const { accountId, type, entry } of await toldOf(tx.manager, entries)) {
      const own = items.get(accountId) ?? [];
      own.push(itemOf(type, entry));
      items.set(accountId, own);
    }
    if (items.size === 0) return;
    const open = await this.openMails(tx.manager, [...items.keys()]);
    for (const mail of open) {
      await tx.manager.update(Mail, { id: mail.id }, this.withMore(mail, items.get(mail.accountId) ?? []));
      items.delete(mail.accountId);
    }
    const mails = [...items].map(([accountId, own]) => this.newMail(accountId, own));
    for (let from = 0; from < mails.length; from += BATCH)
      await insertRows(tx.manager, Mail, mails.slice(from, from + BATCH));
    tx.afterCommit(() => {
      this.sender.expect(this.clock.in(GATHER_SECONDS));
      return Promise.resolve();
    });
  }

  /** Those that nobody has tried to send, locked: what is added to one goes out with it. */
  private async openMails(manager: EntityManager, accountIds: number[]): Promise<Mail[]> {
    const isSqlite = manager.dataSource.options.type === 'better-sqlite3';
    const mails = await manager.find(Mail, {
      where: { accountId: In(accountIds), attempts: 0, nextAttemptAt: MoreThan(this.clock.now()) },
      ...(!isSqlite && { lock: { mode: 'pessimistic_write' } }),
    });
    return [...new Map(mails.map((mail) => [mail.accountId, mail])).values()];
  }

  private withMore({ items, itemCount }: Mail, more: MailItem[]): Pick<Mail, 'items' | 'itemCount'> {
    return { items: [...items, ...more].slice(0, ITEMS_MAX), itemCount: itemCount + more.length };
  }

  private newMail(accountId: number, items: MailItem[]): Mail {
    return {
      id: randomUUID(),
      accountId,
      items: items.slice(0, ITEMS_MAX),
      itemCount: items.length,
      attempts: 0,
      nextAttemptAt: this.clock.in(GATHER_SECONDS),
      lastError: null,
      createdAt: this.clock.now(),
      sentAt: null,
      failedAt: null,
    };
  }
}
