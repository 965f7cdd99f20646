/** Contracts F6, F7, F9 and F22: which credentials are refused, on which path, and how. */

import type { Answer, RequestOptions } from '../../support/http.js';
import { TestServer, type PersonalKey, type User } from '../../support/server.js';

const UNAUTHORIZED = { result: 'error', error: 'authenticationFailed' };
const INACTIVE = { result: 'error', error: 'accountStatusLacking' };
const ORDER = { name: 'A key', level: 0, expiresIn: 60 };

describe('accounts surface: refused credentials', () => {
  let server: TestServer;
  let owner: User;
  let user: User;
  let personal: PersonalKey;
  beforeAll(async () => {
    server = await TestServer.start();
    owner = await server.newMerchant();
    user = await server.newMember(owner, 'user');
    personal = await server.newPersonalKey(user);
  });
  afterAll(() => server.stop());

  /** Every route that one credential opens. */
  const ROUTES: [string, string, unknown?][] = [
    ['POST', '/apikeys/', ORDER],
    ['GET', '/apikeys/'],
    ['GET', '/apikeys/7ea12968-7758-40b6-8c73-75cc99be762b/'],
    ['DELETE', '/apikeys/7ea12968-7758-40b6-8c73-75cc99be762b/'],
    ['GET', '/whoami/'],
    ['GET', '/account/'],
    ['PATCH', '/account/', { language: 'de' }],
    ['POST', '/available/username/', { username: 'ada' }],
  ];
  const everywhere = (scheme: 'jwt' | 'key', credential: RequestOptions): Promise<Answer[]> =>
    Promise.all(ROUTES.map(([method, path, json]) => server.call(method, path + scheme, { ...credential, json })));

  it.each([
    ['nothing', () => ({})],
    ['garbage', () => ({ token: 'garbage' })],
    ['another scheme', () => ({ headers: { authorization: `Token ${user.token}` } })],
    ['a tampered token', () => ({ token: user.token.slice(0, -4) + 'AAAA' })],
    ['F7: a key', () => ({ basic: personal.basic })],
    ['F7: a key as a Bearer token', () => ({ token: personal.basic })],
  ])('F6: refuses %s on /jwt', async (_, credential: () => RequestOptions) => {
    for (const { status, body, headers } of await everywhere('jwt', credential())) {
      expect([status, body]).toEqual([401, UNAUTHORIZED]);
      expect(headers['www-authenticate']).toMatch(/^Bearer/);
    }
  });

  it.each([
    ['nothing', () => ({})],
    ['a wrong secret', () => ({ basic: personal.basic.replace(/.$/, (last) => (last === '0' ? '1' : '0')) })],
    ['the secret of another key', async () => ({ basic: `${personal.key}:${(await newKey()).secret}` })],
    ['an unknown key', () => ({ basic: `7ea12968-7758-40b6-8c73-75cc99be762b:${personal.secret}` })],
    ['a key without its secret', () => ({ basic: `${personal.key}:` })],
    ['a key without a colon', () => ({ basic: personal.key })],
    ['a user name and a password', () => ({ basic: `${user.email}:${user.password}` })],
    ['something that is no base64', () => ({ headers: { authorization: 'Basic ***' } })],
    ['F7: a login token', () => ({ token: user.token })],
    ['F7: a login token as a Basic credential', () => ({ basic: user.token })],
  ])('F6: refuses %s on /key', async (_, credential: () => RequestOptions | Promise<RequestOptions>) => {
    for (const { status, body, headers } of await everywhere('key', await credential())) {
      expect([status, body]).toEqual([401, UNAUTHORIZED]);
      expect(headers['www-authenticate']).toMatch(/^Basic/);
    }
  });

  const newKey = () => server.newPersonalKey(user);

  it('F6: checks the credential before the body', async () => {
    for (const scheme of ['jwt', 'key']) {
      const answer = await server.call('POST', `/apikeys/${scheme}`, { json: { level: '9' } });
      expect([answer.status, answer.body]).toEqual([401, UNAUTHORIZED]);
    }
  });

  it('accepts the valid token and the valid key that the refused ones are derived from', async () => {
    for (const [scheme, credential] of [
      ['jwt', { token: user.token }],
      ['key', personal],
    ] as const) {
      const statuses = (await everywhere(scheme, credential)).map(({ status }) => status);
      expect(statuses).toEqual([201, 200, 404, 404, 200, 200, 200, 404]);
    }
  });

  it.each([
    ['disabled by its merchant', () => owner],
    ['blocked by support', () => server.admin],
  ])('F9: refuses the token of an account that was %s', async (_, by) => {
    const member = await server.newMember(owner, 'user');
    const setStatus = (status: string) =>
      server.call('PATCH', `/api/v1/members/${member.uuid}`, { token: by().token, json: { status } });
    expect((await setStatus('disabled')).status).toBe(200);
    for (const { status, body } of await everywhere('jwt', { token: member.token })) {
      expect([status, body]).toEqual([403, INACTIVE]);
    }
    await setStatus('active');
    expect((await server.call('GET', '/whoami/jwt', { token: member.token })).status).toBe(401);
    const { token } = await server.logIn(member.email, member.password);
    expect((await server.call('GET', '/whoami/jwt', { token })).status).toBe(200);
  });

  it('F9: refuses tokens and keys of a blocked merchant until it is unblocked', async () => {
    const member = await server.newMerchant();
    const { basic } = await server.newPersonalKey(member);
    const setStatus = (status: string) =>
      server.call('PATCH', `/api/v1/merchants/${member.merchantId}`, { token: server.admin.token, json: { status } });
    expect((await setStatus('blocked')).status).toBe(200);
    for (const { status, body } of await everywhere('jwt', { token: member.token })) {
      expect([status, body]).toEqual([403, INACTIVE]);
    }
    for (const { status, body } of await everywhere('key', { basic })) {
      expect([status, body]).toEqual([401, UNAUTHORIZED]);
    }
    await setStatus('active');
    expect((await server.call('GET', '/whoami/jwt', { token: member.token })).status).toBe(200);
    expect((await server.call('GET', '/whoami/key', { basic })).status).toBe(200);
  });

  it('F9: refuses the token of an account that was removed', async () => {
    const { uuid, token } = await server.newMember(owner, 'user');
    expect((await server.call('DELETE', `/api/v1/members/${uuid}`, { token: owner.token })).status).toBe(204);
    for (const { status, body } of await everywhere('jwt', { token })) {
      expect([status, body]).toEqual([401, UNAUTHORIZED]);
    }
  });

  it('F22: refuses a key everywhere from the moment it expires', async () => {
    const { key, basic } = await server.newPersonalKey(user, 4, 60);
    server.clock.advance(55);
    expect((await server.call('GET', '/whoami/key', { basic })).status).toBe(200);
    server.clock.advance(5);
    const answers = await everywhere('key', { basic });
    answers.push(await server.call('GET', `/apikeys/${key}/key`, { basic }));
    for (const { status, body } of answers) expect([status, body]).toEqual([401, UNAUTHORIZED]);
    expect((await server.call('GET', '/api/v1/keys/check', { basic })).status).toBe(401);
    const body = 'grant_type=client_credentials';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await server.call('POST', '/oauth/token', { basic, headers, body })).status).toBe(401);
  });

  it('F6: refuses an expired token', async () => {
    const { token } = await server.newMember(owner, 'user');
    server.clock.advance(3600);
    for (const { status, body } of await everywhere('jwt', { token })) {
      expect([status, body]).toEqual([401, UNAUTHORIZED]);
    }
  });
});
