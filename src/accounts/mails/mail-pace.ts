import { createHash } from 'node:crypto';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Counter } from '../../platform/limits/database-limiter.js';
import { Limiters } from '../../platform/limits/limiters.js';
import { LogEntry } from '../../platform/observability/logs/log-entry.js';
import { BackgroundTask } from '../../platform/runtime/background-task.js';
import { Clock, DAY_SECONDS } from '../../platform/runtime/clock.js';

/** The least times between the first and the second mail of a subject to an address, the second and the third, and so on. */
const GAP_SECONDS = [60, 300, 900, 3600];

/** The most mails of a subject to an address in a day that begins with the first. */
const PER_DAY = 10;

/** The most mails that wait for the end of a gap. */
const WAITING_MAX = 1000;

interface PacedMail {
  to: string;
  subject: string;
  requestId?: string | null;
  merchantId?: string;
  /** Whether it tells of a change to the account that its owner must learn of at once. It is sent without a gap, but counts against the day. */
  isNotice?: boolean;
}

interface Waiting {
  mail: PacedMail;
  send: () => Promise<void>;
  dueMs: number;
}

/**
 * Keeps strangers and members from having many mails sent to an address: the first mail of a subject and a merchant is sent at once, the next ones at growing
 * intervals, and few in a day. Of those that wait for the end of an interval only the newest is sent, because its link replaces theirs. Notices about
 * the security of an account have no intervals. All instances count together.
 */
@Injectable()
export class MailPace implements OnApplicationShutdown {
  private readonly logger = new Logger('Mail');
  private readonly gaps: Counter;
  private readonly days: Counter;
  private readonly waiting = new Map<string, Waiting>();
  private readonly sending = new BackgroundTask(() => this.sendDue(), 'Mails wait', this.logger);

  constructor(
    limiters: Limiters,
    private readonly clock: Clock,
  ) {
    this.gaps = limiters.lasting(1, GAP_SECONDS[0] ?? 0);
    this.days = limiters.lasting(PER_DAY, DAY_SECONDS);
  }

  onApplicationShutdown(): void {
    if (this.waiting.size > 0)
      this.logger.warn(`${this.waiting.size} mails to addresses that have just got one were not sent.`);
  }

  /** Sends a mail when its turn comes, unless a newer one of the same subject to the same address comes first. */
  async submit(mail: PacedMail, send: () => Promise<void>): Promise<void> {
    const subject = [inboxOf(mail.to), mail.subject, mail.merchantId ?? ''].join(' ');
    const waitMs = await this.take(subject, mail.isNotice === true);
    this.waiting.delete(subject);
    if (waitMs === 0) return send();
    const { requestId } = mail;
    if (waitMs === null || this.waiting.size >= WAITING_MAX) {
      this.logger.log(
        new LogEntry(`"${mail.subject}" was not sent: its address has got many such mails.`, { requestId }),
      );
      return;
    }
    this.waiting.set(subject, { mail, send, dueMs: this.clock.nowMs() + waitMs });
    const text = `"${mail.subject}" waits ${Math.ceil(waitMs / 1000)} s: its address has just got such a mail.`;
    this.logger.log(new LogEntry(text, { requestId }));
  }

  @Interval('mail pace', 1000)
  tick(): void {
    if (this.waiting.size > 0 && !this.sending.isUnderWay) void this.sending.run();
  }

  private async sendDue(): Promise<void> {
    const nowMs = this.clock.nowMs();
    const due = [...this.waiting].filter(([, { dueMs }]) => dueMs <= nowMs);
    for (const [subject, { mail, send }] of due) {
      this.waiting.delete(subject);
      // A mail server that is slow delays no others.
      void this.submit(mail, send);
    }
    return Promise.resolve();
  }

  /**
   * Counts a mail, unless it has to wait.
   *
   * @returns how long it has to wait, in milliseconds; `null` when there have been enough for today
   */
  private async take(subject: string, isNotice: boolean): Promise<number | null> {
    const [gap, day] = [digest(`mail gap ${subject}`), digest(`mails ${subject}`)];
    const sent = (await this.days.get(day))?.consumedPoints ?? 0;
    if (sent >= PER_DAY) return null;
    const customDuration = GAP_SECONDS[Math.min(sent, GAP_SECONDS.length - 1)];
    try {
      if (!isNotice) await this.gaps.consume(gap, 1, { customDuration });
      await this.days.consume(day);
      return 0;
    } catch (reached) {
      if (!(reached instanceof RateLimiterRes)) throw reached;
      if (isNotice) return null;
      return Math.max(1, reached.msBeforeNext);
    }
  }
}

/** The inbox that an address leads to: letter case and what follows a plus sign make no other. */
const inboxOf = (address: string): string =>
  address
    .trim()
    .toLowerCase()
    .replace(/\+[^@]*@/, '@');

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
