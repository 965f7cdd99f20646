import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { Config } from '../platform/config/config.js';
import { LogEntry } from '../platform/observability/logs/log-entry.js';
import { errorMessage } from '../platform/runtime/error-message.js';

interface Mail {
  to: string;
  subject: string;
  text: string;
  /** Of the request that it is sent for, which lines of the log name. */
  requestId?: string | null;
}

/** How long a mail server may keep silent. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/** When a mail is tried again; servers that let strangers wait (greylisting) take it after some minutes. */
const RETRY_SECONDS = [1, 60, 300, 900];

/** Mails that wait to be tried again; past that the mail server is gone for good. */
const WAITING_MAX = 1000;

/** Sends mail through `SMTP_URL`. Without it, mails are written to the log, so that their links can be followed; never in production. */
@Injectable()
export class Mailer {
  private readonly logger = new Logger('Mail');
  private readonly transport: Transporter | null;
  private waiting = 0;

  constructor(private readonly config: Config) {
    this.transport = config.SMTP_URL
      ? createTransport(
          { url: config.SMTP_URL, ...TIMEOUTS },
          { from: config.MAIL_FROM, disableFileAccess: true, disableUrlAccess: true },
        )
      : null;
  }

  /** Whether mails go anywhere at all. */
  get isReachable(): boolean {
    return this.transport !== null || !this.config.isProduction;
  }

  /** Hands a mail over, and comes back once the mail server has taken it. */
  async deliver(mail: Mail): Promise<void> {
    if (this.transport) await this.transport.sendMail(mail);
    else this.send(mail);
  }

  /** Hands a mail over without keeping the caller waiting, so that an answer's time doesn't tell whether there was one. */
  send(mail: Mail): void {
    const { to, subject, text, requestId } = mail;
    if (this.transport) {
      void this.sendInTime(this.transport, mail);
    } else if (!this.config.isProduction) {
      this.logger.warn(`SMTP_URL is not set. To ${to}: ${subject}\n${text}`);
    } else {
      this.logger.error(new LogEntry(`"${subject}" was not sent: SMTP_URL is not set.`, { requestId }));
    }
  }

  /** Such a mail holds a link, which is nowhere but in this process: it is tried as long as somebody may wait for it. */
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
        this.logger.warn(new LogEntry(`${message}. It is tried again in ${seconds} s.`, { requestId }));
        this.waiting += 1;
        await sleep(seconds * 1000, undefined, { ref: false });
        this.waiting -= 1;
      }
    }
  }
}

/** Whether the mail server will never take this mail (RFC 5321, section 4.2.1). */
const isFinal = (error: unknown): boolean => ((error as { responseCode?: number } | null)?.responseCode ?? 0) >= 500;
