/**
 * Guarantees while the database fails: known keys are answered for within the lease, never wrongly, and nothing waits or grows. Runs alone
 * because it measures time and memory.
 */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatFullKey, issueFullKey } from '../../src/api-keys/credentials/credential.js';
import { createDatabase } from '../support/engine.js';
import type { Answer } from '../support/http.js';
import { heapUsedMb } from '../support/memory.js';
import { TestServer, type User } from '../support/server.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** How long a process trusts what it knows after it has last heard of the database. */
const LEASE_MS = 3000;

/** What an instance may still wait for before it notices that its lease is over, and what a slow machine may add. */
const SLACK_MS = 1500;

const mariadb = process.env.TEST_DATABASE_URL;

(mariadb ? describe : describe.skip)('verification without its database', () => {
  /** Reaches the database through the proxy. */
  let server: TestServer;
  /** Reaches it directly. */
  let healthy: TestServer;
  let proxy: TcpProxy;
  let user: User;
  let application: string;
  let caller: string;
  beforeAll(async () => {
    const database = await createDatabase(mariadb);
    proxy = await TcpProxy.before(database.url);
    server = await TestServer.start({ DATABASE_URL: proxy.url }, database);
    healthy = await server.another({ DATABASE_URL: database.url });
    user = await healthy.newMerchant();
    application = await healthy.newApplication(user);
    caller = (await healthy.newFullKey(user, application)).fullKey;
  });
  afterAll(async () => {
    proxy.heal();
    await healthy.close();
    await server.stop();
    await proxy.stop();
  });

  afterEach(() => {
    proxy.heal();
  });

  const check = (token: string): Promise<Answer> => server.call('GET', '/api/v1/keys/check', { token });
  const verify = (key: string, token = caller) => server.call('POST', '/api/v1/keys/verify', { token, json: { key } });
  const newKey = async (limits = {}) => (await healthy.newFullKey(user, application, limits)).fullKey;
  const nobodysKey = () => formatFullKey(issueFullKey('live'));
  /** Heals, and waits until the server has a lease again. */
  const recover = async (key: string): Promise<number> => {
    proxy.heal();
    const start = performance.now();
    while ((await check(key)).status !== 204) {
      if (performance.now() - start > 15_000) throw new Error('It does not recover.');
      await sleep(50);
    }
    return performance.now() - start;
  };
  const expectUnavailable = ({ status, body, headers }: Answer) => {
    expect([status, body]).toEqual([503, { error: 'Service Unavailable', message: expect.any(String), code: 503 }]);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  };

  it('answers for known keys while its lease lasts, then with 503, and never wrongly', async () => {
    const limited = await newKey({
      rateLimit: { limit: 1e6, windowSeconds: 60 },
      quota: { limit: 1e6, period: 'day' },
    });
    const known = [caller, await newKey(), limited];
    for (const key of known) expect((await check(key)).status).toBe(204);
    const unknown = await newKey();
    proxy.cut();
    const start = performance.now();
    let lastYesMs = 0;
    while (performance.now() - start < LEASE_MS + SLACK_MS) {
      for (const key of known) {
        const { status } = await check(key);
        expect([204, 503]).toContain(status);
        if (status === 204) lastYesMs = performance.now() - start;
      }
      expectUnavailable(await check(unknown));
      expect((await check('garbage')).status).toBe(401);
      await sleep(20);
    }
    expect(lastYesMs).toBeGreaterThan(500);
    expect(lastYesMs).toBeLessThan(LEASE_MS);
    for (const key of [...known, unknown]) {
      expectUnavailable(await check(key));
      expectUnavailable(await verify(key));
    }
    expectUnavailable(await verify(caller, user.token));
    expect(await recover(caller)).toBeLessThan(LEASE_MS + SLACK_MS);
    for (const key of [...known, unknown]) expect((await check(key)).status).toBe(204);
    while (!server.logs.join('\n').includes('The database is responding again')) await sleep(20);
    for (const line of ['The database is not responding', 'Counts wait for the database'])
      expect(server.logs.filter((text) => text.startsWith(line)).length).toBeLessThan(10);
  });

  it('knows after an outage what was revoked and created during it', async () => {
    const { id, fullKey } = await healthy.newFullKey(user, application);
    expect((await check(fullKey)).status).toBe(204);
    proxy.cut();
    const path = `/api/v1/applications/${application}/api-keys/${id}`;
    const start = performance.now();
    const { status } = await healthy.call('DELETE', path, { token: user.token });
    expect(status).toBe(204);
    expect(performance.now() - start).toBeLessThan(LEASE_MS + 1000);
    const made = await newKey();
    expectUnavailable(await check(fullKey));
    await recover(caller);
    expect((await check(fullKey)).status).toBe(401);
    expect((await check(made)).status).toBe(204);
  });

  it('lets no request wait long when the database stalls, and continues afterwards', async () => {
    await recover(caller);
    const unknown = await newKey();
    const limited = await newKey({ quota: { limit: 10, period: 'month' } });
    proxy.stall();
    const start = performance.now();
    const answers = await Promise.all([
      check(unknown),
      check(limited),
      verify(caller, user.token),
      verify(nobodysKey()),
    ]);
    expect(performance.now() - start).toBeLessThan(3000);
    for (const answer of answers) expectUnavailable(answer);
    await sleep(LEASE_MS - (performance.now() - start));
    expectUnavailable(await check(caller));
    await recover(caller);
    expect((await check(unknown)).status).toBe(204);
    expect((await check(limited)).status).toBe(204);
  });

  it('keeps its event loop and its memory free under thousands of requests while the database stalls', async () => {
    await recover(caller);
    const ask = (keys: string[]): Promise<Answer> =>
      server.call('POST', '/api/v1/keys/verify/batch', { token: caller, json: { keys: keys.map((key) => ({ key })) } });
    /** Five thousand unknown keys, made before the measurement: making them takes time of the same loop. */
    const [first = [], ...floods] = Array.from({ length: 5 }, () =>
      Array.from({ length: 50 }, () => Array.from({ length: 100 }, nobodysKey)),
    );
    const send = async (batches: string[][]): Promise<void> => {
      for (const answer of await Promise.all(batches.map(ask))) expectUnavailable(answer);
    };
    proxy.stall();
    const loop = monitorEventLoopDelay({ resolution: 5 });
    await send(first);
    const before = heapUsedMb();
    loop.enable();
    for (const batches of floods) await send(batches);
    loop.disable();
    expect(heapUsedMb() - before).toBeLessThan(64);
    // To send and answer one flood takes client and server, who share the loop, about 100 ms.
    expect(loop.percentile(99) / 1e6).toBeLessThan(250);
    await recover(caller);
  });

  it('waits for a database that is slow but not too slow', async () => {
    const unknown = await newKey();
    proxy.slowDown(300);
    const start = performance.now();
    expect((await check(unknown)).status).toBe(204);
    expect(performance.now() - start).toBeGreaterThan(250);
    proxy.heal();
  });
});
