/** Guarantees of `POST /oauth/token` (RFC 6749, RFC 9068): which clients, grants and scopes it accepts, and how it refuses. */

import { OAuth, partOf } from '../../support/oauth.js';
import { TestServer, type User } from '../../support/server.js';

const GRANT = { grant_type: 'client_credentials' };

describe('POST /oauth/token', () => {
  let server: TestServer;
  let oauth: OAuth;
  let user: User;
  let full: { id: string; fullKey: string };
  let pair: { id: string; apikey: string; apisecret: string };
  beforeAll(async () => {
    server = await TestServer.start({ PUBLIC_URL: 'https://keys.example' });
    oauth = new OAuth(server);
    user = await server.newMerchant();
    full = await server.newFullKey(user, await server.newApplication(user));
    pair = await server.newPair(user);
  });
  afterAll(() => server.stop());

  const basicOf = () => `${pair.apikey}:${pair.apisecret}`;
  const post = (form: Record<string, string> | [string, string][], basic?: string) =>
    server.call('POST', '/oauth/token', { basic, form });

  it('answers with a token with the claims of RFC 9068, which no cache stores', async () => {
    const { status, headers, body } = await oauth.token(basicOf());
    expect([status, headers['cache-control'], headers.pragma]).toEqual([200, 'no-store', 'no-cache']);
    expect(body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 900 });
    expect(partOf(body.access_token, 0)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    const claims = partOf(body.access_token, 1);
    expect(claims).toEqual({
      iss: 'https://keys.example',
      aud: user.merchantId,
      sub: pair.id,
      client_id: pair.apikey,
      iat: expect.any(Number),
      exp: Number(claims.iat) + 900,
      jti: expect.stringMatching(/^[\da-f-]{36}$/),
      level: 4,
    });
  });

  const split = (fullKey: string): [string, string] => [fullKey.slice(0, 24), fullKey.slice(24)];
  const encoded = (text: string): string => text.replaceAll('_', '%5F').replaceAll('-', '%2D');

  it.each<[string, () => string]>([
    ['a key and its secret', basicOf],
    ['a full key and an empty password', () => `${full.fullKey}:`],
    ['a full key alone', () => full.fullKey],
    ['the two halves of a full key', () => split(full.fullKey).join(':')],
    ['the halves encoded as in a form', () => encoded(split(full.fullKey).join(':'))],
    ['the public id and the full key', () => `${split(full.fullKey)[0]}:${full.fullKey}`],
    ['the prefix and the full key', () => `${full.fullKey.slice(0, 12)}:${full.fullKey}`],
    ['the id and the full key, encoded', () => encoded(`${full.id}:${full.fullKey}`)],
  ])('accepts %s by Basic, and by the body where it is a pair', async (_, text) => {
    const token = await oauth.open(text());
    expect((await oauth.check(token)).status).toBe(204);
    const [id = '', secret] = decodeURIComponent(text()).split(':');
    if (!secret) return;
    const { status, body } = await post({ ...GRANT, client_id: id, client_secret: secret });
    expect([status, partOf(body.access_token, 1).client_id]).toEqual([200, partOf(token, 1).client_id]);
  });

  it('accepts a personal key', async () => {
    const { basic } = await server.newPersonalKey(user);
    expect((await oauth.check(await oauth.open(basic))).status).toBe(204);
  });

  it.each<[string, () => string | undefined, () => Record<string, string>]>([
    ['no client', () => undefined, () => ({})],
    ['garbage', () => 'garbage', () => ({})],
    ['a wrong secret', () => `${pair.apikey}:${'0'.repeat(64)}`, () => ({})],
    ['what cannot be decoded', () => '%zz:%', () => ({})],
    ['a full key under the name of another', () => `${pair.id}:${full.fullKey}`, () => ({})],
    ['a client id alone', () => undefined, () => ({ client_id: pair.apikey })],
    ['a secret alone', () => undefined, () => ({ client_secret: full.fullKey })],
    ['a full key as the client id alone', () => undefined, () => ({ client_id: full.fullKey, client_secret: '' })],
    ['a login token as the secret', () => undefined, () => ({ client_id: user.uuid, client_secret: 'a.b.c' })],
  ])('refuses %s with invalid_client, and says that it takes Basic', async (_, basic, form) => {
    const { status, headers, body } = await post({ ...GRANT, ...form() }, basic());
    expect([status, body]).toEqual([
      401,
      { error: 'invalid_client', error_description: 'The credential is missing or invalid.' },
    ]);
    expect(headers['www-authenticate']).toMatch(/^Basic /);
  });

  it('refuses a Bearer with invalid_client', async () => {
    const { status, body } = await server.call('POST', '/oauth/token', { token: user.token, form: GRANT });
    expect([status, body]).toEqual([401, { error: 'invalid_client', error_description: expect.any(String) }]);
  });

  it.each<[string, [string, string][]]>([
    ['no grant type', []],
    ['an empty grant type', [['grant_type', '']]],
    ['two grant types', Array<[string, string]>(2).fill(['grant_type', 'client_credentials'])],
    [
      'two scopes',
      [
        ['grant_type', 'client_credentials'],
        ['scope', 'a'],
        ['scope', 'b'],
      ],
    ],
    [
      'two client ids',
      [
        ['grant_type', 'client_credentials'],
        ['client_id', 'a'],
        ['client_id', 'a'],
      ],
    ],
  ])('refuses %s with invalid_request', async (_, form) => {
    const { status, body } = await post(form, basicOf());
    expect([status, body.error]).toEqual([400, 'invalid_request']);
    expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  });

  it('refuses a client that authenticates in both ways with invalid_request', async () => {
    for (const form of [{ client_id: pair.apikey, client_secret: pair.apisecret }, { client_secret: pair.apisecret }]) {
      const { status, body } = await post({ ...GRANT, ...form } as Record<string, string>, basicOf());
      expect([status, body]).toEqual([
        400,
        { error: 'invalid_request', error_description: 'The request carries more than one credential.' },
      ]);
    }
  });

  it("accepts a client_id beside Basic if it is the same client's", async () => {
    const { status, body } = await post({ ...GRANT, client_id: pair.apikey }, basicOf());
    expect([status, partOf(body.access_token, 1).client_id]).toEqual([200, pair.apikey]);
    const other = await post({ ...GRANT, client_id: pair.id }, basicOf());
    expect([other.status, other.body]).toEqual([
      400,
      { error: 'invalid_request', error_description: expect.any(String) },
    ]);
  });

  it('opens no session that lasts longer than its key', async () => {
    const { fullKey } = await server.newFullKey(user, await server.newApplication(user), { expiresInSeconds: 50 });
    const { body } = await oauth.token(fullKey);
    expect(body.expires_in).toBeGreaterThan(40);
    expect(body.expires_in).toBeLessThanOrEqual(51);
    const { exp, iat } = partOf(body.access_token, 1);
    expect(Number(exp) - Number(iat)).toBe(body.expires_in);
  });

  it('refuses JSON with invalid_request, and other types with 415', async () => {
    const json = await server.call('POST', '/oauth/token', { basic: basicOf(), json: GRANT });
    expect([json.status, json.body]).toEqual([
      400,
      { error: 'invalid_request', error_description: expect.any(String) },
    ]);
    const headers = { 'content-type': 'text/plain' };
    const text = await server.call('POST', '/oauth/token', { basic: basicOf(), headers, body: 'grant_type=x' });
    expect([text.status, text.body]).toEqual([
      415,
      { error: 'invalid_request', error_description: expect.any(String) },
    ]);
  });

  it.each(['password', 'authorization_code', 'refresh_token', 'CLIENT_CREDENTIALS'])(
    'refuses the grant %s with unsupported_grant_type',
    async (grant_type) => {
      const { status, body } = await post({ grant_type }, basicOf());
      expect([status, body]).toEqual([400, { error: 'unsupported_grant_type', error_description: expect.any(String) }]);
    },
  );

  describe('scopes', () => {
    let limited: string;
    beforeAll(async () => {
      const made = await server.newPersonalKey(user);
      await oauth.change(made.key, { scopes: ['payments:*', 'refunds:read'] });
      limited = made.basic;
    });

    it.each<[string | undefined, string]>([
      [undefined, 'payments:* refunds:read'],
      ['', 'payments:* refunds:read'],
      ['payments:write', 'payments:write'],
      ['payments:* refunds:read', 'payments:* refunds:read'],
      ['payments:write:all payments:write:all', 'payments:write:all'],
    ])('within the key’s are granted: %s', async (scope, granted) => {
      const { body } = await oauth.token(limited, scope === undefined ? {} : { scope });
      expect([body.scope, partOf(body.access_token, 1).scope]).toEqual([granted, granted]);
      expect((await oauth.check(body.access_token)).headers['x-key-scopes']).toBe(granted);
    });

    it.each([
      'refunds:write',
      'refunds:*',
      'payments',
      'payments:write refunds:write',
      '*',
      'Payments:write',
      ' payments:write',
      'payments:write  refunds:read',
      'payments:"',
      `payments:${'x'.repeat(100)}`,
      Array.from({ length: 51 }, (_, index) => `payments:${index}`).join(' '),
    ])('beyond the key’s, or malformed, are invalid_scope: %s', async (scope) => {
      const { status, body } = await oauth.token(limited, { scope });
      expect([status, body]).toEqual([400, { error: 'invalid_scope', error_description: expect.any(String) }]);
    });

    it('limit a session of a key that is not limited, which without them is not limited either', async () => {
      const some = await oauth.open(basicOf(), { scope: 'orders:read' });
      expect((await oauth.check(some, '?scope=orders:read')).status).toBe(204);
      expect((await oauth.check(some, '?scope=orders:write')).status).toBe(403);
      const all = await oauth.open(basicOf());
      expect((await oauth.check(all, '?scope=orders:write')).status).toBe(204);
    });
  });
});
