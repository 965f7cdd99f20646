import { setTimeout as sleep } from 'node:timers/promises';
import { IsNull } from 'typeorm';
import { Mail } from '../../src/notifications/mail.entity.js';
import type { ReceivedMail } from './smtp.js';
import type { TestServer, User } from './server.js';

/** Mails go out: what has happened is sealed, and the time passes in which more is added to them. */
export async function mailsSent(server: TestServer, gatheredSeconds = 31): Promise<void> {
  await server.sealed();
  server.clock.advance(gatheredSeconds);
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if ((await server.dataSource.getRepository(Mail).countBy({ sentAt: IsNull() })) === 0) return;
    await sleep(25);
  }
  throw new Error('Mails stay where they are.');
}

/** The mails to a user, but for the one that asks whether the address is the user's. */
export const mailsTo = (server: TestServer, { email }: User): ReceivedMail[] =>
  server.mailbox.mails.filter(({ to, text }) => to === email && !text.includes('Subject: Confirm your e-mail address'));
