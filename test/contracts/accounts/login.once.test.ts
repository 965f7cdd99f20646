/** Contracts of `/login` and `/signin`: by which names an account logs in, what is refused, and in which order. */

import { Account } from '../../../src/accounts/account.entity.js';
import { TestServer, type User } from '../../support/server.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const WRONG = 'a wrong password';

describe('accounts surface: login', () => {
  let server: TestServer;
  let owner: User;
  let user: User;
  let username: string;
  beforeAll(async () => {
    server = await TestServer.shared();
    owner = await server.newMerchant();
    user = await server.newMember(owner, 'writeSome');
    username = `Grace.Hopper-${user.accountId}`;
    await server.call('PATCH', '/account/jwt', { token: user.token, json: { username } });
  });
  afterAll(() => server.stop());

  const post = (path: string, json: unknown) => server.call('POST', path, { json });
  const blockedMember = async (by: User): Promise<User> => {
    const member = await server.newMember(owner, 'user');
    const json = { status: 'disabled' };
    await server.call('PATCH', `/api/v1/members/${member.uuid}`, { token: by.token, json });
    return member;
  };

  describe.each([
    ['/login', 'loginFailed'],
    ['/signin', 'signInFailed'],
  ])('POST %s', (path, failed) => {
    it('answers with a token and the account', async () => {
      const { status, body } = await post(path, { username, password: user.password });
      expect(status).toBe(200);
      expect(body).toEqual({
        result: 'success',
        token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        account: {
          id: user.accountId,
          username,
          lusername: username.toLowerCase(),
          email: user.email,
          role: 'writeSome',
          status: 1,
          consent: 1,
          language: 'en',
          createdAt: expect.stringMatching(TIME),
          updatedAt: expect.stringMatching(TIME),
          lastSignIn: expect.stringMatching(TIME),
        },
      });
      expect(Math.abs(Date.parse(body.account.lastSignIn) - server.clock.nowMs())).toBeLessThan(5000);
    });

    it.each([
      ['user name', () => ({ username })],
      ['user name in capitals', () => ({ username: username.toUpperCase() })],
      ['user name in small letters', () => ({ username: username.toLowerCase() })],
      ['e-mail address', () => ({ email: user.email })],
      ['e-mail address in capitals', () => ({ email: user.email.toUpperCase() })],
      ['number', () => ({ id: user.accountId })],
      ['number written as a text', () => ({ id: String(user.accountId) })],
      ['number in the field of the user name', () => ({ username: user.accountId })],
      ['number as a text in the field of the user name', () => ({ username: String(user.accountId) })],
      ['number in the field of the address', () => ({ email: user.accountId })],
      ['e-mail address in the field of the user name', () => ({ username: user.email })],
      ['e-mail address in the field of the number', () => ({ id: user.email })],
      ['user name in the field of the address', () => ({ email: username })],
      ['user name in the field of the number', () => ({ id: username })],
      ['user name beside empty others', () => ({ username, email: null, id: null })],
    ])('finds an account by its %s', async (_, name) => {
      const { status, body } = await post(path, { ...name(), password: user.password });
      expect([status, body.account?.id]).toEqual([200, user.accountId]);
    });

    it.each([
      ['postBodyMissing', undefined],
      ['postBodyMissing', {}],
      ['postBodyMissing', []],
      ['usernameMissing', { password: WRONG }],
      ['usernameMissing', { user: 'ada' }],
      ['usernameMissing', { username: '', password: WRONG }],
      ['usernameMissing', { username: null, password: WRONG }],
      ['usernameMissing', { email: '', password: WRONG }],
      ['usernameMissing', { email: null, password: WRONG }],
      ['usernameMissing', { id: null, password: WRONG }],
      ['passwordMissing', { username: 'ada' }],
      ['passwordMissing', { email: 'ada@shop.example', password: '' }],
      ['passwordMissing', { id: 1, password: null }],
    ])('answers %s to %j', async (error, json) => {
      const { status, body } = await post(path, json);
      expect([status, body]).toEqual([400, { result: 'error', error }]);
    });

    it.each([
      ['a user name that is a list', { username: [1], password: WRONG }],
      ['a user name that is no text', { username: true, password: WRONG }],
      ['an address that is a list', { email: ['ada@shop.example'], password: WRONG }],
      ['a fraction', { username: 1.5, password: WRONG }],
      ['a number that is a list', { id: [1], password: WRONG }],
      ['a password that is a number', { username: 'ada', password: 123456789012 }],
    ])('refuses %s', async (_, json) => {
      const { status, body } = await post(path, json);
      expect([status, body]).toEqual([400, { result: 'error', error: expect.any(String) }]);
    });

    it.each([
      ['a wrong password', () => ({ username })],
      ['a wrong password for an address', () => ({ email: user.email })],
      ['a wrong password for a number', () => ({ id: user.accountId })],
      ['an unknown user name', () => ({ username: 'nobody' })],
      ['an unknown address', () => ({ email: 'nobody@shop.example' })],
      ['an unknown number', () => ({ id: 999_999_999 })],
      ['a number that no account can have', () => ({ id: 2 ** 40 })],
      ['a negative number', () => ({ id: -user.accountId })],
    ])(`answers ${failed} to %s`, async (_, name) => {
      const { status, body } = await post(path, { ...name(), password: WRONG });
      expect([status, body]).toEqual([401, { result: 'error', error: failed }]);
    });

    it('finds an account by a username that is a number, as an older one may be, before the account with that number', async () => {
      const other = await server.newMerchant();
      const row = { id: other.accountId };
      const accounts = server.dataSource.getRepository(Account);
      const before = await accounts.findOneByOrFail(row);
      const name = String(user.accountId);
      await accounts.update(row, { username: name, usernameKey: name });
      expect((await post(path, { username: name, password: other.password })).body.account?.id).toBe(other.accountId);
      expect((await post(path, { id: user.accountId, password: `${user.password}x` })).status).toBe(401);
      await accounts.update(row, { username: before.username, usernameKey: before.usernameKey });
    });

    it('compares the password exactly as sent', async () => {
      const { status } = await post(path, { username, password: user.password.toUpperCase() });
      expect(status).toBe(401);
    });
  });

  const INACTIVE = [
    ['/login', { result: 'error', error: 'accountStatusLacking' }],
    ['/signin', { result: 'error', error: 'accountStatusLacking' }],
    ['/api/auth/login', { status: 403, message: 'Insufficient permissions', data: null }],
    [
      '/api/v1/auth/login',
      { error: 'Forbidden', message: "You don't have permission to access this resource", code: 403 },
    ],
  ] as const;

  it.each(INACTIVE)('refuses a disabled account at %s, once the password was right', async (path, refusal) => {
    const { email, password } = await blockedMember(owner);
    const right = await post(path, { username: email, password });
    expect([right.status, right.body]).toEqual([403, refusal]);
    expect((await post(path, { username: email, password: WRONG })).status).toBe(401);
  });

  it.each(INACTIVE)('refuses a blocked account at %s', async (path, refusal) => {
    const { email, password } = await blockedMember(server.admin);
    const { status, body } = await post(path, { username: email, password });
    expect([status, body]).toEqual([403, refusal]);
  });

  it.each(INACTIVE)('refuses the account of a blocked merchant at %s until it is unblocked', async (path, refusal) => {
    const { email: name, password, merchantId } = await server.newMerchant();
    const setStatus = (status: string) =>
      server.call('PATCH', `/api/v1/merchants/${merchantId}`, { token: server.admin.token, json: { status } });
    await setStatus('blocked');
    const { status, body } = await post(path, { username: name, password });
    expect([status, body]).toEqual([403, refusal]);
    await setStatus('active');
    expect((await post(path, { username: name, password })).status).toBe(200);
  });

  it('leaves an audit record of a login', async () => {
    const member = await server.newMember(owner, 'readOnly');
    const query = new URLSearchParams({ action: 'account.logged_in', targetId: member.uuid }).toString();
    const { body } = await server.call('GET', `/api/v1/audit-events?${query}`, { token: owner.token });
    expect(body.totalItems).toBe(1);
    expect(body.items[0]).toMatchObject({ actor: { accountId: member.accountId }, address: '127.0.0.1' });
  });

  it('limits no failed login with LOGIN_RATE_LIMIT_PER_MINUTE=0', async () => {
    const guesses = Array.from({ length: 40 }, () => post('/login', { username, password: WRONG }));
    expect(new Set((await Promise.all(guesses)).map(({ status }) => status))).toEqual(new Set([401]));
    expect((await post('/login', { username, password: user.password })).status).toBe(200);
  });
});
