/**
 * Guarantees of sessions of the console: the cookie is worth what its login token is worth, on every operation that takes one, but only in requests
 * of the server's own pages, and only as long as the session.
 */

import { randomUUID } from 'node:crypto';
import { Authenticator } from '../../support/authenticator.js';
import { refusal } from '../../support/envelope.js';
import { codeOf, PATH, setUpTotp, wrongCode } from '../../support/second-factors.js';
import { cookieIn, FROM_CONSOLE, fromConsole, openSession, SESSION } from '../../support/console-session.js';
import type { Answer, RequestOptions } from '../../support/http.js';
import { OPERATIONS } from '../../support/operations.js';
import { TestServer, type User } from '../../support/server.js';

const WHO = '/whoami/jwt';
const codeIn = ({ status, headers }: Answer): [number, unknown] => [status, headers['x-error-code']];
const CROSS_ORIGIN = [403, 'session.cross_origin'];

/** Requests that a page of this server does not send. */
const FORGED: [string, Record<string, string>][] = [
  ['no header of the console', {}],
  ['another value of the header', { 'x-keywright-console': 'true' }],
  ['the header from another site', { ...FROM_CONSOLE, 'sec-fetch-site': 'cross-site' }],
  ['the header from another origin of the site', { ...FROM_CONSOLE, 'sec-fetch-site': 'same-site' }],
  ['the header without a page', { ...FROM_CONSOLE, 'sec-fetch-site': 'none' }],
];

