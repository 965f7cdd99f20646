/** Guarantees of notifications: who gets which mail, once, however many instances run, and what happens while the mail server fails. */

import { setTimeout as sleep } from 'node:timers/promises';
import { In } from 'typeorm';
import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import { Mail } from '../../../src/notifications/mail.entity.js';
import { report, settled } from '../../support/exposures.js';
import { mailsSent, mailsTo as mailsOf } from '../../support/mails.js';
import { TestServer, type User } from '../../support/server.js';

const DAY_SECONDS = 86_400;
const PATH = '/api/v1/members/me/notifications';

describe('notifications', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    server.admin = await server.logIn('admin', server.admin.password);
    user = await server.newMerchant();
  });

  const choose = (events: unknown, who = user) => server.call('PUT', PATH, { token: who.token, json: { events } });
  const newKey = async (settings: object = {}, who = user): Promise<{ id: string; fullKey: string }> => {
    const json = { description: 'Checkout', ...settings };
    return (await server.call('POST', '/api/v1/api-keys', { token: who.token, json })).body;
  };
  const mailsTo = (who: User) => mailsOf(server, who);
  const outbox = () => server.dataSource.getRepository(Mail);
  const waiting = (...users: User[]) => outbox().findBy({ accountId: In(users.map(({ accountId }) => accountId)) });

  const sent = () => mailsSent(server);

  it('are by default those about deleted client keys, and for members who can manage keys those about expiring and idle keys', async () => {
    const reader = await server.newMember(user, 'readOnly');
    const read = async (who: User) => (await server.call('GET', PATH, { token: who.token })).body;
    expect(await read(user)).toEqual({
      events: ['api_key.expiring', 'api_key.expired', 'api_key.idle', 'api_key.deleted'],
      isDefault: true,
      available: expect.arrayContaining(['api_key.exposed', 'member.joined', 'quota.threshold']),
    });
    expect(await read(reader)).toMatchObject({ events: ['api_key.deleted'], isDefault: true });
    expect((await choose(['quota.threshold', 'api_key.created'], reader)).body).toMatchObject({
      events: ['api_key.created', 'quota.threshold'],
      isDefault: false,
    });
    expect(await read(reader)).toMatchObject({ events: ['api_key.created', 'quota.threshold'], isDefault: false });
  });

  it.each([[['api_key.nothing']], ['api_key.created'], [null], [[1]], [[[]]], [Array(101).fill('api_key.created')]])(
    'refuses the choice %j',
    async (events) => {
      const { status, body } = await choose(events);
      expect([status, body.details?.[0].field]).toEqual([400, 'events']);
    },
  );

  it('list several expiring keys in one mail to each subscriber', async () => {
    const [manager, reader, other, silent] = [
      await server.newMember(user, 'user'),
      await server.newMember(user, 'readOnly'),
      await server.newMerchant(),
      await server.newMember(user, 'user'),
    ];
    await choose([], silent);
    const keys = [];
    for (let n = 0; n < 3; n += 1)
      keys.push(await newKey({ expiresInSeconds: 10 * DAY_SECONDS, description: `Shop "${n}" Bcc: x` }));
    server.clock.advance(4 * DAY_SECONDS);
    await server.keepHouse('key_expiry');
    await sent();
    for (const who of [user, manager]) {
      const [mail, ...others] = mailsTo(who).filter(({ text }) => text.includes('api_key.expiring'));
      expect([others, mail?.text]).toEqual([[], expect.stringContaining('Subject: 3 API keys expire soon')]);
      for (const { id } of keys) expect(mail?.text).toContain(id);
      expect(mail?.text).toContain('expires within 7 days');
      expect(mail?.text).not.toMatch(/^Bcc/m);
    }
    for (const who of [reader, other, silent])
      expect(mailsTo(who).filter(({ text }) => text.includes('api_key.'))).toEqual([]);
  });

  it('about personal keys go to their owner alone', async () => {
    const owner = await server.newMember(user, 'user');
    const { key } = await server.newPersonalKey(owner, 4, 60);
    server.clock.advance(61);
    await server.keepHouse('key_expiry');
    await sent();
    expect(mailsTo(owner).at(-1)?.text).toContain(`(api_key ${key})`);
    expect(mailsTo(user).filter(({ text }) => text.includes(key))).toEqual([]);
  });

  it('follow each choice, mention a disabled key once, and show members only to those who may read them', async () => {
    const reader = await server.newMember(user, 'readSome');
    for (const who of [user, reader]) await choose(['api_key.disabled', 'api_key.updated', 'member.invited'], who);
    const { id } = await newKey();
    await server.call('PATCH', `/api/v1/api-keys/${id}`, { token: user.token, json: { isEnabled: false } });
    await server.call('POST', '/api/v1/members', {
      token: user.token,
      json: { email: `new-${user.clientId}@shop.example`, role: 'readOnly' },
    });
    await sent();
    const [mail = { text: '' }] = mailsTo(user).filter(({ text }) => text.includes('api_key.'));
    expect(mail.text).toContain('Subject: 2 events');
    expect(mail.text.match(/api_key\.\w+/g)).toEqual(['api_key.disabled']);
    expect(mail.text).toContain('member.invited');
    const [less] = mailsTo(reader).filter(({ text }) => text.includes('api_key.'));
    expect(less?.text).toContain('Subject: An API key was disabled');
    expect(less?.text).not.toContain('member.invited');
  });

  it('give the number of entries that do not fit', async () => {
    await choose(['api_key.created']);
    const keys = [];
    for (let n = 0; n < 52; n += 1) keys.push(await newKey());
    await sent();
    const mails = mailsTo(user).filter(({ text }) => text.includes('api_key.created'));
    expect(mails.length).toBe(1);
    expect(mails[0]?.text).toContain('Subject: 52 API keys were created');
    expect(mails[0]?.text).toContain('and 2 more');
    // Nothing keeps a mail from saying that a key is exposed, however much else there is, and however long its words are.
    await newKey();
    await report(
      server,
      keys.map(({ fullKey }) => fullKey),
      '"'.repeat(300),
    );
    await settled(server);
    await sent();
    const { text = '' } = mailsTo(user).at(-1) ?? {};
    expect(text).toContain('Subject: API keys were exposed');
    const named = text.match(/api_key\.exposed/g)?.length ?? 0;
    expect(named).toBeGreaterThan(30);
    expect(text).toContain(`and ${53 - named} more`);
  });

  it('are sent once by several instances', async () => {
    const other = await server.another();
    const members = [];
    for (let n = 0; n < 5; n += 1) {
      const member = await server.newMember(user, 'user');
      await choose(['api_key.created'], member);
      members.push(member);
    }
    await newKey();
    await sent();
    await sleep(1200);
    await other.close();
    await server.close();
    await server.open();
    for (const member of members) expect(mailsTo(member).filter(({ text }) => text.includes(PATH)).length).toBe(1);
  });

  it('are not sent to accounts that have lost access since', async () => {
    const member = await server.newMember(user, 'user');
    await choose(['api_key.created'], member);
    await newKey();
    await server.sealed();
    expect(await waiting(member)).toHaveLength(1);
    await server.call('PATCH', `/api/v1/members/${member.uuid}`, { token: user.token, json: { status: 'disabled' } });
    await sent();
    expect(await waiting(member)).toEqual([]);
    expect(mailsTo(member).filter(({ text }) => text.includes(PATH))).toEqual([]);
  });

  describe('while the mail server refuses mail', () => {
    beforeEach(() => (server.mailbox.isRefusing = true));
    afterEach(() => (server.mailbox.isRefusing = false));

    /** Once the only mail to the user has been tried so often. */
    const tried = async (attempts: number): Promise<Mail> => {
      for (let attempt = 0; attempt < 400; attempt += 1) {
        const [mail] = await waiting(user);
        if (mail && mail.attempts >= attempts && mail.lastError !== null) return mail;
        await sleep(25);
      }
      throw new Error('Nothing is tried.');
    };

    it('are retried until it accepts them', async () => {
      await choose(['api_key.created']);
      const { id } = await newKey();
      await server.sealed();
      server.clock.advance(31);
      const mail = await tried(1);
      expect([mail.sentAt, mail.lastError]).toEqual([null, expect.stringContaining('Try again later')]);
      server.mailbox.isRefusing = false;
      server.clock.advance(60);
      expect((await server.mailbox.mailWith(user.email, id)).text).toContain('Checkout');
    });

    it('are retried even with a link in them, and the log names the request', async () => {
      const email = `late-${user.clientId}@shop.example`;
      const json = { email, role: 'readOnly' };
      const { headers } = await server.call('POST', '/api/v1/members', { token: user.token, json });
      const isRefused = () => server.logs.some((line) => line.includes(String(headers['x-request-id'])));
      while (!isRefused()) await sleep(10);
      server.mailbox.isRefusing = false;
      expect((await server.mailbox.latestTo(email)).text).toContain('/members/signup?token=');
    });

    it('are given up after a day, which is audited', async () => {
      await choose(['api_key.created']);
      await newKey();
      await server.sealed();
      server.clock.advance(31);
      await tried(1);
      server.clock.advance(DAY_SECONDS);
      const events = server.dataSource.getRepository(AuditEvent);
      const undelivered = { action: 'notification.undelivered', targetId: user.uuid };
      for (let attempt = 0; attempt < 400 && (await events.countBy(undelivered)) === 0; attempt += 1) await sleep(25);
      expect(await events.findOneBy(undelivered)).toMatchObject({
        merchantId: user.merchantId,
        details: { attempts: 2, count: 1 },
      });
      const [mail] = await waiting(user);
      expect([mail?.failedAt === null, mail?.nextAttemptAt]).toEqual([false, null]);
      expect(server.logs.join('\n')).toContain('was given up after 2 attempts');
      server.clock.advance(31 * DAY_SECONDS);
      await server.keepHouse('mails');
      expect(await outbox().count()).toBe(0);
    });
  });
});
