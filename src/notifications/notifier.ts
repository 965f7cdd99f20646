import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { In, MoreThan, type EntityManager } from 'typeorm';
import { Mailer } from '../accounts/mails/mailer.js';
import { inBatches } from '../platform/runtime/batches.js';
import { Clock } from '../platform/runtime/clock.js';
import { type AuditTrailEntry } from '../platform/events/audit-trail-entry.js';
import { forUpdate } from '../platform/database/row-locks.js';
import { insertRows } from '../platform/database/rows.js';
import { Transaction } from '../platform/database/transactions/transaction.js';
import { MailSender } from './mail-sender.js';
import { Mail, type MailItem } from './mail.entity.js';
import { selectAudience, type Audience } from './recipients.js';
import { isUrgent, buildItem } from './messages.js';
import { OnSealed } from '../platform/events/listening.js';

/** The time in which events are gathered into one mail. */
const GATHER_SECONDS = 30;

/**
 * The time in which detected exposures are gathered while their keys remain valid: a misconfigured client exposes all keys of its merchant, which
 * should cause one mail rather than one for each.
 */
const SIGHTINGS_GATHER_SECONDS = 360;

/** The most events in a mail; further events are only counted. */
const ITEMS_MAX = 50;

/** The most bytes of these events as JSON; the column takes 65,535. */
const BYTES_MAX = 60_000;

/** Rows in one statement. */
const BATCH = 200;

/** The new events for an account, and when they must be sent at the latest. */
interface News {
  items: MailItem[];
  dueAt: Date;
}

/**
 * Writes mails about events, in the transaction that seals these in the audit trail: no committed event is missed, and none that was rolled back
 * is notified.
 */
@Injectable()
export class Notifier {
  constructor(
    private readonly clock: Clock,
    private readonly mailer: Mailer,
    private readonly sender: MailSender,
  ) {}

  @OnSealed()
  async notify(entries: AuditTrailEntry[], tx: Transaction): Promise<void> {
    if (!this.mailer.isReachable) return;
    const news = this.newsIn(await selectAudience(tx.manager, entries));
    if (news.size === 0) return;
    const dueMs = Math.min(...Array.from(news.values(), ({ dueAt }) => dueAt.getTime()));
    for (const mail of await this.openMails(tx.manager, [...news.keys()])) {
      const more = news.get(mail.accountId);
      if (more) await tx.manager.update(Mail, { id: mail.id }, withMore(mail, more));
      news.delete(mail.accountId);
    }
    const mails = [...news].map(([accountId, own]) => this.newMail(accountId, own));
    for (const batch of inBatches(mails, BATCH)) await insertRows(tx.manager, Mail, batch);
    tx.during('announce', () => this.sender.expect(new Date(dueMs)));
  }

  /** Groups the new events by account. */
  private newsIn(told: Audience[]): Map<number, News> {
    const news = new Map<number, News>();
    for (const { accountId, type, entry } of told) {
      const dueAt = this.clock.in(isSighting(entry) ? SIGHTINGS_GATHER_SECONDS : GATHER_SECONDS);
      const own = news.get(accountId) ?? { items: [], dueAt };
      own.items.push(buildItem(type, entry));
      own.dueAt = earlier(own.dueAt, dueAt);
      news.set(accountId, own);
    }
    return news;
  }

  /** Locks the mails that no attempt has been made to send, so that events added to one are sent with it. */
  private async openMails(manager: EntityManager, accountIds: number[]): Promise<Mail[]> {
    const mails = await manager.find(Mail, {
      where: { accountId: In(accountIds), attempts: 0, nextAttemptAt: MoreThan(this.clock.now()) },
      ...forUpdate(manager),
    });
    return [...new Map(mails.map((mail) => [mail.accountId, mail])).values()];
  }

  private newMail(accountId: number, { items, dueAt }: News): Mail {
    return {
      id: randomUUID(),
      accountId,
      items: firstOf(items),
      itemCount: items.length,
      attempts: 0,
      nextAttemptAt: dueAt,
      lastError: null,
      createdAt: this.clock.now(),
      sentAt: null,
      failedAt: null,
    };
  }
}

const withMore = (
  { items, itemCount, nextAttemptAt }: Mail,
  more: News,
): Pick<Mail, 'items' | 'itemCount' | 'nextAttemptAt'> => ({
  items: firstOf([...items, ...more.items]),
  itemCount: itemCount + more.items.length,
  nextAttemptAt: nextAttemptAt && earlier(nextAttemptAt, more.dueAt),
});

/** Keeps the events that fit into a mail, urgent ones first. */
function firstOf(items: MailItem[]): MailItem[] {
  const first = items.toSorted((one, other) => rankOf(one) - rankOf(other)).slice(0, ITEMS_MAX);
  while (Buffer.byteLength(JSON.stringify(first)) > BYTES_MAX) first.pop();
  return first;
}

const rankOf = ({ type }: MailItem): number => (isUrgent(type) ? 0 : 1);

const isSighting = ({ name, details: { source, action } }: AuditTrailEntry): boolean =>
  name === 'api_key.exposed' && (source === 'query' || source === 'http') && action === 'none';

const earlier = (one: Date, other: Date): Date => (one < other ? one : other);
