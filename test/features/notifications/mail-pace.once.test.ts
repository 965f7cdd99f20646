/** Guarantees of mails that strangers and members can have sent to any address: few, at growing intervals, and the newest link is among them. */

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestServer } from '../../support/server.js';

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

describe('mails to one address', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(() => server.stop());

  const newAddress = () => `person-${randomUUID()}@person.example`;
  const signUp = (email: string, by = server) => by.call('POST', '/signup', { json: { email, language: 'en' } });
  const mailsTo = (address: string) => server.mailbox.mails.filter(({ to }) => to === address);
  const idIn = (text = '') => {
    const id = /\/confirm\/signup\/(\w+)/.exec(text)?.[1] ?? '';
    server.secrets.add(id);
    return id;
  };
  /** The mails to an address, once all that are on their way have come. */
  const arrived = async (address: string) => {
    await server.mailbox.latestTo(address);
    await sleep(400);
    return mailsTo(address);
  };

  it('are few, however often it signs up, and every signup gets the same answer', async () => {
    const email = newAddress();
    for (let attempt = 0; attempt < 60; attempt += 1) {
      const { status, body } = await signUp(email);
      expect([status, body]).toEqual([201, { result: 'success', email }]);
    }
    expect(await arrived(email)).toHaveLength(1);
    for (const mail of mailsTo(email)) idIn(mail.text);
  });

  it('are the same few in any letter case and with anything after a plus sign', async () => {
    const email = newAddress();
    for (const same of [email, email.replace('@', '+1@'), email.replace('person', 'PERSON')]) await signUp(same);
    await arrived(email);
    const mails = server.mailbox.mails.filter(({ to }) => to.toLowerCase().replace('+1', '') === email);
    expect(mails).toHaveLength(1);
    idIn(mails[0]?.text);
  });

  it('end with the newest, whose link is the one that works', async () => {
    const email = newAddress();
    await signUp(email);
    const first = idIn((await server.mailbox.latestTo(email)).text);
    await signUp(email);
    await signUp(email);
    expect(await arrived(email)).toHaveLength(1);
    server.clock.advance(MINUTE);
    const latest = idIn((await server.mailbox.latestTo(email, 2)).text);
    expect(await arrived(email)).toHaveLength(2);
    const confirm = (id: string) => server.call('POST', `/confirm/signup/${id}`, { json: { consent: 1 } });
    expect([(await confirm(latest)).status, (await confirm(first)).status]).toEqual([200, 404]);
  });

  it('are few when a member invites, removes and invites it again', async () => {
    const email = newAddress();
    const { token } = await server.newMerchant();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const { status, body } = await server.call('POST', '/api/v1/members', { token, json: { email, role: 'user' } });
      expect(status).toBe(201);
      await server.call('DELETE', `/api/v1/members/${body.id}`, { token });
    }
    expect(await arrived(email)).toHaveLength(1);
  });

  it('do not keep mails of another subject from it', async () => {
    const email = newAddress();
    const { token } = await server.newMerchant();
    await signUp(email);
    await server.call('POST', '/api/v1/members', { token, json: { email, role: 'user' } });
    idIn((await server.mailbox.latestTo(email, 2)).text);
    for (const mail of mailsTo(email)) idIn(mail.text);
  });

  it('come at once when they are notices about the security of the account, at most ten a day', async () => {
    const user = await server.newMerchant();
    const { token } = user;
    const notices = () =>
      mailsTo(user.email).filter(({ text }) => text.includes('Subject: Your password has been changed')).length;
    let current = user.password;
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      const password = `${user.password}${attempt}`;
      const json = { password, currentPassword: current };
      expect((await server.call('PATCH', '/account/jwt', { token, json })).status).toBe(200);
      current = password;
    }
    for (let attempt = 0; attempt < 100 && notices() < 10; attempt += 1) await sleep(50);
    await sleep(400);
    expect(notices()).toBe(10);
  }, 30_000);

  it('name the company and the role in an invitation', async () => {
    const email = newAddress();
    const { token } = await server.newMerchant();
    await server.call('POST', '/api/v1/members', { token, json: { email, role: 'readOnly' } });
    expect((await server.mailbox.latestTo(email)).text).toContain(
      'You have been invited to join the company "Example Shop Ltd" at Keywright, with the role readOnly.',
    );
  });

  it('are counted by all instances together, also after a restart', async () => {
    const email = newAddress();
    const other = await server.another();
    await signUp(email);
    await server.mailbox.latestTo(email);
    await signUp(email, other);
    await other.close();
    const third = await server.another();
    await signUp(email, third);
    expect(await arrived(email)).toHaveLength(1);
    await third.close();
    for (const mail of mailsTo(email)) idIn(mail.text);
  });

  it('come at growing intervals, and at most ten a day', async () => {
    const email = newAddress();
    const gaps = [1, 5, 15, 60, 60, 60, 60, 60, 60];
    await signUp(email);
    idIn((await server.mailbox.latestTo(email)).text);
    for (const [index, minutes] of gaps.entries()) {
      server.clock.advance(minutes * MINUTE - 10);
      await signUp(email);
      expect(await arrived(email)).toHaveLength(index + 1);
      server.clock.advance(10);
      idIn((await server.mailbox.latestTo(email, index + 2)).text);
    }
    server.clock.advance(120 * MINUTE);
    await signUp(email);
    expect(await arrived(email)).toHaveLength(10);
    server.clock.advance(DAY);
    await signUp(email);
    idIn((await server.mailbox.latestTo(email, 11)).text);
  }, 30_000);
});
