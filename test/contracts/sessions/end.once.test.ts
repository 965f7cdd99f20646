/**
 * Contract S3: a new password, a new address, a lowered role, disabling and blocking end the sessions and the pending links of an account, for
 * good, and the former address is told of a new password or address.
 */

import { randomUUID } from 'node:crypto';
import { Account } from '../../../src/accounts/account.entity.js';
import { lockRow } from '../../../src/platform/database/row-locks.js';
import { Passwords } from '../../../src/accounts/passwords/passwords.js';
import { mailedLink } from '../../support/links.js';
import { PASSWORD, TestServer, type User } from '../../support/server.js';

const NEW_PASSWORD = 'a new battery for the horse';

describe('sessions: what ends them', () => {
  let server: TestServer;
  let owner: User;
  let member: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    owner = await server.newMerchant();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    member = await server.newMember(owner, 'user');
    // The mail that asks to confirm the address.
    await mailedLink(server, member.email, 2);
  });

  const newAddress = () => `moved-${randomUUID()}@person.example`;
  const isValid = async (token: string) => (await server.call('GET', '/whoami/jwt', { token })).status === 200;
  const change = ({ token }: User, json: object) =>
    server.call('PATCH', '/account/jwt', { token, json: { currentPassword: PASSWORD, ...json } });
  const changeMember = (by: User, json: object) =>
    server.call('PATCH', `/api/v1/members/${member.uuid}`, { token: by.token, json });

  /** A second session, a pending recovery and a pending change of the address. */
  async function newThings(): Promise<{ second: string; recovery: string; address: string }> {
    const second = await server.logIn(member.email, member.password);
    await server.call('POST', '/recover', { json: { email: member.email } });
    const recovery = await mailedLink(server, member.email, 3);
    const email = newAddress();
    await change(member, { email });
    return { second: second.token, recovery, address: await mailedLink(server, email) };
  }
  /** Whether these things still do something. */
  const alive = async ({ second, recovery, address }: Awaited<ReturnType<typeof newThings>>) => ({
    second: await isValid(second),
    recovery: (await server.call('POST', recovery, { json: { password: NEW_PASSWORD } })).status === 200,
    address: (await server.call('POST', address)).status === 200,
  });
  const NONE = { second: false, recovery: false, address: false };

  const ENDINGS: [string, boolean, () => Promise<unknown>][] = [
    ['a new password', true, () => change(member, { password: NEW_PASSWORD })],
    [
      'a new address',
      false,
      async () => {
        const email = newAddress();
        await change(member, { email });
        await server.call('POST', await mailedLink(server, email));
      },
    ],
    ['a lowered role', false, () => changeMember(owner, { role: 'writeSome' })],
    ['disabling', false, () => changeMember(owner, { status: 'disabled' })],
    ['blocking', false, () => changeMember(server.admin, { status: 'disabled' })],
    ['removal', false, () => server.call('DELETE', `/api/v1/members/${member.uuid}`, { token: owner.token })],
  ];

  it.each(ENDINGS)('S3: %s ends the other sessions and the pending links', async (_, isOwnKept, end) => {
    const things = await newThings();
    expect(await isValid(things.second)).toBe(true);
    await end();
    expect(await alive(things)).toEqual(NONE);
    expect(await isValid(member.token)).toBe(isOwnKept);
  });

  it.each([
    ['disabling', () => owner],
    ['blocking', () => server.admin],
  ])('S3: enabling after %s revives neither sessions nor links', async (_, by) => {
    const things = await newThings();
    await changeMember(by(), { status: 'disabled' });
    expect((await changeMember(by(), { status: 'active' })).body.status).toBe('active');
    expect(await alive(things)).toEqual(NONE);
    expect(await isValid(member.token)).toBe(false);
    expect(await isValid((await server.logIn(member.email, PASSWORD)).token)).toBe(true);
  });

  it.each([
    ['another username', () => change(member, { username: `ada-${randomUUID().slice(0, 8)}` })],
    ['another language', () => change(member, { language: 'de' })],
    ['the same role', () => changeMember(owner, { role: 'user' })],
    ['the wish for another address', () => change(member, { email: newAddress() })],
    ['proving the address', async () => server.call('POST', await mailedLink(server, member.email, 2))],
  ])('S3: %s ends no session', async (_, act) => {
    const { token } = await server.logIn(member.email, PASSWORD);
    await act();
    expect([await isValid(token), await isValid(member.token)]).toEqual([true, true]);
  });

  it('S3: a higher role ends no session', async () => {
    const reader = await server.newMember(owner, 'readOnly');
    await server.call('PATCH', `/api/v1/members/${reader.uuid}`, { token: owner.token, json: { role: 'user' } });
    expect(await isValid(reader.token)).toBe(true);
  });

  it('S3: the current address is told of a new password', async () => {
    await change(member, { password: NEW_PASSWORD });
    const { text } = await server.mailbox.latestTo(member.email, 3);
    expect(text).toContain('Subject: Your password has been changed');
    expect(text).toContain('/recover');
    expect(text).not.toContain(NEW_PASSWORD);
  });

  it('S3: the former address is told of the new one', async () => {
    const email = newAddress();
    await change(member, { email });
    await server.call('POST', await mailedLink(server, email));
    const { text } = await server.mailbox.latestTo(member.email, 3);
    expect(text).toContain('Subject: Your e-mail address has been changed');
    expect(text).toContain(email);
  });

  it('S3: a password that a login is comparing while it changes opens no session', async () => {
    const passwords = server.app.get(Passwords, { strict: false });
    const matches = passwords.matches.bind(passwords);
    let hasCompared = (): void => undefined;
    const compared = new Promise<void>((resolve) => (hasCompared = resolve));
    let goOn = (): void => undefined;
    const changed = new Promise<void>((resolve) => (goOn = resolve));
    const secondLogin = server.logIn(member.email, PASSWORD);
    const { token } = await secondLogin;
    passwords.matches = async (...given) => {
      const isRight = await matches(...given);
      hasCompared();
      await changed;
      return isRight;
    };
    const login = server.call('POST', '/login', { json: { email: member.email, password: PASSWORD } });
    await compared;
    Reflect.deleteProperty(passwords, 'matches');
    expect((await change({ ...member, token }, { password: NEW_PASSWORD })).status).toBe(200);
    goOn();
    const { status, body } = await login;
    expect([status, body]).toEqual([401, { result: 'error', error: 'loginFailed' }]);
    const { body: listed } = await server.call('GET', '/api/v1/sessions', { token });
    expect(listed.totalItems).toBe(1);
  });

  it('S3: a login that waits for the account while it is disabled opens no session', async () => {
    let login: Promise<{ status: number }> | undefined;
    let disabled: Promise<{ status: number }> | undefined;
    await server.dataSource.transaction(async (manager) => {
      await lockRow(manager, Account, member.accountId);
      disabled = changeMember(owner, { status: 'disabled' });
      await new Promise((resolve) => setTimeout(resolve, 150));
      login = server.call('POST', '/login', { json: { email: member.email, password: PASSWORD } });
      await new Promise((resolve) => setTimeout(resolve, 150));
    });
    expect((await disabled)?.status).toBe(200);
    expect([401, 403]).toContain((await login)?.status);
    expect((await changeMember(owner, { status: 'active' })).status).toBe(200);
    const { token } = await server.logIn(member.email, PASSWORD);
    expect((await server.call('GET', '/api/v1/sessions', { token })).body.totalItems).toBe(1);
  });
});
