import { Injectable, Logger } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { Config } from '../config.js';
import { LogEntry } from '../domain/log-entry.js';

interface Mail {
  to: string;
  subject: string;
  text: string;
  /** Of the request that it is sent for, which lines of the log name. */
  requestId?: string | null;
}

/** How long a mail server may keep silent. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/** Sends mail through `SMTP_URL`. Without it, mails are written to the log, so that their links can be followed; never in production. */
@Injectable()
export class Mailer {
  private readonly logger = new Logger('Mail');
  private readonly transport: Transporter | null;

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
      this.transport.sendMail({ to, subject, text }).catch((error: unknown) => {
        const message = `"${subject}" could not be sent: ${error instanceof Error ? error.message : String(error)}`;
        this.logger.error(new LogEntry(message, { requestId }));
      });
    } else if (!this.config.isProduction) {
      this.logger.warn(`SMTP_URL is not set. To ${to}: ${subject}\n${text}`);
    } else {
      this.logger.error(new LogEntry(`"${subject}" was not sent: SMTP_URL is not set.`, { requestId }));
    }
  }
}
