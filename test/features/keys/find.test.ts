/** Guarantees of finding keys: each filter and each order finds exactly its keys, in pages and by cursor, on every engine alike. */

import { randomUUID } from 'node:crypto';
import type { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { aKey, insertKeys } from '../../support/keys.js';
import { TestServer, type User } from '../../support/server.js';

const DAY_MS = 86_400_000;

const NOW = Date.now();
const ago = (days: number): Date => new Date(NOW - days * DAY_MS);
const at = (days: number): string => ago(days).toISOString();

/** What each filter means, in the plainest words. */
const MEANING: [query: string, meaning: (key: ApiKey) => boolean][] = [
  ['', () => true],
  ['status=active', isActive],
  ['status=disabled', (key) => !key.isActive],
  ['status=expired', (key) => key.isActive && isBefore(key.expiresAt, 0)],
  ['status=expiring', (key) => isActive(key) && isBefore(key.expiresAt, -30)],
  ['status=unused', (key) => isActive(key) && (key.lastUsedAt === null || isBefore(key.lastUsedAt, 90))],
  ['level=2', ({ level }) => level === 2],
  ['scope=payments:write', ({ scopes }) => scopes?.includes('payments:write') === true],
  ['scope=payments:*', ({ scopes }) => scopes?.includes('payments:*') === true],
  ['externalId=Ca%26f%C3%A9', ({ externalId }) => externalId === 'Ca&fé'],
  ['externalId=CUS_1&level=4', ({ externalId, level }) => externalId === 'CUS_1' && level === 4],
  ['environment=test', ({ environment }) => environment === 'test'],
  ['surface=clients', ({ surface }) => surface === 'clients'],
  [`createdAfter=${at(40)}`, ({ createdAt }) => createdAt >= ago(40)],
  [`createdBefore=${at(40)}`, ({ createdAt }) => createdAt < ago(40)],
  [`createdAfter=${at(60)}&createdBefore=${at(20)}`, ({ createdAt: it }) => it >= ago(60) && it < ago(20)],
  [`expiresAfter=${at(-20)}`, ({ expiresAt }) => expiresAt !== null && expiresAt >= ago(-20)],
  [`expiresBefore=${at(-20)}`, ({ expiresAt }) => isBefore(expiresAt, -20)],
  [`lastUsedAfter=${at(100)}`, ({ lastUsedAt }) => lastUsedAt !== null && lastUsedAt >= ago(100)],
  [`lastUsedBefore=${at(100)}`, ({ lastUsedAt }) => isBefore(lastUsedAt, 100)],
  [
    `status=unused&lastUsedAfter=${at(150)}&environment=live`,
    (key) =>
      isActive(key) && key.environment === 'live' && isBefore(key.lastUsedAt, 90) && !isBefore(key.lastUsedAt, 150),
  ],
  ['q=CHECKOUT', ({ name }) => /checkout/i.test(name)],
  ['q=100%25_', ({ name }) => name.includes('100%_')],
  ['status=active&level=2&q=checkout', (key) => isActive(key) && key.level === 2 && /checkout/i.test(key.name)],
];

/** What each order sorts by; what has no such value comes first. */
const SORTS: [sort: string, by: (key: ApiKey) => string][] = [
  ['createdAt', ({ createdAt }) => createdAt.toISOString()],
  ['name', ({ name }) => name],
  ['expiresAt', ({ expiresAt }) => expiresAt?.toISOString() ?? ''],
  ['lastUsedAt', ({ lastUsedAt }) => lastUsedAt?.toISOString() ?? ''],
];

function isActive(key: ApiKey): boolean {
  return key.isActive && !isBefore(key.expiresAt, 0);
}

function isBefore(time: Date | null, days: number): boolean {
  return time !== null && time < ago(days);
}

describe('merchants surface: finding keys', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let keys: ApiKey[];
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    application = await server.newApplication(user);
    keys = Array.from({ length: 260 }, (_, n) => {
      const pick = <T>(...some: T[]): T => some[((n % 13) * 31 + n * 7) % some.length] as T;
      return aKey(user, {
        // Many alike, so that the id decides.
        createdAt: ago(pick(10, 30, 40, 50, 70)),
        expiresAt: pick(null, null, ago(3), ago(-10), ago(-20), ago(-200)),
        lastUsedAt: pick(null, ago(1), ago(95), ago(120), ago(200), null, ago(100)),
        isActive: n % 11 !== 0,
        level: pick(2, 4, 4, 4),
        scopes: pick(null, ['payments:write', 'orders:read'], ['payments:*'], ['payments:write2']),
        environment: pick('live', 'live', 'test'),
        surface: pick('merchants', 'merchants', 'clients', 'merchants', 'merchants'),
        externalId: pick(null, 'cus_1', 'CUS_1', 'cus_1 ', 'Ca&fé', 'Cafe'),
        applicationId: pick(null, application, randomUUID()),
        name: pick('Checkout service', 'the checkout', '100%_ sure', '1000 others', 'Zebra', 'ärgerlich'),
      });
    });
    const deleted = keys.slice(0, 20).map((key) => aKey(user, { name: key.name, deletedAt: ago(1), isActive: false }));
    const stranger = await server.newMerchant();
    await insertKeys(server, [...keys, ...deleted, aKey(stranger, { name: 'Checkout of somebody else' })]);
  });
  afterAll(() => server.stop());

  const get = (query: string, path = '/api/v1/api-keys') =>
    server.call('GET', `${path}?${query}`, { token: user.token });
  const idsOf = (items: { id: string }[]): string[] => items.map(({ id }) => id);

  /** All ids, by cursor. */
  async function byCursor(query: string, limit: number, path?: string): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { status, body } = await get(`${query}&limit=${limit}&cursor=${cursor}`, path);
      expect([status, Object.keys(body), body.limit]).toEqual([200, ['items', 'limit', 'nextCursor'], limit]);
      expect(body.items.length).toBeLessThanOrEqual(limit);
      ids.push(...idsOf(body.items));
      cursor = body.nextCursor;
    }
    return ids;
  }

  const expected = (meaning: (key: ApiKey) => boolean, by: (key: ApiKey) => string, isDescending = false): string[] => {
    const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
    const found = keys.filter(meaning).sort((a, b) => compare(by(a), by(b)) || compare(a.id, b.id));
    return idsOf(isDescending ? found.reverse() : found);
  };

  it.each(MEANING)('finds exactly the keys of "%s", in pages and by cursor', async (query, meaning) => {
    const ids = expected(meaning, ({ createdAt }) => createdAt.toISOString());
    expect(ids.length).toBeGreaterThan(0);
    if (query !== '') expect(ids.length).toBeLessThan(keys.length);
    expect(await byCursor(query, 100)).toEqual(ids);
    const { body } = await get(`${query}&page=2&limit=7`);
    expect([idsOf(body.items), body.totalItems]).toEqual([ids.slice(7, 14), ids.length]);
  });

  it.each(SORTS)('sorts by %s in both directions, whatever the filter, in pages and by cursor', async (sort, by) => {
    const some = MEANING.filter(([query]) => ['', 'status=unused', 'q=CHECKOUT'].includes(query));
    for (const [query, meaning] of some) {
      for (const isDescending of [false, true]) {
        const list = `${query}&sort=${isDescending ? '-' : ''}${sort}`;
        const ids = expected(meaning, by, isDescending);
        expect(await byCursor(list, 37)).toEqual(ids);
        expect(idsOf((await get(`${list}&page=3&limit=11`)).body.items)).toEqual(ids.slice(22, 33));
      }
    }
  });

  it('finds by the beginning of the prefix and by the last four characters', async () => {
    const [, wanted] = keys;
    for (const q of [wanted?.publicId.slice(0, 16), wanted?.lastFour]) {
      expect(await byCursor(`q=${q}`, 10)).toEqual([wanted?.id]);
    }
    expect(await byCursor(`q=${wanted?.publicId.slice(10, 20)}`, 10)).toEqual([]);
    expect(await byCursor(`q=${wanted?.lastFour?.slice(1)}`, 10)).toEqual([]);
  });

  it('finds the keys of one application by either route, with the same filters', async () => {
    const own = ({ applicationId }: ApiKey) => applicationId === application;
    const by = ({ name }: ApiKey) => name;
    const path = `/api/v1/applications/${application}/api-keys`;
    expect(await byCursor(`application=${application}&sort=name`, 9)).toEqual(expected(own, by));
    expect(await byCursor('sort=name', 9, path)).toEqual(expected(own, by));
    const active = expected((key) => own(key) && isActive(key), by);
    expect(await byCursor('sort=name&status=active', 9, path)).toEqual(active);
    expect((await get('status=active', path)).body.totalItems).toBe(active.length);
  });

  it('shows each key with its origin, and never its secret', async () => {
    const { id, fullKey } = await server.newFullKey(user, await server.newApplication(user), { description: 'mine' });
    const { body } = await get('sort=-createdAt&limit=1');
    expect(body.items[0]).toEqual({
      ...{ id, applicationId: expect.any(String), keyPrefix: fullKey.slice(0, 12), lastFour: fullKey.slice(-4) },
      ...{ surface: 'merchants', environment: 'live', description: 'mine', level: 4, scopes: null, status: 'active' },
      ...{
        createdAt: expect.any(String),
        expiresAt: null,
        lastUsedAt: null,
        lastUsedFrom: null,
        metadata: null,
        externalId: null,
        responsibleId: null,
        previousKey: null,
      },
      ...{ exposedAt: null, exposedSource: null },
      ...{ rateLimit: null, rateLimits: null, quota: null, allowedIps: null, selfRotate: false },
    });
    keys.push({ ...aKey(user), id, createdAt: new Date(body.items[0].createdAt), name: 'mine' });
  });

  it('scans more keys than one part may hold without losing or repeating one', async () => {
    const other = await server.newMerchant();
    const many = Array.from({ length: 9000 }, (_, n) =>
      aKey(other, { createdAt: ago(n % 3), name: n % 2999 === 7 ? 'a needle' : 'hay' }),
    );
    await insertKeys(server, many);
    for (const sort of ['createdAt', '-name', 'lastUsedAt', '-expiresAt']) {
      const found: string[] = [];
      let parts = 0;
      for (let cursor: string | null = ''; cursor !== null; parts += 1) {
        const path = `/api/v1/api-keys?q=needle&sort=${sort}&cursor=${cursor}`;
        const { body } = await server.call('GET', path, { token: other.token });
        found.push(...idsOf(body.items));
        cursor = body.nextCursor;
      }
      expect(found.sort()).toEqual(idsOf(many.filter(({ name }) => name === 'a needle')).sort());
      expect(parts).toBeGreaterThan(1);
    }
  });
});
