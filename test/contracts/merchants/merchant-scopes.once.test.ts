/** Contract Q10: what a merchant may give, it was given. */

import { randomUUID } from 'node:crypto';
import { OAuth } from '../../support/oauth.js';
import { foreignKey, importLines, sha256Row } from '../../support/imports.js';
import { TestServer, type User } from '../../support/server.js';

const NOT_GIVEN = [{ field: 'scopes', message: 'scopes must all be among those of the merchant' }];

describe('Q10: the scopes of a merchant', () => {
  let server: TestServer;
  let other: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start();
    other = await server.another();
  });
  afterAll(async () => {
    await other.close();
    await server.stop();
  });
  beforeEach(async () => {
    user = await server.newMerchant();
  });

  const give = (scopes: unknown, { token } = server.admin, { merchantId } = user) =>
    server.call('PATCH', `/api/v1/merchants/${merchantId}`, { token, json: { scopes } });
  const create = (json: object, { token } = user) =>
    server.call('POST', '/api/v1/api-keys', { token, json: { description: 'A key', ...json } });
  const newKey = async (scopes?: string[] | null): Promise<string> => (await create({ scopes })).body.fullKey;
  /** What both instances say of a key: whether it has a scope, and which it has. */
  async function seen(credential: object, scope: string): Promise<unknown[]> {
    const answers = await Promise.all(
      [server, other].map((each) => each.call('GET', `/api/v1/keys/check?scope=${scope}`, credential)),
    );
    const all = await Promise.all([server, other].map((each) => each.call('GET', '/api/v1/keys/check', credential)));
    return [...answers.map(({ status }) => status), ...all.map(({ headers }) => headers['x-key-scopes'])];
  }

  it('are every scope unless set, and shown to the merchant', async () => {
    const me = async () => (await server.call('GET', '/api/v1/merchants/me', { token: user.token })).body;
    expect((await me()).scopes).toEqual(['*']);
    const { status, body } = await give(['orders:read', 'refunds:*', 'orders:read']);
    expect([status, body]).toEqual([200, await me()]);
    expect(body.scopes).toEqual(['orders:read', 'refunds:*']);
    for (const everything of [['*'], ['orders:read', '*'], null])
      expect((await give(everything)).body.scopes).toEqual(['*']);
  });

  it.each([[[]], ['orders:read'], [['Orders']], [['*:read']], [[1]], [Array(51).fill('a')], [{}]])(
    'cannot be %j',
    async (scopes) => {
      const { status, body } = await give(scopes);
      expect([status, body.details]).toEqual([400, [{ field: 'scopes', message: expect.stringMatching(/\S/) }]]);
      expect((await give(undefined)).status).toBe(400);
    },
  );

  it('are set from level 7 on, by nobody else', async () => {
    const support = await server.newMember(server.admin, 'support');
    const bughunter = await server.newMember(server.admin, 'bughunter');
    for (const caller of [user, bughunter]) expect((await give(['orders:read'], caller)).status).toBe(403);
    expect((await give(['orders:read'], support)).status).toBe(200);
    expect((await give(['orders:read'], support, server.admin)).status).toBe(403);
  });

  it('bound the scopes of its keys at creation, change and import', async () => {
    await give(['orders:read', 'refunds:*']);
    for (const scopes of [['orders:write'], ['orders:*'], ['orders:read', 'admin:everything'], ['refunds']]) {
      const { status, body, headers } = await create({ scopes });
      expect([scopes, status, body.details]).toEqual([scopes, 400, NOT_GIVEN]);
      if (headers['x-error-code']) expect(headers['x-error-code']).toBe('api_key.scopes_not_given');
    }
    const application = await server.newApplication(user);
    const path = `/api/v1/applications/${application}/api-keys`;
    const json = { description: 'A key', scopes: ['orders:write'] };
    for (const { token } of [user, server.admin])
      expect((await server.call('POST', path, { token, json })).body.details).toEqual(NOT_GIVEN);
    const { body } = await create({ scopes: ['orders:read', 'refunds:eu:*', 'refunds:*'] });
    expect(body.fullKey).toMatch(/^ks_live_/);
    const change = (changes: object) =>
      server.call('PATCH', `/api/v1/api-keys/${body.id}`, { token: user.token, json: changes });
    const refused = await change({ scopes: ['orders:write'] });
    expect([refused.status, refused.body.details]).toEqual([400, NOT_GIVEN]);
    for (const scopes of [['refunds:read'], null]) expect((await change({ scopes })).status).toBe(200);

    const [wide, narrow] = [foreignKey(), foreignKey()];
    const rows = [sha256Row(wide, { scopes: ['orders:*'] }), sha256Row(narrow, { scopes: ['refunds:eu'] })];
    const imported = (await importLines(server, user, rows)).body;
    expect([imported.imported, imported.failed]).toEqual([1, 1]);
    expect((await server.call('GET', '/api/v1/keys/check', { token: wide })).status).toBe(401);
    expect(await seen({ token: narrow }, 'refunds:eu')).toEqual([204, 204, 'refunds:eu', 'refunds:eu']);
  });

  it('are those of a key without scopes of its own, on every surface', async () => {
    await give(['orders:read', 'refunds:*']);
    const { apikey, apisecret } = await server.newPair(user);
    const { basic } = await server.newPersonalKey(user);
    const credentials = [
      { token: await newKey() },
      { token: await newKey(null) },
      { basic: `${apikey}:${apisecret}` },
      { basic },
    ];
    for (const credential of credentials) {
      expect(await seen(credential, 'refunds:eu:write')).toEqual([
        204,
        204,
        'orders:read refunds:*',
        'orders:read refunds:*',
      ]);
      expect((await seen(credential, 'admin:everything')).slice(0, 2)).toEqual([403, 403]);
      expect((await seen(credential, 'orders:*')).slice(0, 2)).toEqual([403, 403]);
    }
  });

  it('narrow every key on every instance before the answer, and widen it again', async () => {
    const keys = [await newKey(['orders:*']), await newKey(), await newKey(['payments:read'])].map((token) => ({
      token,
    }));
    const all = async (scope: string) => Promise.all(keys.map(async (key) => seen(key, scope)));
    await all('orders:read');
    await give(['orders:read']);
    expect(await all('orders:read')).toEqual([
      [204, 204, 'orders:read', 'orders:read'],
      [204, 204, 'orders:read', 'orders:read'],
      [403, 403, '-', '-'],
    ]);
    expect((await all('orders:write')).map((each) => each[0])).toEqual([403, 403, 403]);
    const json = { key: keys[0]?.token };
    const { token } = user;
    expect((await server.call('POST', '/api/v1/keys/verify', { token, json })).body).toMatchObject({
      outcome: 'VALID',
      scopes: ['orders:read'],
    });
    await give(['*']);
    expect(await all('orders:write')).toEqual([
      [204, 204, 'orders:*', 'orders:*'],
      [204, 204, '', ''],
      [403, 403, 'payments:read', 'payments:read'],
    ]);
  });

  it('bound the sessions of its keys: none carries more, and one that does is refused', async () => {
    const oauth = new OAuth(server);
    const fullKey = await newKey();
    const open = (scope?: string) => oauth.token(`${fullKey}:`, scope === undefined ? {} : { scope });
    const [everything, orders, admin] = [await open(), await open('orders:read'), await open('admin:everything')];
    const [key, narrowed] = [{ token: everything.body.access_token }, { token: admin.body.access_token }];
    expect((await server.call('GET', '/api/v1/keys/check?scope=admin:everything', narrowed)).status).toBe(204);
    await give(['orders:*']);
    for (const refused of [key, narrowed])
      expect((await server.call('GET', '/api/v1/keys/check', refused)).status).toBe(401);
    expect(await seen({ token: orders.body.access_token }, 'orders:read')).toEqual([
      204,
      204,
      'orders:read',
      'orders:read',
    ]);
    expect((await open('admin:everything')).body.error).toBe('invalid_scope');
    const anew = await open();
    expect(anew.body.scope).toBe('orders:*');
    expect(await seen({ token: anew.body.access_token }, 'orders:write')).toEqual([204, 204, 'orders:*', 'orders:*']);
  });

  it('leave an audit record, and no other change of the merchant', async () => {
    await give(['orders:read']);
    const query = new URLSearchParams({ action: 'merchant.updated', targetId: user.merchantId }).toString();
    const { body } = await server.call('GET', `/api/v1/audit-events?${query}`, { token: user.token });
    expect(body.items).toHaveLength(1);
    expect(body.items[0].details).toEqual({
      scopes: ['orders:read'],
      changes: { scopes: { from: null, to: ['orders:read'] } },
    });
    expect(
      (
        await server.call('PATCH', `/api/v1/merchants/${user.merchantId}`, {
          token: server.admin.token,
          json: { status: 'blocked' },
        })
      ).body,
    ).toMatchObject({ status: 'blocked', scopes: ['orders:read'] });
  });

  it('are those of MERCHANT_SCOPES for new merchants, but for the first account', async () => {
    const limited = await TestServer.start({ MERCHANT_SCOPES: 'orders:read, refunds:*' });
    const scopesOf = async ({ token }: User) =>
      (await limited.call('GET', '/api/v1/merchants/me', { token })).body.scopes;
    const email = `person-${randomUUID()}@person.example`;
    const json = { email, language: 'en', unittest: true };
    const { confirmation } = (await limited.call('POST', '/signup', { json })).body;
    const confirmed = await limited.call('POST', `/confirm/signup/${confirmation}`, { json: { consent: 1 } });
    const { token } = confirmed.body;
    const made = await limited.call('POST', '/apikeys/jwt', { token, json: { name: 'k', level: 4, expiresIn: 60 } });
    const basic = `${made.body.apikey.key}:${made.body.apikey.secret}`;
    expect((await limited.call('GET', '/api/v1/keys/check?scope=admin:everything', { basic })).status).toBe(403);
    expect((await limited.call('GET', '/api/v1/keys/check?scope=refunds:write', { basic })).status).toBe(204);
    expect(await scopesOf(await limited.newMerchant())).toEqual(['orders:read', 'refunds:*']);
    expect(await scopesOf(limited.admin)).toEqual(['*']);
    await limited.stop();
  });
});
