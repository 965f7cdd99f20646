/** Guarantee on every surface: a token is accepted only for the purpose it was issued for, unforged, and within its time. */

import { createHmac, randomBytes } from 'node:crypto';
import type { Answer, RequestOptions } from '../support/http.js';
import { TestServer, type User } from '../support/server.js';

const JWT_SECRET = randomBytes(24).toString('hex');

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token, signed by HMAC. */
function sign(claims: object, secret = JWT_SECRET, alg = 'HS256'): string {
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac(alg.replace('HS', 'sha'), secret).update(signed).digest('base64url')}`;
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

/** A route of each surface, and how it refuses who isn't logged in. */
const SURFACES = [
  ['/api/clients/api-keys', { status: 401, message: 'Invalid JWT token', data: null }],
  [
    '/api/v1/merchants/me',
    { error: 'Unauthorized', message: 'Authentication required. Please provide a valid API token', code: 401 },
  ],
  ['/whoami/jwt', { result: 'error', error: 'authenticationFailed' }],
  ['/apikeys/jwt', { result: 'error', error: 'authenticationFailed' }],
] as const;

describe('tokens, on all surfaces', () => {
  let server: TestServer;
  let user: User;
  let other: User;
  beforeAll(async () => {
    server = await TestServer.start({ JWT_SECRET });
    user = await server.newMerchant();
    other = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const login = (changes: object = {}) => ({ ...claimsOf(user.token), ...changes });
  const without = (claim: string) => login({ [claim]: undefined });
  const newServiceId = async (): Promise<string> =>
    (await server.call('POST', '/api/clients/generate-service-id', { token: user.token })).body.data.SERVICE_ID;

  async function newSession(): Promise<string> {
    const { basic } = await server.newPersonalKey(user);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'grant_type=client_credentials';
    return (await server.call('POST', '/oauth/token', { basic, headers, body })).body.access_token;
  }

  async function expectRefusals(credential: RequestOptions): Promise<void> {
    for (const [path, refusal] of SURFACES) {
      const { status, body } = await server.call('GET', path, credential);
      expect([path, status, body]).toEqual([path, 401, refusal]);
    }
  }

  it.each([
    ['/api/auth/login', ({ body }: Answer) => body.data.token],
    ['/api/v1/auth/login', ({ body }: Answer) => body.accessToken],
    ['/login', ({ body }: Answer) => body.token],
    ['/signin', ({ body }: Answer) => body.token],
  ])('a token from %s is valid on all of them', async (path, tokenOf: (answer: Answer) => string) => {
    const json = { username: user.email, password: user.password };
    const token = tokenOf(await server.call('POST', path, { json }));
    for (const [route] of SURFACES) expect((await server.call('GET', route, { token })).status).toBe(200);
  });

  it('a re-signed login token is valid: the forgeries below fail for their defect alone', async () => {
    for (const [path] of SURFACES) {
      expect((await server.call('GET', path, { token: sign(login()) })).status).toBe(200);
    }
  });

  it.each([
    ['with alg none', () => `${encode({ alg: 'none', typ: 'JWT' })}.${encode(login())}.`],
    [
      'with alg None and the signature kept',
      () => `${encode({ alg: 'None' })}.${user.token.split('.').slice(1).join('.')}`,
    ],
    ['with another algorithm', () => sign(login(), JWT_SECRET, 'HS512')],
    ['without a signature', () => user.token.split('.').slice(0, 2).join('.')],
    ['with an empty signature', () => `${user.token.split('.').slice(0, 2).join('.')}.`],
    ['signed by somebody else', () => sign(login(), randomBytes(24).toString('hex'))],
    ['signed with an empty secret', () => sign(login(), '')],
    [
      'with other claims under the same signature',
      () => user.token.replace(/\.[^.]+\./, `.${encode(login({ _id: 1 }))}.`),
    ],
    ['that is expired', () => sign(login({ exp: Math.floor(Date.now() / 1000) - 1 }))],
    ['that never ends', () => sign(without('exp'))],
    ['whose end is a text', () => sign(login({ exp: '9999999999' }))],
    ['for another audience', () => sign(login({ aud: 'somebody-else' }))],
    ['for the audience of sessions', () => sign(login({ aud: 'keywright/keys' }))],
    ['for no audience', () => sign(without('aud'))],
    ['of another issuer', () => sign(login({ iss: 'somebody-else' }))],
    ['of no issuer', () => sign(without('iss'))],
    ['for no purpose', () => sign(without('purpose'))],
    ['for another purpose', () => sign(login({ purpose: 'session' }))],
    ['of no account', () => sign(without('_id'))],
    ['of an account that does not exist', () => sign(login({ _id: 999_999 }))],
    ['of an account with the uuid of another', () => sign(login({ sub: other.uuid }))],
    ['of an account whose number is a text', () => sign(login({ _id: `${user.accountId}` }))],
    ['of an account whose number is a query', () => sign(login({ _id: { $gt: 0 } }))],
    ['that is garbage', () => 'garbage'],
    ['that is garbage in three parts', () => 'a.b.c'],
    ['that is empty', () => ''],
  ])('a token %s is refused by all of them', (_, token) => expectRefusals({ token: token() }));

  it('a Service ID is refused as a login token', async () => {
    await expectRefusals({ token: await newServiceId() });
  });

  it('the token of a session is refused as a login token, though it is valid for its own purpose', async () => {
    const token = await newSession();
    await expectRefusals({ token });
    expect((await server.call('GET', '/api/v1/keys/check', { token })).status).toBe(204);
  });

  it('an API key of any surface is refused as a login token, by any header', async () => {
    const personal = await server.newPersonalKey(user);
    const pair = await server.newPair(user);
    const { fullKey } = await server.newFullKey(user, await server.newApplication(user));
    for (const text of [personal.basic, personal.secret, `${pair.apikey}:${pair.apisecret}`, pair.apikey, fullKey]) {
      await expectRefusals({ token: text });
      await expectRefusals({ basic: text });
      await expectRefusals({ headers: { 'x-api-key': text } });
    }
  });

  it('a login token is accepted from the Authorization header alone', async () => {
    await expectRefusals({ headers: { cookie: `token=${user.token}` } });
    await expectRefusals({ headers: { 'x-access-token': user.token } });
    await expectRefusals({ headers: { authorization: user.token } });
    await expectRefusals({ basic: user.token });
  });

  it.each([
    ['a login token', () => Promise.resolve(user.token)],
    ['the token of a session', newSession],
    ['a Service ID of alg none', async () => `${encode({ alg: 'none' })}.${(await newServiceId()).split('.')[1]}.`],
    ['a Service ID for an audience', async () => sign({ ...claimsOf(await newServiceId()), aud: 'keywright/login' })],
    ['an API key', async () => (await server.newPersonalKey(user)).key],
  ])('%s is refused as a Service ID', async (_, newToken) => {
    const json = { service_id: await newToken() };
    const { status, body } = await server.call('POST', '/api/clients/generate-api-key', { token: user.token, json });
    expect([status, body]).toEqual([403, { status: 403, message: 'Service ID expired or invalid', data: null }]);
  });

  it.each([
    ['a login token', () => Promise.resolve(user.token)],
    ['a Service ID', newServiceId],
    [
      'a session of a key that does not exist',
      async () => sign({ ...claimsOf(await newSession()), client_id: user.uuid }),
    ],
    ['a session without a purpose', async () => sign({ ...claimsOf(await newSession()), purpose: undefined })],
  ])('%s is refused as a session', async (_, newToken) => {
    const { status } = await server.call('GET', '/api/v1/keys/check', { token: await newToken() });
    expect(status).toBe(401);
  });

  it('a token carries an identity, never rights', async () => {
    const reader = await server.newMember(user, 'readSome');
    const token = sign({ ...claimsOf(reader.token), role: 'admin', status: 1, level: 8, username: 'admin' });
    const who = await server.call('GET', '/whoami/jwt', { token });
    expect([who.status, who.body.account.role, who.body.account.id]).toEqual([200, 'readSome', reader.accountId]);
    const json = { name: 'A key', level: 0, expiresIn: 60 };
    expect((await server.call('POST', '/apikeys/jwt', { token, json })).status).toBe(403);
    expect((await server.call('GET', '/api/v1/merchants', { token })).status).toBe(403);
  });

  it('a login token expires after its hour on all of them', async () => {
    const { token } = await server.logIn(user.email, user.password);
    server.clock.advance(3590);
    for (const [path] of SURFACES) expect((await server.call('GET', path, { token })).status).toBe(200);
    server.clock.advance(11);
    await expectRefusals({ token });
  });
});
