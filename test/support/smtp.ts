import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  to: string;
  text: string;
}

/** A real SMTP server on loopback that keeps what it gets. */
export class Mailbox {
  readonly mails: ReceivedMail[] = [];
  /** Whether it takes no mail for the time being. */
  isRefusing = false;
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        // Quoted-printable: soft line breaks, and the equals signs of links.
        const text = Buffer.concat(chunks).toString('utf8').replaceAll('=\r\n', '').replaceAll('=3D', '=');
        if (this.isRefusing) {
          done(Object.assign(new Error('Try again later'), { responseCode: 451 }));
          return;
        }
        for (const { address } of session.envelope.rcptTo) this.mails.push({ to: address, text });
        done();
      });
    },
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  /** The newest mail to an address, once it has come. */
  async latestTo(address: string, count = 1): Promise<ReceivedMail> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const mails = this.mails.filter(({ to }) => to === address);
      const latest = mails.at(-1);
      if (latest && mails.length >= count) return latest;
      await sleep(25);
    }
    throw new Error(`No mail to ${address}.`);
  }

  /** The newest mail to an address that contains a text. */
  async mailWith(address: string, text: string): Promise<ReceivedMail> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const found = this.mails.findLast((mail) => mail.to === address && mail.text.includes(text));
      if (found) return found;
      await sleep(25);
    }
    throw new Error(`No mail to ${address} contains ${text}.`);
  }

  /** The link in the newest mail to an address that has one of the kind. */
  async linkTo(address: string, kind = /(signup|confirm)/): Promise<string> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const links = this.mails
        .filter(({ to }) => to === address)
        .flatMap(({ text }) => text.match(/http:\/\/\S+/g) ?? [])
        .filter((link) => kind.test(link));
      const latest = links.at(-1);
      if (latest) return latest;
      await sleep(25);
    }
    throw new Error(`No such link to ${address}.`);
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve));
  }
}
