/** Recovery of accounts: `POST /recover` answers alike whatever the address, and its link sets a new password once. */

import { randomUUID } from 'node:crypto';
import { OneTimeLink } from '../../../src/accounts/links/one-time-link.entity.js';
import { mailedLink } from '../../support/links.js';
import { PASSWORD, TestServer, type User } from '../../support/server.js';

const NEW_PASSWORD = 'a new battery for the horse';
const NOT_FOUND = { result: 'error', error: 'confirmationNotFound' };

describe('sessions: recovery', () => {
  let server: TestServer;
  let owner: User;
  beforeAll(async () => {
    server = await TestServer.start();
    owner = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const recover = (email: unknown) => server.call('POST', '/recover', { json: { email } });
  const set = (path: string, password: unknown = NEW_PASSWORD) => server.call('POST', path, { json: { password } });
  const logsIn = async ({ email }: User, password: string) =>
    (await server.call('POST', '/login', { json: { email, password } })).status === 200;

  /** A member, and the link of a recovery. */
  async function newRecovery(role: 'user' | 'readOnly' = 'user'): Promise<{ member: User; path: string }> {
    const member = await server.newMember(owner, role);
    await mailedLink(server, member.email, 2);
    await recover(member.email);
    return { member, path: await mailedLink(server, member.email, 3) };
  }

  it('sets a new password by the link that was mailed, once', async () => {
    const { member, path } = await newRecovery();
    expect(path).toMatch(/^\/confirm\/recovery\/[\da-f]{48}$/);
    const { status, body } = await set(path);
    expect([status, body]).toEqual([200, { result: 'success', email: member.email }]);
    expect([await logsIn(member, NEW_PASSWORD), await logsIn(member, PASSWORD)]).toEqual([true, false]);
    const again = await set(path, 'yet another battery');
    expect([again.status, again.body]).toEqual([404, NOT_FOUND]);
    expect(await logsIn(member, NEW_PASSWORD)).toBe(true);
  });

  it('sets one password when several requests use the link at the same moment', async () => {
    const { path } = await newRecovery();
    const answers = await Promise.all(['one', 'two', 'three'].map((end) => set(path, `a new battery ${end}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
  });

  it('ends all sessions, and tells the address', async () => {
    const { member, path } = await newRecovery();
    const { token } = await server.logIn(member.email, PASSWORD);
    await set(path);
    for (const ended of [token, member.token])
      expect((await server.call('GET', '/whoami/jwt', { token: ended })).status).toBe(401);
    expect((await server.mailbox.latestTo(member.email, 4)).text).toContain('Your password has been changed');
  });

  it('gives an account its first password', async () => {
    const json = { email: `new-${randomUUID()}@person.example`, language: 'en', unittest: true };
    const { confirmation } = (await server.call('POST', '/signup', { json })).body;
    const { account } = (await server.call('POST', `/confirm/signup/${confirmation}`, { json: { consent: 1 } })).body;
    await recover(json.email);
    expect((await set(await mailedLink(server, json.email, 2))).status).toBe(200);
    expect((await server.logIn(json.email, NEW_PASSWORD)).accountId).toBe(account.id);
  });

  it('answers alike for known and unknown addresses, with as many statements, and mails nothing to the unknown', async () => {
    const member = await server.newMember(owner, 'user');
    await mailedLink(server, member.email, 2);
    const disabled = await server.newMember(owner, 'user');
    const json = { status: 'disabled' };
    await server.call('PATCH', `/api/v1/members/${disabled.uuid}`, { token: owner.token, json });
    const unknown = `nobody-${randomUUID()}@person.example`;
    const seen: object[] = [];
    for (const email of [member.email, disabled.email, unknown, `user-${member.accountId}@person.example`]) {
      const before = await linkCount();
      const answer = await recover(email);
      const { date, ...headers } = answer.headers;
      expect(date).toEqual(expect.any(String));
      expect(answer.body).toEqual({ result: 'success', email });
      seen.push({ status: answer.status, headers: Object.keys(headers), links: (await linkCount()) - before });
    }
    expect(seen).toEqual(seen.map(() => ({ ...seen[0], links: 1 })));
    await mailedLink(server, member.email, 3);
    const mails = server.mailbox.mails.filter(
      ({ to, text }) => to !== member.email && text.includes('/confirm/recovery/'),
    );
    expect(mails.filter(({ to }) => [disabled.email, unknown].includes(to))).toEqual([]);
  });
  const linkCount = () => server.dataSource.getRepository(OneTimeLink).countBy({ purpose: 'recovery' });

  it('is found by the address in any letter case, and neither by the username nor by the number', async () => {
    const member = await server.newMember(owner, 'user');
    await mailedLink(server, member.email, 2);
    await server.call('PATCH', '/account/jwt', { token: member.token, json: { username: `ada-${member.accountId}` } });
    expect((await recover(`ada-${member.accountId}`)).status).toBe(400);
    expect((await recover(member.accountId)).status).toBe(400);
    await recover(member.email.toUpperCase());
    expect((await set(await mailedLink(server, member.email, 3))).status).toBe(200);
  });

  it.each([
    ['postBodyMissing', undefined],
    ['emailMissing', { mail: 'ada@person.example' }],
    ['emailMissing', { email: '' }],
    ['invalidEmail', { email: 'ada' }],
    ['invalidEmail', { email: ['ada@person.example'] }],
  ])('answers %s to %j', async (error, json) => {
    const { status, body } = await server.call('POST', '/recover', { json });
    expect([status, body]).toEqual([400, { result: 'error', error }]);
  });

  it('keeps a link valid beside newer ones, which strangers can ask for, until one is used', async () => {
    const { member, path } = await newRecovery();
    // The next mail of its kind is sent a minute later.
    server.clock.advance(61);
    await recover(member.email.toUpperCase());
    const newer = await mailedLink(server, member.email, 4);
    expect((await set(path)).status).toBe(200);
    expect((await set(newer)).status).toBe(404);
  });

  it.each([
    ['postBodyMissing', undefined],
    ['passwordMissing', { pass: NEW_PASSWORD }],
    ['invalidPassword', { password: 'short' }],
    ['invalidPassword', { password: 'x'.repeat(201) }],
    ['invalidPassword', { password: ['a new battery for the horse'] }],
    ['passwordTooShort', { password: 'eleven char' }],
    ['passwordTooCommon', { password: 'qwerty123456' }],
  ])('answers %s to the password in %j, which leaves the link valid', async (error, json) => {
    const { path } = await newRecovery();
    const { status, body } = await server.call('POST', path, { json });
    expect([status, body]).toEqual([400, { result: 'error', error }]);
    expect((await set(path)).status).toBe(200);
  });

  it('takes a password of 8 characters for an account below level 4', async () => {
    const { member, path } = await newRecovery('readOnly');
    expect((await set(path, 'q8#Zt!pv')).status).toBe(200);
    expect(await logsIn(member, 'q8#Zt!pv')).toBe(true);
  });

  it.each(['unknown', '0'.repeat(48), '\0', "' OR 1=1 --"])('answers 404 to the link %j', async (id) => {
    const { status, body } = await set(`/confirm/recovery/${encodeURIComponent(id)}`);
    expect([status, body]).toEqual([404, NOT_FOUND]);
  });

  it('takes only links of its own purpose, and other routes do not take its links', async () => {
    const { member, path } = await newRecovery();
    const confirmation = (await server.mailbox.latestTo(member.email)).text;
    expect(confirmation).toContain(path);
    const id = path.split('/').at(-1) ?? '';
    expect((await server.call('POST', `/confirm/email/${id}`)).status).toBe(404);
    expect((await server.call('POST', `/confirm/signup/${id}`, { json: { consent: 1 } })).status).toBe(404);
    const json = { email: `new-${randomUUID()}@person.example`, language: 'en', unittest: true };
    const signup = (await server.call('POST', '/signup', { json })).body.confirmation;
    expect((await set(`/confirm/recovery/${signup}`)).status).toBe(404);
    expect((await set(path)).status).toBe(200);
  });

  it('is refused for an account that is disabled between the mail and the link, also once it is enabled again', async () => {
    const { member, path } = await newRecovery();
    const change = (status: string) =>
      server.call('PATCH', `/api/v1/members/${member.uuid}`, { token: owner.token, json: { status } });
    await change('disabled');
    expect((await set(path)).status).toBe(404);
    await change('active');
    expect((await set(path)).status).toBe(404);
    expect(await logsIn(member, PASSWORD)).toBe(true);
  });

  it('is audited, without the link', async () => {
    const { member, path } = await newRecovery();
    await server.sealed();
    await set(path);
    const { body } = await server.call('GET', `/api/v1/audit-events?targetId=${member.uuid}`, { token: owner.token });
    const actions: string[] = body.items
      .filter(({ actor }: { actor: { kind: string } }) => actor.kind === 'visitor')
      .map(({ action }: { action: string }) => action);
    const requested = actions.indexOf('account.recovery_requested');
    // The newest are first.
    expect(actions.slice(0, Math.max(0, requested))).toContain('account.updated');
    expect(JSON.stringify(body)).not.toContain(path.split('/').at(-1));
  });

  it('expires after an hour', async () => {
    const [early, late] = [await newRecovery(), await newRecovery()];
    server.clock.advance(3600 - 60);
    expect((await set(early.path)).status).toBe(200);
    server.clock.advance(61);
    expect((await set(late.path)).status).toBe(404);
    expect(await logsIn(late.member, PASSWORD)).toBe(true);
  });
});
