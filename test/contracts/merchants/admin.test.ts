/** Contracts of `/api/v1/merchants`: who reads and blocks merchants, and what blocking one means. */

import { randomUUID } from 'node:crypto';
import { TestServer, type User } from '../../support/server.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const FORBIDDEN = { error: 'Forbidden', message: "You don't have permission to access this resource", code: 403 };
const NOT_FOUND = { error: 'Not Found', message: 'The requested resource was not found', code: 404 };

describe('merchants surface: merchants', () => {
  let server: TestServer;
  let support: User;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start();
    support = await server.newMember(server.admin, 'support');
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const get = (path: string, { token }: User) => server.call('GET', path, { token });
  const setStatus = (id: string, status: unknown, { token } = support) =>
    server.call('PATCH', `/api/v1/merchants/${id}`, { token, json: { status } });

  it('shows every member its own merchant', async () => {
    const roles = ['readSome', 'readOnly', 'writeSome', 'user'] as const;
    const members = await Promise.all(roles.map((role) => server.newMember(user, role)));
    for (const member of [user, ...members]) {
      const { status, body } = await get('/api/v1/merchants/me', member);
      expect([status, body]).toEqual([
        200,
        {
          id: user.merchantId,
          clientId: user.clientId,
          name: 'Example Shop Ltd',
          status: 'active',
          scopes: ['*'],
          details: {},
          createdAt: expect.stringMatching(TIME),
          updatedAt: expect.stringMatching(TIME),
        },
      ]);
    }
    expect((await server.call('GET', '/api/v1/merchants/me')).status).toBe(401);
  });

  it('lists and shows merchants to level 6 and above', async () => {
    const own = (await get('/api/v1/merchants/me', user)).body;
    for (const reader of [support, server.admin]) {
      const { status, body } = await get('/api/v1/merchants?limit=100', reader);
      const { items, ...rest } = body;
      expect([status, rest]).toEqual([
        200,
        {
          page: 1,
          limit: 100,
          totalItems: items.length,
          totalPages: 1,
          hasPreviousPage: false,
          hasNextPage: false,
        },
      ]);
      expect(items).toContainEqual(own);
      const one = await get(`/api/v1/merchants/${user.merchantId}`, reader);
      expect([one.status, one.body]).toEqual([200, own]);
    }
  });

  it.each(['page=0', 'limit=101', 'limit=abc', 'page=1.5'])('refuses the list with %s', async (query) => {
    const { status, body } = await get(`/api/v1/merchants?${query}`, support);
    const [field] = query.split('=');
    expect([status, body.details]).toEqual([400, [{ field, message: expect.any(String) }]]);
  });

  it.each(['readSome', 'readOnly', 'writeSome', 'user', 'bughunter'] as const)(
    'does not let the role %s list, read or change merchants',
    async (role) => {
      const member = await server.newMember(server.admin, role);
      for (const path of ['/api/v1/merchants', `/api/v1/merchants/${user.merchantId}`]) {
        const { status, body } = await get(path, member);
        expect([status, body]).toEqual([403, FORBIDDEN]);
      }
      expect((await setStatus(user.merchantId, 'blocked', member)).body).toEqual(FORBIDDEN);
      expect((await get(`/api/v1/merchants/${user.merchantId}`, support)).body.status).toBe('active');
    },
  );

  it('answers 404 to an unknown id', async () => {
    for (const id of [randomUUID(), 'nobody', `${user.merchantId}%20`, user.clientId]) {
      expect((await get(`/api/v1/merchants/${id}`, support)).body).toEqual(NOT_FOUND);
      expect((await setStatus(id, 'blocked')).body).toEqual(NOT_FOUND);
    }
  });

  it.each(['closed', 'ACTIVE', '', null, true, 1, ['active'], undefined])('refuses the status %j', async (word) => {
    const { status, body } = await setStatus(user.merchantId, word);
    expect([status, body.details]).toEqual([400, [{ field: 'status', message: expect.any(String) }]]);
  });

  it('changes nothing but the status', async () => {
    const before = (await get('/api/v1/merchants/me', user)).body;
    const json = { status: 'active', name: 'Other', clientId: '00000000', details: { country: 'DE' } };
    const { token } = support;
    const { status } = await server.call('PATCH', `/api/v1/merchants/${user.merchantId}`, { token, json });
    expect([status, (await get('/api/v1/merchants/me', user)).body]).toEqual([400, before]);
  });

  it("refuses to block a merchant with a member above the caller's level", async () => {
    const owner = await server.newMerchant();
    const support = await server.newMember(owner, 'user');
    await server.call('PATCH', `/api/v1/members/${support.uuid}`, {
      token: server.admin.token,
      json: { role: 'support' },
    });
    const path = `/api/v1/merchants/${server.admin.merchantId}`;
    const blocked = await server.call('PATCH', path, { token: support.token, json: { status: 'blocked' } });
    expect(blocked.status).toBe(403);
    expect((await server.call('GET', path, { token: server.admin.token })).body.status).toBe('active');
  });

  it("refuses to block the caller's own merchant", async () => {
    for (const caller of [server.admin, support]) {
      for (const id of [server.admin.merchantId, `${server.admin.merchantId}%20`]) {
        expect((await setStatus(id, 'blocked', caller)).status).toBe(id.endsWith('%20') ? 404 : 409);
      }
      expect((await get('/api/v1/merchants/me', caller)).body.status).toBe('active');
    }
    const { body } = await setStatus(server.admin.merchantId, 'blocked');
    expect(body).toEqual({ error: 'Conflict', message: 'A merchant cannot block or delete itself', code: 409 });
  });

  it("G8: refuses to block or unblock a merchant with a key above the caller's level", async () => {
    const support = await server.newMember(server.admin, 'support');
    const { merchantId } = await server.newMerchant();
    const json = { description: 'Strong', level: 8 };
    const path = `/api/v1/api-keys?merchantId=${merchantId}`;
    const { id } = (await server.call('POST', path, { token: server.admin.token, json })).body;
    const refusal = { ...FORBIDDEN, message: 'A key whose level is above yours would be affected' };
    expect((await setStatus(merchantId, 'blocked', support)).body).toEqual(refusal);
    expect((await setStatus(merchantId, 'blocked', server.admin)).body.status).toBe('blocked');
    expect((await setStatus(merchantId, 'active', support)).body).toEqual(refusal);
    expect((await server.call('DELETE', `/api/v1/api-keys/${id}`, { token: server.admin.token })).status).toBe(204);
    expect((await setStatus(merchantId, 'active', support)).body.status).toBe('active');
  });

  describe('a blocked merchant', () => {
    let owner: User;
    let member: User;
    let credentials: [string, Record<string, string>][];
    let personal: string;
    let session: string;
    beforeAll(async () => {
      owner = await server.newMerchant();
      member = await server.newMember(owner, 'readSome');
      const { fullKey } = await server.newFullKey(owner, await server.newApplication(owner));
      const { apikey, apisecret } = await server.newPair(owner);
      personal = (await server.newPersonalKey(owner)).basic;
      const form = { grant_type: 'client_credentials' };
      const opened = await server.call('POST', '/oauth/token', { basic: `${apikey}:${apisecret}`, form });
      session = opened.body.access_token;
      const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
      credentials = [
        ['a key of an application', { authorization: `Bearer ${fullKey}` }],
        ['a key by header', { 'x-api-key': fullKey }],
        ['a pair of the clients surface', { authorization: basic(`${apikey}:${apisecret}`) }],
        ['a personal key', { authorization: basic(personal) }],
        ['the session of a key', { authorization: `Bearer ${session}` }],
      ];
    });

    const checks = () =>
      Promise.all(
        credentials.map(async ([name, headers]) => [
          name,
          (await server.call('GET', '/api/v1/keys/check', { headers })).status,
        ]),
      );
    const allAre = (status: number) => credentials.map(([name]) => [name, status]);
    const tokens = async ({ token }: User) => [
      (await server.call('GET', '/api/v1/merchants/me', { token })).status,
      (await server.call('GET', '/whoami/jwt', { token })).status,
      (await server.call('POST', '/api/clients/generate-service-id', { token: owner.token })).status,
    ];

    it('has its tokens and keys refused at once on every surface until it is unblocked', async () => {
      expect(await checks()).toEqual(allAre(204));
      expect(await tokens(member)).toEqual([200, 200, 201]);

      expect((await setStatus(owner.merchantId, 'blocked')).body.status).toBe('blocked');
      expect(await checks()).toEqual(allAre(401));
      expect(await tokens(owner)).toEqual([403, 403, 403]);
      expect(await tokens(member)).toEqual([403, 403, 403]);
      expect((await server.call('GET', '/whoami/key', { basic: personal })).status).toBe(401);
      expect((await server.call('GET', '/apikeys/key', { basic: personal })).status).toBe(401);

      expect((await setStatus(owner.merchantId, 'active')).body.status).toBe('active');
      expect(await checks()).toEqual(allAre(204));
      expect(await tokens(member)).toEqual([200, 200, 201]);
      expect((await server.call('GET', '/whoami/key', { basic: personal })).status).toBe(200);
    });

    it("is refused in each surface's envelope", async () => {
      await setStatus(owner.merchantId, 'blocked');
      const { token } = owner;
      expect((await server.call('GET', '/api/v1/applications', { token })).body).toEqual(FORBIDDEN);
      expect((await server.call('GET', '/api/clients/api-keys', { token })).body).toEqual({
        status: 403,
        message: 'Insufficient permissions',
        data: null,
      });
      expect((await server.call('GET', '/apikeys/jwt', { token })).body).toEqual({
        result: 'error',
        error: 'accountStatusLacking',
      });
      await setStatus(owner.merchantId, 'active');
    });

    it('is refused at all three logins', async () => {
      await setStatus(owner.merchantId, 'blocked');
      const json = { username: owner.email, password: owner.password };
      const logins = ['/api/auth/login', '/api/v1/auth/login', '/login', '/signin'];
      const statuses = () =>
        Promise.all(logins.map(async (path) => (await server.call('POST', path, { json })).status));
      expect(await statuses()).toEqual([403, 403, 403, 403]);
      await setStatus(owner.merchantId, 'active');
      expect(await statuses()).toEqual([200, 200, 200, 200]);
    });

    it('does not affect other merchants', async () => {
      await setStatus(owner.merchantId, 'blocked');
      const other = await server.newFullKey(user, await server.newApplication(user));
      expect((await server.call('GET', '/api/v1/keys/check', { token: other.fullKey })).status).toBe(204);
      expect((await get('/api/v1/merchants/me', user)).status).toBe(200);
      await setStatus(owner.merchantId, 'active');
    });
  });
});
