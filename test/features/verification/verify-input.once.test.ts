/** Guarantees for the input of a verification: invalid callers, bodies, batches and queries are refused, and no key is logged. */

import type { RequestOptions } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';

describe('verification of invalid input', () => {
  let server: TestServer;
  let user: User;
  let fullKey: string;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
    ({ fullKey } = await server.newFullKey(user, await server.newApplication(user)));
  });
  afterAll(() => server.stop());

  const verify = (options: RequestOptions, path = '/api/v1/keys/verify') =>
    server.call('POST', path, { token: user.token, ...options });
  const envelope = (code: number, error: string) => ({ error, message: expect.any(String), code });

  it.each([
    ['no credential', {}],
    ['an empty Bearer', { authorization: 'Bearer ' }],
    ['a scheme of its own', { authorization: 'Token abc' }],
    ['a Basic that is no base64', { authorization: 'Basic %%%' }],
    ['a token that nobody signed', { authorization: 'Bearer e30.e30.e30' }],
    ['a key of 10 kB', { authorization: `Bearer ks_live_${'x'.repeat(10_000)}` }],
  ])('refuses a caller with %s', async (_, headers: Record<string, string>) => {
    const { status, body, headers: answered } = await verify({ token: undefined, headers, json: { key: fullKey } });
    expect([status, body]).toEqual([401, envelope(401, 'Unauthorized')]);
    expect(answered['www-authenticate']).toMatch(/^Bearer/);
  });

  it('refuses a caller that presents two credentials at once', async () => {
    const { apikey, apisecret } = await server.newPair(server.admin);
    const headers = { 'x-api-key': `${apikey}:${apisecret}` };
    const { status, body } = await verify({ token: fullKey, headers, json: { key: fullKey } });
    expect([status, body]).toEqual([400, envelope(400, 'Bad Request')]);
    expect(body.message).toContain('two credentials');
  });

  it.each(['key', 'KEY', 'apikey', 'apiKey', 'api_key', 'api-key', 'token', 'access_token'])(
    'refuses a key in the query as %s with a hint at the header, and logs nothing of it',
    async (name) => {
      for (const path of ['/api/v1/keys/verify', '/api/v1/keys/verify/batch', '/api/v1/keys/check']) {
        const { status, body, text } = await verify(
          { json: { key: fullKey, keys: [{ key: fullKey }] } },
          `${path}?${name}=${fullKey}`,
        );
        expect([status, body]).toEqual([400, envelope(400, 'Bad Request')]);
        expect(body.message).toContain('Authorization header');
        expect(text).not.toContain(fullKey);
      }
      expect(server.logs.join('\n')).not.toContain(fullKey.slice(0, 24));
    },
  );

  const requirements: [string, unknown][] = [
    ['level', -1],
    ['level', 9],
    ['level', 1.5],
    ['level', '2'],
    ['level', null],
    ['scopes', 'payments'],
    ['scopes', [1]],
    ['scopes', ['']],
    ['scopes', ['with space']],
    ['scopes', ['x'.repeat(101)]],
    ['scopes', Array(51).fill('x')],
    ['ip', 'localhost'],
    ['ip', '203.0.113.0/24'],
    ['ip', 7],
    ['applicationId', 'mine'],
    ['cost', -1],
    ['cost', 0.5],
    ['cost', '1'],
    ['cost', 1_000_001],
  ];

  it.each(requirements)('refuses %s %j and names the field', async (field, value) => {
    const { status, body } = await verify({ json: { key: fullKey, [field]: value } });
    expect([status, body]).toMatchObject([400, envelope(400, 'Bad Request')]);
    expect(body.details).toContainEqual({
      field: expect.stringMatching(new RegExp(`^${field}(\\.\\d+)?$`)),
      message: expect.any(String),
    });
  });

  it.each([
    ['no key', {}],
    ['a key that is no text', { key: 1 }],
    ['an empty key', { key: '' }],
    ['a key of 10 kB', { key: `ks_live_${'x'.repeat(10_000)}` }],
  ])('refuses %s', async (_, json) => {
    const { status, body } = await verify({ json });
    expect([status, body]).toMatchObject([400, envelope(400, 'Bad Request')]);
    expect(body.details).toEqual([{ field: 'key', message: expect.any(String) }]);
  });

  it.each([
    ['101', Array(101).fill({ key: 'x' }), 'keys'],
    ['no', [], 'keys'],
    ['anything but a list of', 'x', 'keys'],
    ['wrong', [{ key: 'x' }, { key: 'x', level: 9 }], 'keys.1.level'],
    ['nameless', [{}], 'keys.0.key'],
  ])('refuses a batch of %s keys', async (_, keys, field) => {
    const { status, body } = await verify({ json: { keys } }, '/api/v1/keys/verify/batch');
    expect([status, body]).toMatchObject([400, envelope(400, 'Bad Request')]);
    expect(body.details).toEqual([{ field, message: expect.any(String) }]);
  });

  it.each([
    ['no body', {}, 400],
    ['an empty JSON body', { headers: { 'content-type': 'application/json' } }, 400],
    ['half a JSON text', { headers: { 'content-type': 'application/json' }, body: '{"key":' }, 400],
    ['an array', { json: [] }, 400],
    ['null', { json: null }, 400],
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'key=x' }, 415],
    ['a megabyte', { json: { key: 'x'.repeat(1_000_000) } }, 413],
  ])('refuses %s', async (_, options: RequestOptions, expected) => {
    const { status, body } = await verify(options);
    expect([status, body.code, Object.keys(body).slice(0, 3)]).toEqual([
      expected,
      expected,
      ['error', 'message', 'code'],
    ]);
  });

  it.each(['level=9', 'level=-1', 'level=', 'level=two', 'scope=', 'scope=a%20%20b', 'application=mine'])(
    'refuses a check of %s with 400',
    async (query) => {
      const { status, body } = await server.call('GET', `/api/v1/keys/check?${query}`, { token: fullKey });
      expect([status, body]).toMatchObject([400, envelope(400, 'Bad Request')]);
    },
  );

  it('refuses a requirement that occurs twice in the query of a check', async () => {
    for (const query of ['level=2&level=3', 'scope=a&scope=b']) {
      const { status } = await server.call('GET', `/api/v1/keys/check?${query}`, { token: fullKey });
      expect(status).toBe(400);
    }
  });
});