describe('sessions of the console', () => {
  let server: TestServer;
  let other: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start({ TRUSTED_PROXIES: '127.0.0.1' });
    other = await server.another();
  });
  afterAll(async () => {
    await other.close();
    await server.stop();
  });
  beforeEach(async () => {
    user = await server.newMerchant();
  });

  const who = (options: RequestOptions, at = server) => at.call('GET', WHO, options);
  const login = () => ({ username: user.email, password: user.password });

  it('hold the login token in a cookie that no script can read and no other site has sent', async () => {
    const answer = await server.call('POST', SESSION, fromConsole(undefined, login()));
    expect([answer.status, answer.body]).toEqual([200, { expiresIn: 3600 }]);
    expect(answer.headers['set-cookie']).toHaveLength(1);
    const { pair, attributes } = cookieIn(answer);
    expect(pair).toMatch(/^keywright-session=eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(attributes).toEqual(['Max-Age=3600', 'Path=/', 'HttpOnly', 'SameSite=Strict']);
    const { status, body } = await who(fromConsole(pair));
    expect([status, body.account.email]).toEqual([200, user.email]);
  });

  it('are named to the pages of the server, and are none once they have ended', async () => {
    const read = (cookie?: string) => server.call('GET', SESSION, fromConsole(cookie));
    const nobody = { account: null, providerName: null };
    expect((await read()).body).toEqual(nobody);
    expect((await read('keywright-session=of-nobody')).body).toEqual(nobody);
    const cookie = await openSession(server, user);
    const { status, body } = await read(cookie);
    expect([status, body]).toEqual([200, { ...nobody, account: expect.objectContaining({ email: user.email }) }]);
    expect(codeIn(await server.call('GET', SESSION, { headers: { cookie } }))).toEqual(CROSS_ORIGIN);
    await server.call('DELETE', SESSION, fromConsole(cookie));
    expect((await read(cookie)).body).toEqual(nobody);
  });

  it('are bound to TLS behind a proxy that is trusted, and to nothing that others claim', async () => {
    const https = { 'x-forwarded-proto': 'https' };
    const answer = await server.call('POST', SESSION, fromConsole(undefined, login(), https));
    const { pair, attributes } = cookieIn(answer, '__Host-keywright-session');
    expect(attributes).toEqual(['Max-Age=3600', 'Path=/', 'HttpOnly', 'SameSite=Strict', 'Secure']);
    expect((await who(fromConsole(pair, undefined, https))).status).toBe(200);
    // Over TLS, a cookie that another host could have set is none.
    const weaker = pair.replace('__Host-', '');
    expect(codeIn(await who(fromConsole(weaker, undefined, https)))).toEqual([401, 'credential.invalid']);
    const untrusted = await server.call('POST', SESSION, {
      ...fromConsole(undefined, login(), https),
      from: '127.0.0.2',
    });
    expect(cookieIn(untrusted).attributes).not.toContain('Secure');
  });

  it('are bound to TLS wherever PUBLIC_URL is https', async () => {
    const secure = await server.another({ PUBLIC_URL: 'https://keys.example' });
    const answer = await secure.call('POST', SESSION, fromConsole(undefined, login()));
    await secure.close();
    expect(cookieIn(answer, '__Host-keywright-session').attributes).toContain('Secure');
  });

  it('answer as the login does, and set no cookie then', async () => {
    for (const json of [{ username: user.email, password: 'wrong' }, { username: user.email }, {}, { unknown: 1 }]) {
      const expected = await server.call('POST', '/api/v1/auth/login', { json });
      const answer = await server.call('POST', SESSION, fromConsole(undefined, json));
      expect([answer.status, answer.body]).toEqual([expected.status, expected.body]);
      expect([answer.status >= 400, answer.headers['set-cookie']]).toEqual([true, undefined]);
    }
  });

  it('are opened with each kind of second factor', async () => {
    const { token, email, password } = user;
    const authenticator = new Authenticator(server.url);
    const { secret, recoveryCodes } = await setUpTotp(server, user);
    const options = await server.call('POST', `${PATH}/passkeys/options`, {
      token,
      json: { currentPassword: password },
    });
    const json = { name: 'Key', response: authenticator.create(options.body.publicKey) };
    expect((await server.call('POST', `${PATH}/passkeys`, { token, json })).status).toBe(201);
    const begin = async () => {
      const first = await server.call('POST', SESSION, fromConsole(undefined, { username: email, password }));
      expect([...codeIn(first), first.headers['set-cookie']]).toEqual([401, 'login.second_factor_required', undefined]);
      return first.body.secondFactor;
    };
    const complete = (body: object) => server.call('POST', `${SESSION}/second-factor`, fromConsole(undefined, body));
    const { challenge } = await begin();
    const wrong = await complete({ challenge, code: wrongCode(server, secret) });
    expect([...codeIn(wrong), wrong.headers['set-cookie']]).toEqual([401, 'login.second_factor_failed', undefined]);
    const asked = await begin();
    for (const body of [
      { challenge, code: codeOf(server, secret) },
      { challenge: (await begin()).challenge, recoveryCode: recoveryCodes[0] },
      { challenge: asked.challenge, passkey: authenticator.sign(asked.passkeyOptions) },
    ]) {
      const opened = await complete(body);
      expect([opened.status, opened.body]).toEqual([200, { expiresIn: 3600 }]);
      expect((await who(fromConsole(cookieIn(opened).pair))).body.account.email).toBe(email);
    }
  });

  it.each(FORGED)('are not used by a request with %s', async (_, headers) => {
    const cookie = await openSession(server, user);
    for (const [method, path, json] of [
      ['GET', WHO],
      ['POST', '/api/v1/applications', { name: 'forged', environment: 'live' }],
      ['GET', '/api/clients/api-keys'],
      ['DELETE', SESSION],
      ['POST', '/api/v1/keys/verify', { key: 'a key' }],
    ] as const) {
      const answer = await server.call(method, path, { headers: { ...headers, cookie }, json });
      expect([...codeIn(answer), answer.headers['set-cookie']]).toEqual([401, 'credential.invalid', undefined]);
      expect(answer.body).toEqual(refusal(path, 401));
    }
    const { body } = await server.call('GET', '/api/v1/applications', fromConsole(cookie));
    expect(body.items).toEqual([]);
  });

  it.each(FORGED)('are not opened by a request with %s', async (_, headers) => {
    for (const [path, json] of [
      [SESSION, login()],
      [`${SESSION}/second-factor`, { challenge: 'x', code: '123456' }],
    ] as const) {
      const answer = await server.call('POST', path, { headers, json });
      expect([...codeIn(answer), answer.headers['set-cookie']]).toEqual([...CROSS_ORIGIN, undefined]);
    }
  });

  it('need no Sec-Fetch-Site, which old browsers do not send', async () => {
    const cookie = await openSession(server, user);
    expect((await who({ headers: { 'x-keywright-console': '1', cookie } })).status).toBe(200);
  });

  it('count nothing beside an Authorization', async () => {
    const cookie = await openSession(server, user);
    const stranger = await server.newMerchant();
    const { body } = await who({ headers: { cookie }, token: stranger.token });
    expect(body.account.email).toBe(stranger.email);
    for (const options of [{ token: 'a text' }, { basic: 'a:b' }, { headers: { authorization: '' } }]) {
      const headers = { ...FROM_CONSOLE, cookie, ...options.headers };
      expect(codeIn(await who({ ...options, headers }))).toEqual([401, 'credential.invalid']);
    }
  });

  it('are found among other cookies', async () => {
    const cookie = await openSession(server, user);
    const [, token = ''] = cookie.split('=');
    expect((await who(fromConsole(`a=b; ${cookie}; x-keywright-session=c`))).status).toBe(200);
    for (const none of ['', 'keywright-session=', `session=${token}`, `Keywright-Session=${token}`])
      expect(codeIn(await who(fromConsole(none)))).toEqual([401, 'credential.invalid']);
  });

  it('open portal sessions, unless a key is presented', async () => {
    const cookie = await openSession(server, user);
    const json = { externalId: 'cus_1', allow: ['list'] };
    const open = (options: object) => server.call('POST', '/api/v1/portal-sessions', options);
    expect((await open(fromConsole(cookie, json))).status).toBe(201);
    expect((await open(fromConsole(undefined, json))).status).toBe(401);
    expect((await open({ headers: { cookie }, json })).status).toBe(401);
    expect((await open(fromConsole(cookie, json, { 'x-api-key': 'ks_live_nothing' }))).status).toBe(401);
    const { fullKey } = await server.newFullKey(user, await server.newApplication(user), { scopes: ['payments:*'] });
    const withKey = await open(fromConsole(cookie, json, { 'x-api-key': fullKey }));
    expect(codeIn(withKey)).toEqual([403, 'access.scope_lacking']);
  });

  const VERIFYING = OPERATIONS.filter(({ path }) => path.startsWith('/api/v1/keys/'));
  it.each(VERIFYING.filter(({ schemes }) => schemes.includes('loginToken')))(
    'are taken by $method $path, which takes keys as well',
    async ({ method, path }) => {
      const cookie = await openSession(server, user);
      const json = path.endsWith('batch') ? { keys: [{ key: 'a key' }] } : { key: 'a key' };
      expect((await server.call(method, path, fromConsole(cookie, json))).status).toBe(200);
      expect((await server.call(method, path, fromConsole(undefined, json))).status).toBe(401);
      // A key that is presented is the credential, whatever the browser adds.
      const { key, secret } = await server.newPersonalKey(user, 2);
      const withKey = { headers: { cookie, 'x-api-key': `${key}:${secret}` }, json };
      expect((await server.call(method, path, withKey)).status).toBe(200);
      const wrong = fromConsole(cookie, json, { 'x-api-key': 'ks_live_nothing' });
      expect((await server.call(method, path, wrong)).status).toBe(401);
    },
  );

  it.each([
    ['GET', '/api/v1/keys/check'],
    ['GET', '/account/key'],
    ['POST', '/api/v1/verifiers'],
    ['POST', '/api/v1/keys/rotate'],
  ])('are no key: %s %s', async (method, path) => {
    const cookie = await openSession(server, user);
    const answer = await server.call(method, path, fromConsole(cookie, method === 'POST' ? {} : undefined));
    expect(codeIn(answer)).toEqual([401, 'credential.invalid']);
  });

  it('end with the logout, at once and on every instance, and the cookie with them', async () => {
    const cookie = await openSession(server, user);
    expect((await who(fromConsole(cookie), other)).status).toBe(200);
    const answer = await server.call('DELETE', SESSION, fromConsole(cookie));
    expect([answer.status, answer.text]).toEqual([204, '']);
    const { pair, attributes } = cookieIn(answer);
    expect([pair, attributes]).toEqual(['keywright-session=', ['Max-Age=0', 'Path=/', 'HttpOnly', 'SameSite=Strict']]);
    expect(codeIn(await who(fromConsole(cookie), other))).toEqual([401, 'credential.invalid']);
    expect(codeIn(await who(fromConsole(cookie)))).toEqual([401, 'credential.invalid']);
  });

  it('lose their cookie when they log out after they have ended otherwise', async () => {
    const cookie = await openSession(server, user);
    await server.call('DELETE', '/api/v1/sessions', { token: user.token });
    for (const held of [cookie, 'keywright-session=nothing']) {
      const answer = await server.call('DELETE', SESSION, fromConsole(held));
      expect([...codeIn(answer), cookieIn(answer).pair]).toEqual([401, 'credential.invalid', 'keywright-session=']);
    }
  });

  it('lose their cookie when a blocked account logs out', async () => {
    const member = await server.newMember(user, 'readOnly');
    const cookie = await openSession(server, member);
    const json = { status: 'disabled' };
    await server.call('PATCH', `/api/v1/members/${member.uuid}`, { token: user.token, json });
    expect(codeIn(await who(fromConsole(cookie)))).toEqual([403, 'access.account_inactive']);
    const answer = await server.call('DELETE', SESSION, fromConsole(cookie));
    expect([...codeIn(answer), cookieIn(answer).pair]).toEqual([403, 'access.account_inactive', 'keywright-session=']);
  });

  it('are listed and ended as those of other logins', async () => {
    const cookie = await openSession(server, user);
    const { body } = await server.call('GET', '/api/v1/sessions', fromConsole(cookie));
    const current = body.items.filter(({ isCurrent }: { isCurrent: boolean }) => isCurrent);
    expect([body.items.length, current.length]).toEqual([2, 1]);
    await server.call('DELETE', `/api/v1/sessions/${current[0].id}`, { token: user.token });
    expect(codeIn(await who(fromConsole(cookie)))).toEqual([401, 'credential.invalid']);
  });

  it('are replaced by the next login in the browser, and by no login elsewhere', async () => {
    const first = await openSession(server, user);
    const elsewhere = await openSession(server, user);
    const second = await openSession(server, user, first);
    expect((await who(fromConsole(first))).status).toBe(401);
    expect((await who(fromConsole(elsewhere))).status).toBe(200);
    expect((await who(fromConsole(second))).status).toBe(200);
    // One that has ended does not hinder the next.
    expect((await who(fromConsole(await openSession(server, user, first)))).status).toBe(200);
    // What a program presents beside it stays.
    const json = { username: user.email, password: user.password };
    await server.call('POST', SESSION, { ...fromConsole(second, json), token: user.token });
    expect((await who({ token: user.token })).status).toBe(200);
  });

  it('may do what the role allows now, and end when it is lowered', async () => {
    const member = await server.newMember(user, 'readOnly');
    const cookie = await openSession(server, member);
    const create = () =>
      server.call('POST', '/api/v1/applications', fromConsole(cookie, { name: randomUUID(), environment: 'live' }));
    const setRole = (role: string) =>
      server.call('PATCH', `/api/v1/members/${member.uuid}`, { token: user.token, json: { role } });
    expect(codeIn(await create())).toEqual([403, 'access.level_lacking']);
    await setRole('user');
    expect((await create()).status).toBe(201);
    await setRole('readOnly');
    expect(codeIn(await create())).toEqual([401, 'credential.invalid']);
  });

  it('are not there without the console', async () => {
    const without = await server.another({ CONSOLE: 'false' });
    const fresh = await server.newMerchant();
    const cookie = await openSession(server, fresh);
    const json = { username: fresh.email, password: fresh.password };
    const opened = await without.call('POST', SESSION, fromConsole(undefined, json));
    const used = await who(fromConsole(cookie), without);
    await without.close();
    expect([opened, used].map(codeIn)).toEqual([
      [404, 'route.not_found'],
      [401, 'credential.invalid'],
    ]);
  });

  it('expire with their login token', async () => {
    const cookie = await openSession(server, user);
    server.clock.advance(3599);
    expect((await who(fromConsole(cookie))).status).toBe(200);
    server.clock.advance(2);
    expect(codeIn(await who(fromConsole(cookie)))).toEqual([401, 'credential.expired']);
    const answer = await server.call('DELETE', SESSION, fromConsole(cookie));
    expect([...codeIn(answer), cookieIn(answer).pair]).toEqual([401, 'credential.expired', 'keywright-session=']);
  });
});
