import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { Transporter } from 'nodemailer';
import { Config } from '../../platform/config/config.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { LogEntry } from '../../platform/observability/logs/log-entry.js';
import { errorMessage } from '../../platform/runtime/error-message.js';
import { optionalPackage } from '../../platform/runtime/optional-package.js';
import { MailPace } from './mail-pace.js';

const nodemailer = optionalPackage<typeof import('nodemailer')>('nodemailer');

interface Mail {
  to: string;
  subject: string;
  text: string;
  /** The request that caused the mail, for the log. */
  requestId?: string | null;
  /** The merchant in whose name it is sent. Mails of one subject in the names of several do not delay each other. */
  merchantId?: string;
  /** Whether it tells of a change to the security of an account, and is not to be delayed. */
  isNotice?: boolean;
}

/** The longest time that a mail server may take to respond. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/** The delays between attempts to send a mail. Servers with greylisting accept a mail after some minutes. */
const RETRY_SECONDS = [1, 60, 300, 900];

/** The most mails that wait for a retry; beyond it, the mail server is considered to be down for good. */
const WAITING_MAX = 1000;

/** Sends mails through `SMTP_URL`. Without it, mails are written to the log, so that their links can be followed, but never in production. */
@Injectable()
export class Mailer {
  private readonly logger = new Logger('Mail');
  private readonly transport: Transporter | null;
  private waiting = 0;
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly config: Config,
    private readonly pace: MailPace,
  ) {
    this.transport = config.SMTP_URL
      ? nodemailer().createTransport(
          { url: config.SMTP_URL, ...TIMEOUTS },
          { from: config.MAIL_FROM, disableFileAccess: true, disableUrlAccess: true },
        )
      : null;
  }

  /** Whether mails can be sent. */
  get isReachable(): boolean {
    return this.transport !== null || !this.config.isProduction;
  }

  /** @throws {DomainError} `mail.unavailable` if mails cannot be sent, for what is worth nothing without its mail */
  assertReachable(): void {
    if (!this.isReachable) throw new DomainError('mail.unavailable');
  }

  /** Sends a mail at once, and returns once the mail server has accepted it. */
  async deliver(mail: Mail): Promise<void> {
    if (this.transport) await this.transport.sendMail(mail);
    else this.log(mail);
  }

  /**
   * Sends a mail in the background, once the response has been sent, so that its time does not reveal whether there was a mail. Several mails of
   * one subject to one address are sent at growing intervals, or not at all (see {@link MailPace}).
   */
  send(mail: Mail): void {
    const { transport } = this;
    const sending = nextTurn().then(() =>
      transport ? this.pace.submit(mail, () => this.sendInTime(transport, mail)) : this.log(mail),
    );
    this.underWay.add(sending);
    void sending.finally(() => this.underWay.delete(sending));
  }

  private log({ to, subject, text, requestId }: Mail): void {
    if (!this.config.isProduction) {
      this.logger.warn(`SMTP_URL is not set. To ${to}: ${subject}\n${text}`);
    } else {
      this.logger.error(new LogEntry(`"${subject}" was not sent: SMTP_URL is not set.`, { requestId }));
    }
  }

  /** Waits for the mails that are being sent, for so long at the most. For a process that ends as soon as it has done its work. */
  async settle(maxMs: number): Promise<void> {
    await Promise.race([Promise.allSettled(this.underWay), sleep(maxMs, undefined, { ref: false })]);
  }

  /** The link in such a mail exists only in this process, so the mail is retried as long as its recipient may wait for it. */
  private async sendInTime(transport: Transporter, { to, subject, text, requestId }: Mail): Promise<void> {
    for (const seconds of [...RETRY_SECONDS, null]) {
      try {
        await transport.sendMail({ to, subject, text });
        return;
      } catch (error) {
        const message = `"${subject}" could not be sent: ${errorMessage(error)}`;
        if (seconds === null || isFinal(error) || this.waiting >= WAITING_MAX) {
          this.logger.error(new LogEntry(message, { requestId }));
          return;
        }
        this.logger.warn(new LogEntry(`${message}. The next attempt is in ${seconds} s.`, { requestId }));
        this.waiting += 1;
        await sleep(seconds * 1000, undefined, { ref: false });
        this.waiting -= 1;
      }
    }
  }
}

/** Whether the mail server will never take this mail (RFC 5321, section 4.2.1). */
const isFinal = (error: unknown): boolean => ((error as { responseCode?: number } | null)?.responseCode ?? 0) >= 500;
