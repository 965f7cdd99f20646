/** Contracts KL1–KL9 and KL13–KL18: what the list of keys shows, to whom, and what it refuses. */

import { ClientsSurface, refusal, refusalOf } from '../../support/clients.js';
import { TestServer, type User } from '../../support/server.js';
import { NO_LOGINS, type Tokens } from '../../support/tokens.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const JWT_SECRET = 'a secret that these tests know, too';
const FIELDS = [
  'id',
  'client_id',
  'apikey',
  'apisecret',
  'scopes',
  'is_active',
  'created_at',
  'updated_at',
  'expires_at',
  'last_used_at',
];
const FORBIDDEN = refusal(403, 'Insufficient permissions');

describe('clients surface: listing keys', () => {
  let server: TestServer;
  let clients: ClientsSurface;
  let tokens: Tokens;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start({ JWT_SECRET });
    clients = new ClientsSurface(server);
    ({ tokens } = await clients.newUserWithTokens(JWT_SECRET));
  });
  beforeEach(async () => {
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const check = (basic: string) => server.call('GET', '/api/v1/keys/check', { basic });
  const onlyItem = async (asker = user) => {
    const { data } = (await clients.list(asker)).body;
    expect(data).toHaveLength(1);
    return data[0];
  };

  it('KL1: answers with an array of keys that have exactly their ten fields', async () => {
    await clients.newKeys(user, 2);
    const { status, body } = await clients.list(user);
    expect([status, body.message]).toEqual([200, 'API keys list']);
    expect(body.data.map(Object.keys)).toEqual([FIELDS, FIELDS]);
  });

  it('KL2: writes numbers, hexadecimal strings and times in their promised form', async () => {
    const [id = ''] = await clients.newKeys(user, 1, { expires_in: 60 });
    const item = await onlyItem();
    await check(`${item.apikey}:${item.apisecret}`);
    await clients.lastUse(user, id);
    expect(await onlyItem()).toEqual({
      id,
      client_id: user.clientId,
      apikey: expect.stringMatching(/^[\da-f]+$/),
      apisecret: expect.stringMatching(/^[\da-f]+$/),
      scopes: null,
      is_active: 1,
      created_at: expect.stringMatching(TIME),
      updated_at: expect.stringMatching(TIME),
      expires_at: expect.stringMatching(TIME),
      last_used_at: expect.stringMatching(TIME),
    });
    expect(id).toMatch(UUID);
  });

  it('KL3: shows a fresh key as active, unlimited and never used', async () => {
    const before = server.clock.now().getTime();
    await clients.newKeys(user, 1);
    const item = await onlyItem();
    expect(item).toMatchObject({ scopes: null, expires_at: null, last_used_at: null, is_active: 1 });
    expect(item.updated_at).toBe(item.created_at);
    expect(Date.parse(item.created_at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(item.created_at)).toBeLessThanOrEqual(server.clock.now().getTime());
  });

  it('KL4: shows no keys as an empty array', async () => {
    const { status, body } = await clients.list(user);
    expect([status, body.data]).toEqual([200, []]);
  });

  it('KL5: shows all of 25 keys in one answer, oldest first', async () => {
    const ids = await clients.newKeys(user, 25);
    expect(await clients.idsOf(user)).toEqual(ids);
  });

  it("KL6: shows the client's keys to those of its members who may read, and to nobody else", async () => {
    const stranger = await server.newMerchant();
    const [own] = await clients.newKeys(user, 1);
    const [others] = await clients.newKeys(stranger, 1);
    const colleague = await server.newMember(user, 'user');
    expect(await clients.idsOf(user)).toEqual([own]);
    expect(await clients.idsOf(colleague)).toEqual([own]);
    expect(await clients.idsOf(stranger)).toEqual([others]);
    expect(await clients.idsOf(server.admin)).toEqual([]);
  });

  it('KL6: leaves out keys of the other surfaces', async () => {
    await server.newPersonalKey(user);
    await server.newFullKey(user, await server.newApplication(user));
    expect(await clients.idsOf(user)).toEqual([]);
  });

  it.each(NO_LOGINS)('KL8: refuses %s', async (_, header) => {
    expect(refusalOf(await clients.list(header(tokens)))).toEqual(refusal(401, 'Invalid JWT token'));
  });

  it('KL9: refuses a disabled account whose token has not expired', async () => {
    const member = await server.newMember(user, 'user');
    expect((await clients.list(member)).status).toBe(200);
    const change = (status: string) =>
      server.call('PATCH', `/api/v1/members/${member.uuid}`, { token: user.token, json: { status } });
    expect((await change('disabled')).status).toBe(200);
    expect(refusalOf(await clients.list(member))).toEqual(FORBIDDEN);
    expect((await change('active')).status).toBe(200);
    expect((await clients.list(await server.logIn(member.email, member.password))).status).toBe(200);
  });

  it('KL9: refuses the members of a blocked merchant', async () => {
    const json = { status: 'blocked' };
    await server.call('PATCH', `/api/v1/merchants/${user.merchantId}`, { token: server.admin.token, json });
    expect(refusalOf(await clients.list(user))).toEqual(FORBIDDEN);
  });

  it('KL9: refuses a member of level 1', async () => {
    expect(refusalOf(await clients.list(await server.newMember(user, 'readSome')))).toEqual(FORBIDDEN);
  });

  it('KL13: filters by status', async () => {
    const lasting = await clients.newKeys(user, 2);
    const ending = await clients.newKeys(user, 1, { expires_in: 60 });
    expect(await clients.idsOf(user, '?status=active')).toEqual([...lasting, ...ending]);
    expect(await clients.idsOf(user, '?status=inactive')).toEqual([]);
    server.clock.advance(61);
    expect(await clients.idsOf(user, '?status=active')).toEqual(lasting);
    expect(await clients.idsOf(user, '?status=inactive')).toEqual(ending);
    const { headers, body } = await clients.list(user, '?status=active&page=2&limit=1');
    expect([headers['x-total-count'], body.data[0].id]).toEqual(['2', lasting[1]]);
  });

  it.each(['', 'ACTIVE', 'all', '1', 'active&status=inactive'])('KL13: refuses the status %j', async (status) => {
    expect(refusalOf(await clients.list(user, `?status=${status}`))).toEqual(refusal(400, 'Invalid query parameters'));
  });

  it('KL14: ignores unknown parameters', async () => {
    const ids = await clients.newKeys(user, 2);
    expect(await clients.idsOf(user, '?order=desc&client_id=1&offset=1&__proto__=x&%00=%00')).toEqual(ids);
  });

  it('KL15: shows the latest use', async () => {
    const [used, other] = [await server.newPair(user), await server.newPair(user)];
    for (let use = 0; use < 2; use += 1) {
      server.clock.advance(30);
      const before = server.clock.now().getTime();
      await check(`${used.apikey}:${used.apisecret}`);
      expect(await clients.lastUse(user, used.id, before)).toBeLessThanOrEqual(server.clock.now().getTime());
    }
    const { data } = (await clients.list(user)).body;
    expect(data.find(({ id }: { id: string }) => id === other.id).last_used_at).toBeNull();
  });

  it('KL15: counts no use with a wrong secret', async () => {
    const [used, other] = [await server.newPair(user), await server.newPair(user)];
    expect((await check(`${used.apikey}:${other.apisecret}`)).status).toBe(401);
    await server.flushed();
    const { data } = (await clients.list(user)).body;
    expect(data.map((item: { last_used_at: string | null }) => item.last_used_at)).toEqual([null, null]);
  });

  it('KL16: shows an expired key as inactive, with its expiry', async () => {
    await clients.newKeys(user, 1, { expires_in: 60 });
    const { apikey, apisecret, created_at, expires_at, is_active } = await onlyItem();
    expect(is_active).toBe(1);
    expect(Date.parse(expires_at) - Date.parse(created_at)).toBeGreaterThan(59_000);
    expect(Date.parse(expires_at) - Date.parse(created_at)).toBeLessThan(61_000);
    expect((await check(`${apikey}:${apisecret}`)).status).toBe(204);
    server.clock.advance(61);
    expect(await onlyItem()).toMatchObject({ is_active: 0, expires_at });
    expect((await check(`${apikey}:${apisecret}`)).status).toBe(401);
  });

  it('KL17: leaves out a deleted key', async () => {
    const [first = '', second] = await clients.newKeys(user, 2);
    await clients.delete(user, first);
    expect(await clients.idsOf(user)).toEqual([second]);
    expect(await clients.idsOf(user, '?status=inactive')).toEqual([]);
    expect((await clients.list(user)).headers['x-total-count']).toBe('1');
  });

  it('KL18: accepts a JSON content type without a body', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await clients.call(user, 'GET', '/api/clients/api-keys', { headers })).status).toBe(200);
  });
});
