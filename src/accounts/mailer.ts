import { Injectable, Logger } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { Config } from '../config.js';

interface Mail {
  to: string;
  subject: string;
  text: string;
}

/** Sends mail through `SMTP_URL`. Without it, mails are written to the log, so that their links can be followed; never in production. */
@Injectable()
export class Mailer {
  private readonly logger = new Logger('Mail');
  private readonly transport: Transporter | null;

  constructor(private readonly config: Config) {
    this.transport = config.SMTP_URL
      ? createTransport(config.SMTP_URL, { from: config.MAIL_FROM, disableFileAccess: true, disableUrlAccess: true })
      : null;
  }

  /** Hands a mail over without keeping the caller waiting, so that an answer's time doesn't tell whether there was one. */
  send(mail: Mail): void {
    if (this.transport) {
      this.transport.sendMail(mail).catch((error: unknown) => {
        this.logger.error(
          `"${mail.subject}" could not be sent: ${error instanceof Error ? error.message : String(error)}`,
        );
      });
    } else if (!this.config.isProduction) {
      this.logger.warn(`SMTP_URL is not set. To ${mail.to}: ${mail.subject}\n${mail.text}`);
    } else {
      this.logger.error(`"${mail.subject}" was not sent: SMTP_URL is not set.`);
    }
  }
}
