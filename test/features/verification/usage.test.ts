/**
 * Guarantees of usage counts: every outcome counted once, in its hour, drained at the stop, exact with several instances, shown to those
 * who may.
 */

import { KeyUsage } from '../../../src/verification/usage/key-usage.entity.js';
import { TestServer, type User } from '../../support/server.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('usage of a key', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    // Nothing is written in between unless a test says so.
    server = await TestServer.start({ USAGE_FLUSH_INTERVAL_MS: '60000', JWT_TTL_SECONDS: '100000000' });
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const verify = async (key: string, requirements: Record<string, unknown> = {}, times = 1, by = server) => {
    const keys = Array.from({ length: times }, () => ({ key, ...requirements }));
    const { status } = await by.call('POST', '/api/v1/keys/verify/batch', { token: user.token, json: { keys } });
    expect(status).toBe(200);
  };
  const usageOf = (keyId: string, query = '', token = user.token) =>
    server.call('GET', `/api/v1/applications/${application}/api-keys/${keyId}/usage${query}`, { token });
  const totalOf = async (keyId: string): Promise<number> => {
    const rows = await server.dataSource.getRepository(KeyUsage).findBy({ keyId });
    return rows.reduce((sum, { count }) => sum + count, 0);
  };
  const insert = (keyId: string, counts: [string, string, number][]) =>
    server.dataSource
      .getRepository(KeyUsage)
      .insert(counts.map(([hour, outcome, count]) => ({ keyId, hour: new Date(hour), outcome, count })));

  it('counts every outcome of a key, by verify and by check', async () => {
    const limits = { rateLimit: { limit: 5, windowSeconds: 3600 } };
    const { id, fullKey } = await server.newFullKey(user, application, limits);
    await verify(fullKey, {}, 3);
    await verify(fullKey, { level: 8 }, 2);
    await verify(fullKey, { applicationId: await server.newApplication(user) });
    for (let time = 0; time < 4; time += 1) await server.call('GET', '/api/v1/keys/check', { token: fullKey });
    await server.flushed();
    const { status, body } = await usageOf(id);
    const start = new Date(Math.floor(server.clock.now().getTime() / HOUR_MS) * HOUR_MS).toISOString();
    const counts = { VALID: 5, INSUFFICIENT_LEVEL: 2, RATE_LIMITED: 2 };
    expect([status, body]).toEqual([200, { keyId: id, interval: 'hour', intervals: [{ start, counts }] }]);
  });

  it("is read by the key's id alone as well, as a key without an application must be", async () => {
    const read = (id: string, token?: string) =>
      server.call('GET', `/api/v1/api-keys/${id}/usage?interval=day`, { token });
    const json = { description: 'A key' };
    const own = (await server.call('POST', '/api/v1/api-keys', { token: user.token, json })).body;
    const applications = await server.newFullKey(user, application);
    const [stranger, reader] = [await server.newMerchant(), await server.newMember(server.admin, 'bughunter')];
    for (const { id, fullKey } of [own, applications]) {
      await verify(fullKey, {}, 3);
      await server.flushed();
      for (const { token } of [user, reader]) {
        const { status, body } = await read(id, token);
        expect([status, body]).toEqual([
          200,
          { keyId: id, interval: 'day', intervals: [{ start: expect.any(String), counts: { VALID: 3 } }] },
        ]);
      }
      expect([(await read(id)).status, (await read(id, stranger.token)).status]).toEqual([401, 403]);
    }
    expect((await read('00000000-0000-4000-8000-000000000000', user.token)).status).toBe(404);
    expect((await read((await server.newPair(user)).id, user.token)).status).toBe(404);
  });

  it('is empty for a key that was never verified', async () => {
    const { id, fullKey } = await server.newFullKey(user, application);
    await verify(`${fullKey.slice(0, -1)}!`, {}, 5);
    await server.flushed();
    expect((await usageOf(id, '?interval=day')).body).toEqual({ keyId: id, interval: 'day', intervals: [] });
  });

  it('assigns each verification to its hour, and hours to days', async () => {
    const { id, fullKey } = await server.newFullKey(user, application);
    const before = server.clock.now().getTime();
    for (const hours of [0, 1, 24]) {
      server.clock.advance(hours * 3600);
      await verify(fullKey, {}, hours + 1);
    }
    await server.flushed();
    const now = server.clock.now().getTime();
    const floor = (time: number, to: number) => new Date(Math.floor(time / to) * to).toISOString();
    const hourly = await usageOf(id);
    expect(hourly.body.intervals).toEqual([
      { start: floor(before, HOUR_MS), counts: { VALID: 1 } },
      { start: floor(before + HOUR_MS, HOUR_MS), counts: { VALID: 2 } },
      { start: floor(now, HOUR_MS), counts: { VALID: 25 } },
    ]);
    const daily = await usageOf(id, '?interval=day');
    const days = new Map<string, number>();
    for (const [time, count] of [
      [before, 1],
      [before + HOUR_MS, 2],
      [now, 25],
    ] as const)
      days.set(floor(time, DAY_MS), (days.get(floor(time, DAY_MS)) ?? 0) + count);
    expect(daily.body.intervals).toEqual([...days].map(([start, VALID]) => ({ start, counts: { VALID } })));
  });

  it('shows what lies between from and to, with the interval that holds from', async () => {
    const { id } = await server.newFullKey(user, application);
    await insert(id, [
      ['2026-03-01T23:00:00Z', 'VALID', 1],
      ['2026-03-02T00:00:00Z', 'VALID', 2],
      ['2026-03-02T00:00:00Z', 'EXPIRED', 3],
      ['2026-03-02T10:00:00Z', 'VALID', 4],
      ['2026-03-03T00:00:00Z', 'VALID', 5],
    ]);
    const of = async (query: string) => (await usageOf(id, query)).body.intervals;
    expect(await of('?from=2026-03-02T00:30:00Z&to=2026-03-02T10:00:00Z')).toEqual([
      { start: '2026-03-02T00:00:00.000Z', counts: { VALID: 2, EXPIRED: 3 } },
    ]);
    expect(await of('?from=2026-03-02T12:00:00Z&to=2026-03-03T00:00:00Z&interval=day')).toEqual([
      { start: '2026-03-02T00:00:00.000Z', counts: { VALID: 6, EXPIRED: 3 } },
    ]);
    expect(await of('?from=2026-03-02T01:00:00%2B02:00&to=2026-03-02T02:00:00%2B02:00')).toEqual([
      { start: '2026-03-01T23:00:00.000Z', counts: { VALID: 1 } },
    ]);
    const all = await of('?from=2026-01-01&to=2026-12-31');
    expect(all.map(({ start }: { start: string }) => start.slice(0, 13))).toEqual([
      ...['2026-03-01T23', '2026-03-02T00', '2026-03-02T10', '2026-03-03T00'],
    ]);
  });

  it.each([
    ['from=yesterday', 'from'],
    ['from=2026-02-30T25:00:00Z', 'from'],
    ['from=', 'from'],
    ['from=1', 'from'],
    ['to=2026-13-01', 'to'],
    ['from=2026-03-02&to=2026-03-01', 'to'],
    ['from=2026-03-02T10:00:00Z&to=2026-03-02T10:00:00Z', 'to'],
    ['from=2024-01-01&to=2026-01-01', 'to'],
    ['from=2026-03-02&from=2026-03-03', 'from'],
    ['interval=minute', 'interval'],
    ['interval=', 'interval'],
  ])('refuses the range %s and names the field', async (query, field) => {
    const { id } = await server.newFullKey(user, application);
    const { status, body } = await usageOf(id, `?${query}`);
    expect([status, body.error]).toEqual([400, 'Bad Request']);
    expect(body.details).toEqual([{ field, message: expect.any(String) }]);
  });

  it("shows neither another merchant's key nor one of another application", async () => {
    const { id } = await server.newFullKey(user, application);
    const stranger = await server.newMerchant();
    expect((await usageOf(id, '', stranger.token)).status).toBe(403);
    expect((await usageOf('00000000-0000-4000-8000-000000000000')).status).toBe(404);
    const elsewhere = await server.newFullKey(user, await server.newApplication(user));
    expect((await usageOf(elsewhere.id)).status).toBe(404);
    expect((await server.call('GET', `/api/v1/applications/${application}/api-keys/${id}/usage`)).status).toBe(401);
  });

  it('is flushed when the server stops, and nothing is written twice', async () => {
    const { id, fullKey } = await server.newFullKey(user, application, { quota: { limit: 1000, period: 'month' } });
    await verify(fullKey, {}, 100);
    expect(await totalOf(id)).toBe(0);
    await server.close();
    await server.open();
    expect(await totalOf(id)).toBe(100);
    const path = `/api/v1/applications/${application}/api-keys/${id}`;
    expect((await server.call('GET', path, { token: user.token })).body.lastUsedAt).not.toBeNull();
    await verify(fullKey, {}, 1);
    await server.flushed();
    await server.flushed();
    expect(await totalOf(id)).toBe(101);
  });

  it('is exact with four instances that write the same keys all the time', async () => {
    const keys: { id: string; fullKey: string }[] = [];
    for (let index = 0; index < 150; index += 1) keys.push(await server.newFullKey(user, application));
    const others = [];
    for (let index = 0; index < 3; index += 1)
      others.push(await server.another({ USAGE_FLUSH_INTERVAL_MS: '20', KEYRING_MAX_KEYS: '1000' }));
    const rounds = ENGINE !== 'sqlite' ? 10 : 4;
    const shuffled = () => [...keys].sort(() => Math.random() - 0.5);
    await Promise.all(
      others.map(async (other) => {
        for (let round = 0; round < rounds; round += 1) {
          const all = shuffled();
          for (let from = 0; from < all.length; from += 50) {
            const batch = all.slice(from, from + 50).map(({ fullKey }) => ({ key: fullKey }));
            await other.call('POST', '/api/v1/keys/verify/batch', { token: user.token, json: { keys: batch } });
          }
        }
      }),
    );
    for (const { fullKey } of keys.slice(0, 10)) await verify(fullKey);
    for (const other of others.reverse()) await other.close();
    await server.flushed();
    const totals = await Promise.all(keys.map(({ id }) => totalOf(id)));
    expect(totals).toEqual(keys.map((_, index) => rounds * 3 + (index < 10 ? 1 : 0)));
    expect(server.logs.filter((line) => /deadlock|wait for the database/i.test(line))).toEqual([]);
  });
});
