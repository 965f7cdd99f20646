import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Account, STATUS } from '../accounts/account.entity.js';
import { Mailer } from '../accounts/mails/mailer.js';
import { Config } from '../platform/config/config.js';
import { SYSTEM } from '../platform/events/actor.js';
import { Clock, DAY_SECONDS, secondsAfter } from '../platform/runtime/clock.js';
import { errorMessage } from '../platform/runtime/error-message.js';
import { BackgroundTask } from '../platform/runtime/background-task.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { MailOutbox } from './mail-outbox.js';
import { Mail } from './mail.entity.js';
import { renderText } from './messages.js';
import { NOTHING } from '../platform/events/invalidation.js';

/** The interval at which to look for mails that other instances left behind. */
const LOOK_EVERY_MS = 15_000;

/** The most mails sent at a time. */
const AT_ONCE = 10;

/** The delays between attempts grow from the first of these to the second. */
const RETRY_SECONDS = 30;
const RETRY_SECONDS_MAX = 3600;

/** A mail that could not be sent for this long is given up. */
const GIVE_UP_AFTER_SECONDS = DAY_SECONDS;

/** The longest time that a stopping server waits for mails in transit. */
const SHUTDOWN_MS = 2000;

/** Sends mails that are due. Every instance runs it; each mail is sent by one of them, and retried when the mail server doesn't accept it. */
@Injectable()
export class MailSender implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Mail');
  private readonly sending = new BackgroundTask(() => this.sendDue(), 'Mails wait for the database', this.logger);
  private nextLookMs = 0;
  private isStopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly mailer: Mailer,
    private readonly outbox: MailOutbox,
    private readonly transactions: Transactions,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    // Mails still in transit then count as not sent.
    const late = new AbortController();
    await Promise.race([
      this.sending.settled(),
      sleep(SHUTDOWN_MS, undefined, { signal: late.signal }).catch(() => undefined),
    ]);
    late.abort();
  }

  /** Announces that a mail will be due at this moment. */
  expect(at: Date): void {
    this.nextLookMs = Math.min(this.nextLookMs, at.getTime());
  }

  @Interval('mail', 500)
  tick(): void {
    const nowMs = this.clock.nowMs();
    if (this.isStopped || !this.config.sendsMessages() || this.sending.isUnderWay || nowMs < this.nextLookMs) return;
    this.nextLookMs = nowMs + LOOK_EVERY_MS;
    void this.sending.run();
  }

  private async sendDue(): Promise<void> {
    for (let mails: Mail[] = []; ;) {
      mails = this.isStopped ? [] : await this.outbox.claim(AT_ONCE);
      if (mails.length === 0) return;
      await Promise.all(mails.map((mail) => this.send(mail)));
    }
  }

  private async send(mail: Mail): Promise<void> {
    const account = await this.outbox.recipientOf(mail);
    // Members who have left or have been blocked are no longer notified.
    if (account?.status !== STATUS.active || account.deletedAt !== null) return this.outbox.drop(mail);
    try {
      await this.mailer.deliver({ to: account.email, ...renderText(mail) });
    } catch (error) {
      return this.postpone(mail, account, errorMessage(error));
    }
    return this.outbox.note(mail, { sentAt: this.clock.now(), nextAttemptAt: null });
  }

  private async postpone(mail: Mail, account: Account, message: string): Promise<void> {
    const lastError = Array.from(message).slice(0, 200).join('');
    const now = this.clock.now();
    if (now < secondsAfter(mail.createdAt, GIVE_UP_AFTER_SECONDS)) {
      const nextAttemptAt = secondsAfter(now, waitSeconds(mail.attempts));
      await this.outbox.note(mail, { lastError, nextAttemptAt });
      this.expect(nextAttemptAt);
      return;
    }
    this.logger.error(`The mail to account ${account.id} was given up after ${mail.attempts} attempts: ${lastError}`);
    await this.transactions.run((tx) => this.giveUp(tx, mail, account, lastError));
  }

  private async giveUp(
    tx: Transaction,
    { id, attempts, itemCount }: Mail,
    account: Account,
    lastError: string,
  ): Promise<void> {
    await tx.manager.update(Mail, { id }, { lastError, nextAttemptAt: null, failedAt: this.clock.now() });
    await tx.publish({
      name: 'notification.undelivered',
      actor: SYSTEM,
      merchantId: account.merchantId,
      targetType: 'account',
      targetId: account.uuid,
      details: { attempts, count: itemCount },
      invalidates: NOTHING,
    });
  }
}

/** Spreads the retries, so that a recovering mail server doesn't get all mails at once. */
function waitSeconds(attempts: number): number {
  const seconds = Math.min(RETRY_SECONDS * 2 ** (attempts - 1), RETRY_SECONDS_MAX);
  return seconds * (0.8 + Math.random() * 0.4);
}
