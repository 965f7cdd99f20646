/** Guarantees for the e-mail address and the password: an address changes only by the link mailed to it, and a key changes neither. */

import { randomUUID } from 'node:crypto';
import { PASSWORD, TestServer, type User } from '../../support/server.js';

const NOT_FOUND = { result: 'error', error: 'confirmationNotFound' };
const LACKING = { result: 'error', error: 'insufficientAccessLevel' };

describe('accounts surface: e-mail address and password', () => {
  let server: TestServer;
  let owner: User;
  beforeAll(async () => {
    server = await TestServer.start();
    owner = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const newAddress = () => `moved-${randomUUID()}@person.example`;
  const change = (token: string, json: object) =>
    server.call('PATCH', '/account/jwt', { token, json: { currentPassword: PASSWORD, ...json } });
  const account = async (token: string) => (await server.call('GET', '/account/jwt', { token })).body.account;
  const follow = (id: string) => server.call('POST', `/confirm/email/${id}`);
  const logsIn = async (json: object) =>
    (await server.call('POST', '/login', { json: { ...json, password: PASSWORD } })).status === 200;

  async function mailedId(email: string): Promise<string> {
    const { text } = await server.mailbox.latestTo(email);
    const id = /\/confirm\/email\/(\w+)/.exec(text)?.[1] ?? '';
    server.secrets.add(id);
    return id;
  }

  it('changes the address once the link mailed to the new one is followed', async () => {
    const { token, email: before } = await server.newMember(owner, 'user');
    const email = newAddress();
    const asked = await change(token, { email });
    expect([asked.status, asked.body.account.email]).toEqual([200, before]);
    const id = await mailedId(email);
    expect((await account(token)).email).toBe(before);
    expect(asked.text).not.toContain(id);

    const { status, body } = await follow(id);
    expect([status, body]).toEqual([200, { result: 'success', email }]);
    expect((await account((await server.logIn(email, PASSWORD)).token)).email).toBe(email);
    expect(await logsIn({ email })).toBe(true);
    expect(await logsIn({ email: before })).toBe(false);
  });

  it('accepts a link once', async () => {
    const { token } = await server.newMember(owner, 'user');
    const email = newAddress();
    await change(token, { email });
    const id = await mailedId(email);
    const answers = await Promise.all([follow(id), follow(id), follow(id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
    const { status, body } = await follow(id);
    expect([status, body]).toEqual([404, NOT_FOUND]);
  });

  it('replaces an unconfirmed address by a newer one', async () => {
    const { token } = await server.newMember(owner, 'user');
    const [first, second] = [newAddress(), newAddress()];
    await change(token, { email: first });
    await change(token, { email: second });
    expect((await follow(await mailedId(first))).status).toBe(404);
    expect((await follow(await mailedId(second))).body).toEqual({ result: 'success', email: second });
  });

  it('refuses an address that another account has taken before the link is followed', async () => {
    const [slow, quick] = [await server.newMember(owner, 'user'), await server.newMember(owner, 'user')];
    const email = newAddress();
    await change(slow.token, { email });
    const link = await mailedId(email);
    // Another mail of its kind goes to an address a minute later.
    server.clock.advance(61);
    await change(quick.token, { email: email.toUpperCase() });
    expect(
      (await follow(await mailedId(email.toUpperCase().replace(/@.*/, (host) => host.toLowerCase())))).status,
    ).toBe(200);
    const { status, body } = await follow(link);
    expect([status, body]).toEqual([409, { result: 'error', error: 'emailTaken' }]);
    expect((await account(slow.token)).email).toBe(slow.email);
  });

  it('gives the same answer for a taken and a free address, and mails the link to it', async () => {
    const [one, other] = [await server.newMember(owner, 'user'), await server.newMember(owner, 'user')];
    await server.mailbox.latestTo(other.email);
    const { status, body } = await change(one.token, { email: other.email });
    expect([status, body.account.email]).toEqual([200, one.email]);
    const { text } = await server.mailbox.latestTo(other.email, 2);
    expect(text).toContain('/confirm/email/');
  });

  it.each(['unknown', '0'.repeat(48), '\0'])('answers 404 to the link %j', async (id) => {
    const { status, body } = await follow(encodeURIComponent(id));
    expect([status, body]).toEqual([404, NOT_FOUND]);
  });

  it('accepts a link only for its own purpose', async () => {
    const { token } = await server.newMember(owner, 'user');
    const email = newAddress();
    await change(token, { email });
    const json = { email: newAddress(), language: 'en', unittest: true };
    const signup = (await server.call('POST', '/signup', { json })).body.confirmation;
    expect((await follow(signup)).status).toBe(404);
    const id = await mailedId(email);
    const confirmed = await server.call('POST', `/confirm/signup/${id}`, { json: { consent: 1 } });
    expect([confirmed.status, confirmed.body]).toEqual([404, NOT_FOUND]);
    expect((await follow(id)).status).toBe(200);
  });

  it.each([
    ['the password', 3, { password: 'a password of its own' }],
    ['the address', 3, { email: 'taken-over@person.example' }],
    ['the password', 4, { password: 'a password of its own' }],
    ['the address', 4, { email: 'taken-over@person.example' }],
  ])('refuses to have %s set by a key of level %i, even with the current password', async (_, level, json) => {
    const member = await server.newMember(owner, 'user');
    const { basic } = await server.newPersonalKey(member, level);
    for (const current of [{}, { currentPassword: PASSWORD }]) {
      const wish = { ...json, ...current, language: 'de' };
      const { status, body } = await server.call('PATCH', '/account/key', { basic, json: wish });
      expect([status, body]).toEqual([403, LACKING]);
    }
    expect((await account(member.token)).language).toBe('en');
    expect(await logsIn({ email: member.email })).toBe(true);
    expect(server.mailbox.mails.filter(({ to }) => to === 'taken-over@person.example')).toEqual([]);
  });

  it('G8: lets a key set the username and the consent only if it is as strong as its owner', async () => {
    const member = await server.newMember(owner, 'user');
    const set = async (level: number, json: object) =>
      server.call('PATCH', '/account/key', { basic: (await server.newPersonalKey(member, level)).basic, json });
    for (const json of [{ username: 'thief' }, { consent: 0 }, { consent: 2 }, { language: 'de', username: 'thief' }]) {
      const { status, body } = await set(3, json);
      expect([json, status, body]).toEqual([json, 403, LACKING]);
    }
    expect(await account(member.token)).toMatchObject({ username: member.email, consent: 1, language: 'en' });
    expect((await set(3, { language: 'de', username: null })).body.account.language).toBe('de');
    const username = `own-${member.accountId}`;
    expect((await set(4, { username, consent: 2 })).body.account).toMatchObject({ username, consent: 2 });
  });
});
