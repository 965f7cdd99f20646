/**
 * Guarantees of limits with REDIS_URL: exact over all instances; without Redis they are kept in shares; a silent Redis delays nothing.
 * Runs alone because it measures time.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../support/mariadb.js';
import { provide } from '../../support/packages.js';
import { Daemon } from '../../support/daemon.js';
import { TestServer, type User } from '../../support/server.js';

const path = provide('Redis', 'redis-server', 'redis-server');

(path ? describe : describe.skip)('limits counted in Redis', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-redis-'));
  let port: number;
  let redis: Daemon;
  let server: TestServer;
  let other: TestServer;
  let user: User;
  let application: string;

  const startRedis = () =>
    Daemon.start(path ?? '', ['--port', String(port), '--dir', folder, '--save', '', '--bind', '127.0.0.1'], port);

  beforeAll(async () => {
    port = await freePort();
    redis = await startRedis();
    server = await TestServer.start({
      REDIS_URL: `redis://127.0.0.1:${port}`,
      USAGE_FLUSH_INTERVAL_MS: '200',
      LOGIN_RATE_LIMIT_PER_MINUTE: '4',
    });
    user = await server.newMerchant();
    application = await server.newApplication(user);
    other = await server.another();
    // Until each knows of the other.
    await sleep(3500);
  });
  afterAll(async () => {
    await other.close();
    await server.stop();
    await redis.stop();
    rmSync(folder, { recursive: true });
  });

  const check = async (by: TestServer, token: string): Promise<number> =>
    (await by.call('GET', '/api/v1/keys/check', { token })).status;
  /** How many of so many requests at once are allowed. */
  const allowed = async (by: TestServer, token: string, times: number): Promise<number> => {
    const all = await Promise.all(Array.from({ length: times }, () => check(by, token)));
    expect(all.filter((status) => status !== 204 && status !== 429)).toEqual([]);
    return all.filter((status) => status === 204).length;
  };
  const newKey = async (limits: Record<string, unknown>) =>
    (await server.newFullKey(user, application, limits)).fullKey;
  const rateOf = (limit: number) => ({ rateLimit: { limit, windowSeconds: 3600 } });
  const quotaOf = (limit: number) => ({ quota: { limit, period: 'month' } });
  const logged = async (text: string): Promise<void> => {
    for (let attempt = 0; !server.logs.join('\n').includes(text); attempt += 1) {
      if (attempt > 200) throw new Error(`Nobody logged "${text}".`);
      await sleep(50);
    }
  };

  it.each([
    ['rate', rateOf(100)],
    ['quota', quotaOf(100)],
  ])('allow exactly the %s to two instances together', async (_, limits) => {
    const shared = await newKey(limits);
    const [here, there] = await Promise.all([allowed(server, shared, 90), allowed(other, shared, 90)]);
    expect(here + there).toBe(100);
    const single = await newKey(limits);
    expect(await allowed(server, single, 120)).toBe(100);
    expect(await allowed(other, single, 20)).toBe(0);
  });

  it('allow no more than the rate in any window, wherever requests arrive', async () => {
    const token = await newKey({ rateLimit: { limit: 10, windowSeconds: 2 } });
    expect(await allowed(server, token, 1)).toBe(1);
    await sleep(1900);
    expect((await allowed(server, token, 4)) + (await allowed(other, token, 5))).toBe(9);
    await sleep(150);
    expect((await allowed(server, token, 5)) + (await allowed(other, token, 5))).toBe(1);
    const { headers } = await other.call('GET', '/api/v1/keys/check', { token });
    expect(headers['retry-after']).toBe('2');
    await sleep(2000);
    expect(await allowed(server, token, 12)).toBeGreaterThanOrEqual(9);
    const large = await newKey({ rateLimit: { limit: 300, windowSeconds: 60 } });
    const [here, there] = await Promise.all([allowed(server, large, 250), allowed(other, large, 250)]);
    expect(here + there).toBe(300);
  });

  it('use up nothing of the rate by a request that the quota refuses', async () => {
    const token = await newKey({ ...rateOf(10), ...quotaOf(3) });
    expect(await allowed(server, token, 3)).toBe(3);
    expect(await allowed(other, token, 6)).toBe(0);
    const { headers } = await server.call('GET', '/api/v1/keys/check', { token });
    expect(headers.ratelimit).toMatch(/^"key";r=7;t=/);
  });

  it('admit a request by all of several limits or use up none, exactly, wherever requests arrive', async () => {
    const rateLimits = [
      { limit: 30, windowSeconds: 2 },
      { limit: 50, windowSeconds: 3600 },
    ];
    const token = await newKey({ rateLimits, ...quotaOf(100) });
    const [here, there] = await Promise.all([allowed(server, token, 25), allowed(other, token, 25)]);
    expect(here + there).toBe(30);
    await sleep(2050);
    const [more, rest] = await Promise.all([allowed(server, token, 25), allowed(other, token, 25)]);
    expect(more + rest).toBe(20);
    const json = { key: token };
    const { body } = await server.call('POST', '/api/v1/keys/verify', { token: user.token, json });
    expect(body).toMatchObject({
      outcome: 'RATE_LIMITED',
      rateLimit: { limit: 50, remaining: 0 },
      rateLimits: [{ remaining: 10 }, { remaining: 0 }],
    });
    const free = await other.call('POST', '/api/v1/keys/verify', { token: user.token, json: { ...json, cost: 0 } });
    expect(free.body).toMatchObject({ outcome: 'VALID', quota: { remaining: 50 } });
  });

  it('are shared by the keys of an external id, exactly, beside their own', async () => {
    const json = { ...quotaOf(60), rateLimits: [{ limit: 50, windowSeconds: 3600 }] };
    await server.call('PUT', '/api/v1/shared-limits/c1', { token: user.token, json });
    const [a, b] = [await newKey({ externalId: 'c1', ...rateOf(20) }), await newKey({ externalId: 'c1' })];
    const uses = await Promise.all([allowed(server, a, 25), allowed(other, a, 25)]);
    expect(uses[0] + uses[1]).toBe(20);
    const rest = await Promise.all([allowed(server, b, 40), allowed(other, b, 40)]);
    expect(rest[0] + rest[1]).toBe(30);
    const free = { key: a, cost: 0 };
    const { body } = await other.call('POST', '/api/v1/keys/verify', { token: user.token, json: free });
    expect(body).toMatchObject({ rateLimits: [{ remaining: 0 }, { remaining: 0 }], quota: { remaining: 10 } });
  });

  it('start a quota anew that is reset, on both instances', async () => {
    const { id, fullKey } = await server.newFullKey(user, application, quotaOf(20));
    expect((await allowed(server, fullKey, 15)) + (await allowed(other, fullKey, 15))).toBe(20);
    await other.call('POST', `/api/v1/api-keys/${id}/quota/reset`, { token: user.token });
    expect((await allowed(server, fullKey, 15)) + (await allowed(other, fullKey, 15))).toBe(20);
  });

  it('report on one instance what the other has used', async () => {
    const token = await newKey(rateOf(10));
    expect(await allowed(server, token, 4)).toBe(4);
    const { headers } = await other.call('GET', '/api/v1/keys/check', { token });
    expect(headers.ratelimit).toMatch(/^"key";r=5;t=/);
  });

  it('do not count a refused request', async () => {
    for (const limits of [rateOf(10), quotaOf(10)]) {
      const key = await newKey(limits);
      const verify = async (by: TestServer, cost: number) =>
        (await by.call('POST', '/api/v1/keys/verify', { token: user.token, json: { key, cost } })).body.valid;
      expect([await verify(server, 6), await verify(other, 5), await verify(other, 4)]).toEqual([true, false, true]);
    }
  });

  it('are kept in shares, and a warning logged, while Redis is down, and exactly again afterwards', async () => {
    const before = await newKey(quotaOf(100));
    expect(await allowed(server, before, 30)).toBe(30);
    await sleep(500);
    await redis.stop('SIGKILL');

    const rate = await newKey(rateOf(40));
    expect(await Promise.all([allowed(server, rate, 40), allowed(other, rate, 40)])).toEqual([20, 20]);
    // All that is left, but for a unit that each may hold while the other asks in vain.
    const uses = await Promise.all([allowed(server, before, 100), allowed(other, before, 100)]);
    expect(uses[0] + uses[1]).toBeGreaterThanOrEqual(68);
    expect(uses[0] + uses[1]).toBeLessThanOrEqual(70);
    await logged('Redis is unreachable; instances share limits through the database');

    await sleep(500);
    redis = await startRedis();
    await logged('Redis is reachable again; limits are exact across instances');
    await sleep(2500);
    expect(await allowed(server, before, 20)).toBe(0);
    const after = await newKey(rateOf(40));
    expect(await allowed(server, after, 60)).toBe(40);
    const quota = await newKey(quotaOf(40));
    expect(await allowed(other, quota, 60)).toBe(40);
  });

  it('restore the used quota from the database when Redis has lost everything', async () => {
    const token = await newKey(quotaOf(50));
    expect((await allowed(server, token, 20)) + (await allowed(other, token, 20))).toBe(40);
    await sleep(500);
    await redis.stop('SIGKILL');
    redis = await startRedis();
    await sleep(3000);
    expect((await allowed(server, token, 30)) + (await allowed(other, token, 30))).toBe(10);
  });

  it('do not wait for a Redis that does not answer', async () => {
    const token = await newKey({ ...rateOf(40), ...quotaOf(40) });
    expect(await allowed(server, token, 1)).toBe(1);
    redis.signal('SIGSTOP');
    const start = performance.now();
    expect(await allowed(server, token, 10)).toBe(10);
    expect(performance.now() - start).toBeLessThan(2000);
    redis.signal('SIGCONT');
  });

  /** The statuses of as many failing logins of one name, at the instances in turns. */
  const failures = async (username: string, times: number) => {
    const statuses = [];
    for (let attempt = 0; attempt < times; attempt += 1) {
      const json = { username, password: 'a wrong password' };
      statuses.push((await (attempt % 2 === 0 ? server : other).call('POST', '/login', { json })).status);
    }
    return statuses;
  };

  it('count the failed logins of strangers at two instances together, and at each while Redis is down', async () => {
    expect(await failures('nobody', 6)).toEqual([401, 401, 401, 401, 429, 429]);
    await redis.stop('SIGKILL');
    expect(await failures('somebody', 10)).toEqual([...Array<number>(8).fill(401), 429, 429]);
    redis = await startRedis();
    await sleep(2500);
    expect(await failures('anybody', 6)).toEqual([401, 401, 401, 401, 429, 429]);
  });
});
