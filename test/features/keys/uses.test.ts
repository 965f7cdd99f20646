/**
 * Guarantees of recorded uses: from where a key was last used, for which of its scopes, and who still uses a credential that was replaced. Of
 * addresses only networks are kept, and of programs names.
 */

import { LastSource } from '../../../src/api-keys/uses/last-source.entity.js';
import { PreviousUse } from '../../../src/api-keys/uses/previous-use.entity.js';
import { TestServer, type User } from '../../support/server.js';

const DAY_SECONDS = 86_400;
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('the uses of a key', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.start({ USAGE_FLUSH_INTERVAL_MS: '60000', JWT_TTL_SECONDS: '100000000' });
  });
  beforeEach(async () => {
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const call = (method: string, path: string, json?: object, token = user.token) =>
    server.call(method, path, { token, ...(json && { json }) });
  const verify = async (key: string, use: object = {}) => {
    const { status, body } = await call('POST', '/api/v1/keys/verify', { key, ...use });
    expect(status).toBe(200);
    return body.outcome;
  };
  const usesOf = async (id: string) => {
    await server.flushed();
    const { status, body } = await call('GET', `/api/v1/api-keys/${id}/uses`);
    expect(status).toBe(200);
    return body;
  };
  const sourceOf = async (id: string) => (await usesOf(id)).lastUsedFrom;

  it.each([
    [
      { ip: '203.0.113.77', userAgent: 'curl/8.14.1' },
      { network: '203.0.113.0/24', agent: 'curl' },
    ],
    [
      { ip: '::ffff:203.0.113.77', userAgent: 'Go-http-client/2.0' },
      { network: '203.0.113.0/24', agent: 'Go-http-client' },
    ],
    [
      { ip: '2001:db8:aaaa:bbbb::1', userAgent: FIREFOX },
      { network: '2001:db8:aaaa::/48', agent: 'Firefox' },
    ],
    [{ userAgent: 'python-requests/2.32.3' }, { network: null, agent: 'python-requests' }],
    [{ ip: '198.51.100.9' }, { network: '198.51.100.0/24', agent: null }],
    [
      { ip: '198.51.100.9', userAgent: '\u202e(?)' },
      { network: '198.51.100.0/24', agent: null },
    ],
    [{ userAgent: 'a8f3c09b17e2d4465f0c91aa' }, { network: null, agent: null }],
    [{}, null],
  ])('keep of %j no more than %j', async (use, lastUsedFrom) => {
    const { id, fullKey } = await server.newFullKey(user, application);
    expect(await sourceOf(id)).toBeNull();
    await verify(fullKey, use);
    expect(await sourceOf(id)).toEqual(lastUsedFrom);
    expect((await call('GET', `/api/v1/api-keys/${id}`)).body.lastUsedFrom).toEqual(lastUsedFrom);
    const { items } = (await call('GET', '/api/v1/api-keys')).body;
    expect(items.map((key: { lastUsedFrom: unknown }) => key.lastUsedFrom)).toEqual([lastUsedFrom]);
  });

  it('are those of the last verification, by verify, check and calls of the key itself', async () => {
    const { id, fullKey } = await server.newFullKey(user, application, { level: 4 });
    await verify(fullKey, { ip: '203.0.113.1', userAgent: 'curl/8' });
    await verify(fullKey, { ip: '198.51.100.1', userAgent: 'axios/1.7' });
    expect(await sourceOf(id)).toEqual({ network: '198.51.100.0/24', agent: 'axios' });
    const headers = { 'User-Agent': 'okhttp/5.0' };
    server.clock.advance(2);
    expect((await server.call('GET', '/api/v1/keys/check', { token: fullKey, headers })).status).toBe(204);
    expect(await sourceOf(id)).toEqual({ network: '127.0.0.0/24', agent: 'okhttp' });
    const asked = { token: fullKey, headers: { 'User-Agent': 'undici' }, json: { key: fullKey } };
    expect((await server.call('POST', '/api/v1/keys/verify', asked)).status).toBe(200);
    expect(await sourceOf(id)).toEqual({ network: '127.0.0.0/24', agent: 'undici' });
    await verify(fullKey);
    expect(await sourceOf(id)).toEqual({ network: '127.0.0.0/24', agent: 'undici' });
  });

  it('are those of another program at once, also where the address is read once a second', async () => {
    const { id, fullKey } = await server.newFullKey(user, application);
    for (const agent of ['curl/8', 'okhttp/5'])
      await server.call('GET', '/api/v1/keys/check', { token: fullKey, headers: { 'User-Agent': agent } });
    expect((await sourceOf(id)).agent).toBe('okhttp');
  });

  it('never are those of a refused verification', async () => {
    const { id, fullKey } = await server.newFullKey(user, application, { level: 2 });
    expect(await verify(fullKey, { ip: '203.0.113.1', level: 5 })).toBe('INSUFFICIENT_LEVEL');
    expect(await usesOf(id)).toEqual({
      keyId: id,
      lastUsedAt: null,
      lastUsedFrom: null,
      scopes: null,
      previousKey: null,
    });
  });

  it('write a source that stays the same once a minute', async () => {
    const { id, fullKey } = await server.newFullKey(user, application);
    const writtenAt = async () => {
      await verify(fullKey, { ip: '203.0.113.1' });
      await server.flushed();
      return (await server.dataSource.getRepository(LastSource).findOneByOrFail({ keyId: id })).usedAt.getTime();
    };
    const first = await writtenAt();
    server.clock.advance(30);
    expect(await writtenAt()).toBe(first);
    server.clock.advance(31);
    expect(await writtenAt()).toBeGreaterThan(first + 60_000);
  });

  describe('of scopes', () => {
    const newKey = async (scopes: string[] | null = ['orders:*', 'payments:read', 'payments:write']) =>
      server.newFullKey(user, application, { scopes });
    const overScoped = async (query = 'overScoped=true') =>
      (await call('GET', `/api/v1/api-keys?${query}`)).body.items.map(({ id }: { id: string }) => id);
    const later = (days: number) => server.clock.advance(days * DAY_SECONDS);

    it('are recorded to the day, by the scope that granted what was required', async () => {
      const { id, fullKey } = await newKey();
      await verify(fullKey, { scopes: ['orders:read', 'payments:read'] });
      expect(await verify(fullKey, { scopes: ['payments:refund'] })).toBe('MISSING_SCOPE');
      const scopes = (await usesOf(id)).scopes;
      expect(
        scopes.map(({ scope, lastUsedAt }: { scope: string; lastUsedAt: string | null }) => [
          scope,
          lastUsedAt !== null,
        ]),
      ).toEqual([
        ['orders:*', true],
        ['payments:read', true],
        ['payments:write', false],
      ]);
      later(2);
      await server.call('GET', '/api/v1/keys/check?scope=payments:write', { token: fullKey });
      await verify(fullKey, { scopes: ['orders:write'] });
      const [orders, read, write] = (await usesOf(id)).scopes;
      expect([orders.lastUsedAt > scopes[0].lastUsedAt, read.lastUsedAt === scopes[1].lastUsedAt]).toEqual([
        true,
        true,
      ]);
      expect(write.lastUsedAt).not.toBeNull();
    });

    it('find keys that were used for some of their scopes only, once they have had the others for 90 days', async () => {
      const [some, all, none, unscoped, unused] = [
        await newKey(),
        await newKey(),
        await newKey(),
        await newKey(null),
        await newKey(),
      ];
      const use = async () => {
        await verify(some.fullKey, { scopes: ['payments:read'] });
        await verify(all.fullKey, { scopes: ['payments:read', 'payments:write', 'orders:read'] });
        await verify(none.fullKey);
        await verify(unscoped.fullKey, { scopes: ['payments:read'] });
        await server.flushed();
      };
      await use();
      expect(await overScoped()).toEqual([]);
      later(91);
      await use();
      expect(await overScoped()).toEqual([some.id]);
      expect((await overScoped('overScoped=false')).sort()).toEqual([all.id, none.id, unscoped.id, unused.id].sort());
      const { findings } = (await call('GET', '/api/v1/hygiene')).body;
      const finding = findings.find(({ kind }: { kind: string }) => kind === 'overScoped');
      expect(finding).toMatchObject({ count: 1, filter: { status: 'active', overScoped: true } });
      const narrowed = { scopes: ['payments:read'] };
      expect((await call('PATCH', `/api/v1/api-keys/${some.id}`, narrowed)).status).toBe(200);
      expect(await overScoped()).toEqual([]);
      expect(
        (await call('PATCH', `/api/v1/api-keys/${some.id}`, { scopes: ['payments:read', 'users:read'] })).status,
      ).toBe(200);
      expect(await overScoped()).toEqual([]);
      later(91);
      await use();
      expect(await overScoped()).toEqual([some.id]);
      later(91);
      expect(await overScoped()).toEqual([]);
    });
  });

  describe('of a replaced credential', () => {
    const rotate = async (id: string) => {
      const { status, body } = await call('POST', `/api/v1/api-keys/${id}/rotate`, { overlapSeconds: 7 * DAY_SECONDS });
      expect(status).toBe(201);
      return body.fullKey as string;
    };

    it('are counted by source, with the share of each hour', async () => {
      const { id, fullKey: old } = await server.newFullKey(user, application);
      await verify(old, { ip: '192.0.2.1', userAgent: 'curl/8' });
      const fresh = await rotate(id);
      const curl = { ip: '203.0.113.4', userAgent: 'curl/8' };
      for (let time = 0; time < 3; time += 1) await verify(old, curl);
      await verify(old, { ip: '203.0.113.5', userAgent: 'axios/1' });
      await verify(fresh, { ip: '198.51.100.1' });
      server.clock.advance(3600);
      await verify(old, curl);
      for (let time = 0; time < 3; time += 1) await verify(fresh, curl);
      const { previousKey } = await usesOf(id);
      expect(previousKey.keyPrefix).toBe(old.slice(0, 12));
      expect(
        previousKey.hours.map(({ count, percent }: { count: number; percent: number }) => [count, percent]),
      ).toEqual([
        [4, 67],
        [1, 25],
      ]);
      const [{ start: first }, { start: second }] = previousKey.hours;
      expect(Date.parse(second) - Date.parse(first)).toBe(3_600_000);
      expect(previousKey.sources).toEqual([
        { network: '203.0.113.0/24', agent: 'curl', count: 4, lastUsedIn: second },
        { network: '203.0.113.0/24', agent: 'axios', count: 1, lastUsedIn: first },
      ]);
    });

    it('are told apart up to a number of sources an hour, and all counted', async () => {
      const { id, fullKey: old } = await server.newFullKey(user, application);
      await rotate(id);
      for (const part of [0, 1])
        await call('POST', '/api/v1/keys/verify/batch', {
          keys: Array.from({ length: 75 }, (_, index) => ({ key: old, ip: `10.${part}.${index}.1` })),
        });
      await server.flushed();
      const rows = await server.dataSource.getRepository(PreviousUse).findBy({ keyId: id });
      expect(rows).toHaveLength(101);
      expect(rows.find(({ network }) => network === '')?.count).toBe(50);
      const { previousKey } = await usesOf(id);
      expect([previousKey.hours[0].count, previousKey.sources.length]).toEqual([150, 50]);
    });

    it('end with the overlap', async () => {
      const { id, fullKey: old } = await server.newFullKey(user, application);
      await rotate(id);
      await verify(old);
      server.clock.advance(8 * DAY_SECONDS);
      expect((await usesOf(id)).previousKey).toBeNull();
    });
  });

  it('are shown to those who may read the key', async () => {
    const { id } = await server.newFullKey(user, application);
    const stranger = await server.newMerchant();
    expect((await call('GET', `/api/v1/api-keys/${id}/uses`, undefined, stranger.token)).status).toBe(403);
    const { body } = await call('POST', '/api/v1/keys/verify', { key: 'x', userAgent: 'a'.repeat(1001) });
    expect(JSON.stringify(body)).toContain('userAgent');
  });
});
