/**
 * Guarantees of a merchant's usage: every verification counted once by outcome, application, key and external id, and shown only to those who
 * may read the keys.
 */

import { randomUUID } from 'node:crypto';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { KeyMonth } from '../../../src/verification/usage/key-month.entity.js';
import { MerchantDay } from '../../../src/verification/usage/merchant-day.entity.js';
import { OUTCOMES } from '../../../src/verification/outcome.js';
import { addUsage, type HourCount } from '../../../src/verification/usage/usage-counters.js';
import { TestServer, type User } from '../../support/server.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('usage of a merchant', () => {
  let server: TestServer;
  let user: User;
  let applications: string[];
  beforeAll(async () => {
    server = await TestServer.start({
      USAGE_FLUSH_INTERVAL_MS: '60000',
      USAGE_KEPT_DAYS: '100',
      JWT_TTL_SECONDS: '100000000',
    });
  });
  beforeEach(async () => {
    user = await server.newMerchant();
    applications = [await server.newApplication(user), await server.newApplication(user)];
  });
  afterAll(() => server.stop());

  const verify = async (key: string, times = 1, requirements: Record<string, unknown> = {}) => {
    const keys = Array.from({ length: times }, () => ({ key, ...requirements }));
    expect((await server.call('POST', '/api/v1/keys/verify/batch', { token: user.token, json: { keys } })).status).toBe(
      200,
    );
  };
  const read = (query = '', token = user.token) => server.call('GET', `/api/v1/usage${query}`, { token });
  const floor = (ms: number, to: number) => new Date(Math.floor(ms / to) * to).toISOString();
  const newKey = (application: number, settings = {}) =>
    server.newFullKey(user, applications[application] ?? '', settings);
  const newOwnKey = async () =>
    (await server.call('POST', '/api/v1/api-keys', { token: user.token, json: { description: 'A key' } })).body;

  it('counts valid and refused verifications by hour and by day', async () => {
    const { fullKey } = await newKey(0);
    await verify(fullKey, 3);
    await verify(fullKey, 2, { level: 8 });
    await verify(`${fullKey.slice(0, -1)}!`, 4);
    await server.flushed();
    await verify(fullKey, 1);
    await server.flushed();
    const now = server.clock.now().getTime();
    const counts = { VALID: 4, INSUFFICIENT_LEVEL: 2 };
    for (const [interval, length] of [
      ['hour', HOUR_MS],
      ['day', DAY_MS],
    ] as const) {
      const { status, body } = await read(`?interval=${interval}`);
      expect([status, body]).toEqual([
        200,
        {
          merchantId: user.merchantId,
          interval,
          groupBy: 'outcome',
          from: floor(now - 7 * DAY_MS, length),
          to: new Date(Date.parse(floor(now, length)) + length).toISOString(),
          total: 6,
          counts,
          intervals: [{ start: floor(now, length), counts }],
          groups: [
            { id: 'VALID', total: 4, counts: { VALID: 4 } },
            { id: 'INSUFFICIENT_LEVEL', total: 2, counts: { INSUFFICIENT_LEVEL: 2 } },
          ],
        },
      ]);
    }
  });

  it('groups by application and by key, the busiest first', async () => {
    const [first, second, own] = [await newKey(0), await newKey(1), await newOwnKey()];
    await verify(first.fullKey, 2);
    await verify(second.fullKey, 4);
    await verify(second.fullKey, 1, { level: 8 });
    await verify(own.fullKey, 3);
    await server.flushed();
    const groups = async (query: string) => (await read(query)).body.groups;
    const both = { VALID: 4, INSUFFICIENT_LEVEL: 1 };
    expect(await groups('?groupBy=application')).toEqual([
      { id: applications[1], total: 5, counts: both },
      { id: null, total: 3, counts: { VALID: 3 } },
      { id: applications[0], total: 2, counts: { VALID: 2 } },
    ]);
    expect(await groups('?groupBy=key&limit=2')).toEqual([
      { id: second.id, total: 5, counts: both },
      { id: own.id, total: 3, counts: { VALID: 3 } },
    ]);
    const ofFirst = `?groupBy=key&application=${applications[0]}`;
    expect(await groups(ofFirst)).toEqual([{ id: first.id, total: 2, counts: { VALID: 2 } }]);
    expect((await read(ofFirst)).body.total).toBe(2);
  });

  it('counts the keys of an external id, in all applications', async () => {
    const [first, second] = [await newKey(0, { externalId: 'cus 1' }), await newKey(1, { externalId: 'cus 1' })];
    const other = await newKey(0, { externalId: 'Cus 1' });
    await verify(first.fullKey, 1);
    await verify(second.fullKey, 2);
    await verify(other.fullKey, 4);
    await server.flushed();
    const total = async (query: string) => (await read(query)).body.total;
    expect(await total('?externalId=cus%201')).toBe(3);
    expect(await total('?externalId=Cus%201')).toBe(4);
    expect(await total(`?externalId=cus%201&application=${applications[1]}`)).toBe(2);
    expect(await total('')).toBe(7);
    const { groups } = (await read('?externalId=cus%201&groupBy=key')).body;
    expect(groups.map(({ id }: { id: string }) => id)).toEqual([second.id, first.id]);
  });

  it('counts from the interval that contains from, up to the interval that contains the moment before to', async () => {
    const { merchantId } = user;
    const { key } = aKey(merchantId);
    const counted = (hour: string, count: number): HourCount => ({
      key,
      hourMs: Date.parse(hour),
      outcome: 'VALID',
      count,
    });
    await addUsage(server.dataSource.manager, [
      counted('2026-03-01T23:00:00Z', 1),
      counted('2026-03-02T00:00:00Z', 10),
      counted('2026-03-02T23:00:00Z', 100),
      counted('2026-03-03T00:00:00Z', 1000),
    ]);
    const total = async (query: string) => (await read(query)).body.total;
    expect(await total('?from=2026-03-02T12:00:00Z&to=2026-03-02T13:00:00Z&interval=day')).toBe(110);
    expect(await total('?from=2026-03-02&to=2026-03-02')).toBe(110);
    expect(await total('?from=2026-03-01T23:30:00Z&to=2026-03-02T00:00:00.001Z')).toBe(11);
    expect(await total('?from=2026-03-02T00:00:00Z&to=2026-03-03T00:00:00Z&interval=day')).toBe(110);
    for (const [query, field] of [
      ['?from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z', 'to'],
      ['?from=2024-03-02&to=2026-03-02', 'to'],
      ['?groupBy=key&interval=hour', 'interval'],
      ['?limit=101', 'limit'],
      ['?limit=0', 'limit'],
      ['?groupBy=merchant', 'groupBy'],
      ['?externalId=', 'externalId'],
      [`?allMerchants=true&merchantId=${merchantId}`, 'allMerchants'],
    ] as const) {
      const { status, body } = await read(query);
      expect([query, status]).toEqual([query, 400]);
      expect(JSON.stringify(body)).toContain(field);
    }
  });

  it('reports of any period what was counted in it, by outcome, application and key', async () => {
    const { merchantId } = user;
    const externalIds = [null, 'a', 'b'];
    const keys = Array.from({ length: 6 }, (_, n) =>
      aKey(merchantId, { applicationId: applications[n % 3] ?? null, externalId: externalIds[n % 2] ?? null }),
    );
    // The last key's external id changes within a month.
    const renamed = aKey(merchantId, { ...keys[5]?.key, externalId: 'b' });
    const firstMs = Date.parse('2025-11-20T00:00:00Z');
    const outcomes = ['VALID', 'VALID', 'RATE_LIMITED', 'EXPIRED'] as const;
    const counts = Array.from({ length: 900 }, (_, n): HourCount => {
      const hour = (n * 7919) % (100 * 24);
      const { key } = n % 6 === 5 && hour > 1000 ? renamed : (keys[n % 6] ?? renamed);
      return { key, hourMs: firstMs + hour * HOUR_MS, outcome: outcomes[(n * 31) % 4] ?? 'VALID', count: 1 + (n % 17) };
    });
    for (const half of [counts.slice(0, 500), counts.slice(500)]) await addUsage(server.dataSource.manager, half);

    const periods = [
      ['2025-11-20', '2026-02-27'],
      ['2025-12-01', '2025-12-31'],
      ['2025-12-02', '2025-12-30'],
      ['2025-12-14', '2025-12-15'],
      ['2025-11-29', '2026-01-02'],
      ['2026-01-28', '2026-02-28'],
      ['2025-12-09T07:00:00Z', '2026-01-20T16:00:00Z'],
      ['2025-12-09T07:00:00Z', '2025-12-09T09:00:00Z'],
      ['2025-10-01', '2025-11-20'],
      ['2025-10-01', '2025-10-31'],
    ] as const;
    const filters: [string, (key: HourCount['key']) => boolean][] = [
      ['', () => true],
      [`&application=${applications[1]}`, ({ applicationId }) => applicationId === applications[1]],
      ['&externalId=b', ({ externalId }) => externalId === 'b'],
    ];
    const of = {
      outcome: ({ outcome }: HourCount) => outcome,
      application: ({ key }: HourCount) => key.applicationId,
      key: ({ key }: HourCount) => key.id,
    };
    for (const [from, to] of periods)
      for (const [filter, isMeant] of filters)
        for (const [groupBy, groupOf] of Object.entries(of))
          for (const interval of groupBy === 'key' ? ['day'] : ['day', 'hour']) {
            const query = `?from=${from}&to=${to}&interval=${interval}&groupBy=${groupBy}&limit=100${filter}`;
            const { status, body } = await read(query);
            expect([query, status]).toEqual([query, 200]);
            const within = counts.filter(
              ({ key, hourMs }) => isMeant(key) && hourMs >= Date.parse(body.from) && hourMs < Date.parse(body.to),
            );
            const byGroup = grouped(within, groupOf);
            const groups = [...byGroup].map(([id, some]) => ({ id, total: sum(some), counts: byOutcome(some) }));
            const length = interval === 'day' ? DAY_MS : HOUR_MS;
            const intervals = [...grouped(within, ({ hourMs }) => floor(hourMs, length))]
              .map(([start, some]) => ({ start, counts: byOutcome(some) }))
              .sort((a, b) => (a.start < b.start ? -1 : 1));
            expect({ query, ...body, groups: new Set(body.groups) }).toEqual({
              ...{ ...body, query, total: sum(within), counts: byOutcome(within), intervals },
              groups: new Set(groups),
            });
            const totals = body.groups.map(({ total }: { total: number }) => total);
            expect(totals).toEqual(totals.toSorted((a: number, b: number) => b - a));
          }
  });

  it('shows a merchant its own usage alone, and from level 5 on every merchant', async () => {
    const { fullKey, id } = await newKey(0);
    await verify(fullKey, 2);
    await server.flushed();
    const [stranger, reader] = [await server.newMerchant(), await server.newMember(server.admin, 'bughunter')];
    const ofUser = `?merchantId=${user.merchantId}`;
    expect((await read('', stranger.token)).body.total).toBe(0);
    for (const query of [ofUser, '?allMerchants=true'])
      expect([(await read(query, stranger.token)).status, query]).toEqual([403, query]);
    expect((await read(ofUser, reader.token)).body).toMatchObject({ merchantId: user.merchantId, total: 2 });
    const all = (await read('?allMerchants=true&groupBy=key&limit=100', reader.token)).body;
    expect(all).toMatchObject({ merchantId: null });
    expect(all.groups).toContainEqual({ id, total: 2, counts: { VALID: 2 } });
  });

  it('names no personal key of another member, whose verifications count nevertheless', async () => {
    const owner = await server.newMember(user, 'user');
    const { key, basic } = await server.newPersonalKey(owner, 1);
    const { id } = await server.dataSource.getRepository(ApiKey).findOneByOrFail({ publicId: key });
    const authorization = `Basic ${Buffer.from(basic).toString('base64')}`;
    expect((await server.call('GET', '/api/v1/keys/check', { headers: { authorization } })).status).toBe(204);
    await server.flushed();
    expect((await read('')).body.total).toBe(1);
    expect((await read('?groupBy=key')).body.groups).toEqual([]);
    const groups = [{ id, total: 1, counts: { VALID: 1 } }];
    expect((await read('?groupBy=key', owner.token)).body.groups).toEqual(groups);
    expect((await read(`?groupBy=key&merchantId=${user.merchantId}`, server.admin.token)).body.groups).toEqual(groups);
  });

  it('keeps counts that a flush could not write, once', async () => {
    const { fullKey } = await newKey(0);
    await verify(fullKey, 2);
    await server.dataSource.query('ALTER TABLE merchant_day RENAME TO merchant_day_away');
    await server.flushed().catch(() => undefined);
    await server.dataSource.query('ALTER TABLE merchant_day_away RENAME TO merchant_day');
    await verify(fullKey, 1);
    await server.flushed();
    expect((await read('')).body.total).toBe(3);
    expect((await read('?groupBy=key')).body.total).toBe(3);
    const months = await server.dataSource.getRepository(KeyMonth).findBy({ merchantId: user.merchantId });
    expect(months.map(({ total }) => total)).toEqual([3]);
  });

  it('deletes counts when their time is over, and not before', async () => {
    const { fullKey } = await newKey(0, { externalId: 'cus_1' });
    await verify(fullKey, 1);
    await server.flushed();
    const rows = async () => {
      const { merchantId } = user;
      const counts = [KeyMonth, MerchantDay].map((entity) =>
        server.dataSource.getRepository(entity).countBy({ merchantId }),
      );
      return Promise.all(counts);
    };
    server.clock.advance(99 * 86_400);
    await server.keepHouse('usage');
    expect(await rows()).toEqual([1, 2]);
    server.clock.advance(2 * 86_400);
    expect(await server.keepHouse('usage', 'dryRun')).toMatchObject({ outcome: 'completed' });
    expect((await rows())[1]).toBe(2);
    await server.keepHouse('usage');
    expect((await rows())[1]).toBe(0);
    // What is counted by key goes with its whole month.
    server.clock.advance(31 * 86_400);
    await server.keepHouse('usage');
    expect(await rows()).toEqual([0, 0]);
  });
});

const aKey = (merchantId: string, settings: Partial<HourCount['key']> = {}): Pick<HourCount, 'key'> => ({
  key: {
    id: randomUUID(),
    merchantId,
    applicationId: null,
    externalId: null,
    surface: 'merchants',
    accountNumber: 1,
    ...settings,
  },
});

const sum = (counts: HourCount[]): number => counts.reduce((total, { count }) => total + count, 0);

const byOutcome = (counts: HourCount[]): Record<string, number> =>
  Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, sum(counts.filter((each) => each.outcome === outcome))] as const).filter(
      ([, count]) => count > 0,
    ),
  );

function grouped<T, G>(items: T[], groupOf: (item: T) => G): Map<G, T[]> {
  const groups = new Map<G, T[]>();
  for (const item of items) groups.set(groupOf(item), [...(groups.get(groupOf(item)) ?? []), item]);
  return groups;
}
