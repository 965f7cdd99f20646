/**
 * Guarantees of limits over several instances and restarts without Redis: quotas survive, and the sum exceeds a quota by no more than what an
 * instance has not written yet.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { Lease } from '../../../src/verification/barrier/lease.js';
import { TestServer, type User } from '../../support/server.js';

const FLUSH_MS = 200;

/** Waits until each of these instances counts them all, and no other. */
async function known(...instances: TestServer[]): Promise<void> {
  const leases = instances.map(({ app }) => app.get(Lease, { strict: false }));
  while (leases.some(({ liveInstances }) => liveInstances !== instances.length)) await sleep(50);
}

describe('limits across instances and restarts', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let left: { fullKey: string };
  beforeAll(async () => {
    server = await TestServer.start({ USAGE_FLUSH_INTERVAL_MS: String(FLUSH_MS) });
    user = await server.newMerchant();
    application = await server.newApplication(user);
    left = await server.newFullKey(user, application, { rateLimit: { limit: 20, windowSeconds: 3600 } });
  });
  afterAll(() => server.stop());

  const check = async (by: TestServer, token: string): Promise<number> =>
    (await by.call('GET', '/api/v1/keys/check', { token })).status;
  const allowedOf = async (by: TestServer, token: string, times: number): Promise<number> => {
    const all = await Promise.all(Array.from({ length: times }, () => check(by, token)));
    return all.filter((status) => status === 204).length;
  };
  const quotaKey = (limit: number) => server.newFullKey(user, application, { quota: { limit, period: 'month' } });

  it('keep the used quota over a restart', async () => {
    const { fullKey } = await quotaKey(50);
    expect(await allowedOf(server, fullKey, 30)).toBe(30);
    await server.close();
    await server.open();
    expect(await allowedOf(server, fullKey, 60)).toBe(20);
    await server.close();
    await server.open();
    expect(await allowedOf(server, fullKey, 5)).toBe(0);
  });

  it('store the used quota with every flush, so that a crash loses one interval at most', async () => {
    const { id, fullKey } = await quotaKey(50);
    expect(await allowedOf(server, fullKey, 30)).toBe(30);
    const used = async () => {
      const [row] = await server.dataSource.query('SELECT used FROM quota_use WHERE key_id = ?', [id]);
      return Number(row?.used);
    };
    const start = performance.now();
    while ((await used()) !== 30) await sleep(10);
    expect(performance.now() - start).toBeLessThan(10 * FLUSH_MS);
  });

  describe('with a second instance on the same database', () => {
    let other: TestServer;
    beforeAll(async () => {
      other = await server.another();
      await known(server, other);
    });
    afterAll(() => other.close());

    it('allow no more of a rate than the limit, half of it by each', async () => {
      const rateLimit = { limit: 20, windowSeconds: 3600 };
      const { fullKey } = await server.newFullKey(user, application, { rateLimit });
      const [here, there] = await Promise.all([allowedOf(server, fullKey, 30), allowedOf(other, fullKey, 30)]);
      expect([here, there]).toEqual([10, 10]);
    });

    it('allow no more of a quota than the limit once all use is written, and nearly all of it where it is used', async () => {
      const { fullKey } = await quotaKey(100);
      let [here, there] = await Promise.all([allowedOf(server, fullKey, 80), allowedOf(other, fullKey, 10)]);
      expect(there).toBe(10);
      // Half, and half of what is left then if a write falls in between.
      expect(here).toBeGreaterThanOrEqual(50);
      expect(here).toBeLessThanOrEqual(75);
      // Use that an instance has not written yet is unknown to the others.
      await other.flushed();
      for (let round = 0; round < 8; round += 1) {
        await server.flushed();
        here += await allowedOf(server, fullKey, 80);
      }
      expect(here + there).toBeGreaterThanOrEqual(97);
      // An instance reads a quota again when it has not read it for two intervals.
      await sleep(3 * FLUSH_MS);
      there += await allowedOf(other, fullKey, 80);
      expect(here + there).toBeLessThanOrEqual(100);
    });

    it('reload a quota that has not been used for a while', async () => {
      const { fullKey } = await quotaKey(100);
      expect(await allowedOf(other, fullKey, 1)).toBe(1);
      await other.flushed();
      let used = 1;
      for (let round = 0; round < 8; round += 1) {
        await server.flushed();
        used += await allowedOf(server, fullKey, 80);
      }
      await sleep(500);
      used += await allowedOf(other, fullKey, 80);
      expect(used).toBeGreaterThanOrEqual(97);
      expect(used).toBeLessThanOrEqual(100);
    });
  });

  it('give the whole limit to the remaining instance when the other has stopped', async () => {
    await known(server);
    expect(await allowedOf(server, left.fullKey, 30)).toBe(20);
  });
});
