/** Guarantees of limits over several instances and restarts without Redis: quotas survive, and are never exceeded. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Lease } from '../../../src/verification/barrier/lease.js';
import { TestServer, type User } from '../../support/server.js';

const FLUSH_MS = 200;

/** The time after which an idle instance has given back what it held. */
const RETURNED_AFTER_MS = 4000;

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

  it('store the used quota with every flush', async () => {
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

    it('move the share of a rate to where it is used, but never what is still in use', async () => {
      const rateLimit = { limit: 100, windowSeconds: 3 };
      const { fullKey } = await server.newFullKey(user, application, { rateLimit });
      const admitted: number[] = [];
      const checkAt = async (by: TestServer) => {
        const startMs = performance.now();
        if ((await check(by, fullKey)) !== 204) return false;
        admitted.push(startMs);
        return true;
      };
      const checkFor = async (by: TestServer, ms: number) => {
        let count = 0;
        for (const end = performance.now() + ms; performance.now() < end;) {
          if (await checkAt(by)) count += 1;
          await sleep(1);
        }
        return count;
      };
      // The other instance has used some of its half, which stays with it until it has left the window.
      for (let time = 0; time < 30; time += 1) await checkAt(other);
      await checkFor(server, 6000);
      const inOneWindow = await checkFor(server, 3000);
      expect(inOneWindow).toBeGreaterThanOrEqual(90);
      // Once the first instance is idle, the other one gets the whole of it.
      await checkFor(other, 6000);
      expect(await checkFor(other, 3000)).toBeGreaterThanOrEqual(90);
      const most = Math.max(
        ...admitted.map((start) => admitted.filter((at) => at >= start && at < start + 2900).length),
      );
      expect(most).toBeLessThanOrEqual(100);
    });

    it('write nothing for rates that fit into equal shares, and forget shares that nobody needs', async () => {
      const rateLimit = { limit: 100, windowSeconds: 1 };
      const { id, fullKey } = await server.newFullKey(user, application, { rateLimit });
      const rows = () => server.dataSource.query('SELECT * FROM rate_share WHERE key_id = ?', [id]);
      /** Whether there are rows or not, once that is so or has not come about in time. */
      const areThere = async (expected: boolean, withinMs: number): Promise<boolean> => {
        const end = performance.now() + withinMs;
        for (;;) {
          const are = (await rows()).length > 0;
          if (are === expected || performance.now() > end) return are;
          await sleep(20);
        }
      };
      expect([await allowedOf(server, fullKey, 50), await allowedOf(other, fullKey, 50)]).toEqual([50, 50]);
      await sleep(1100);
      expect(await rows()).toEqual([]);
      expect(await allowedOf(server, fullKey, 60)).toBe(50);
      expect(await areThere(true, 3000)).toBe(true);
      expect(await areThere(false, 10_000)).toBe(false);
      // Each instance reads the shares twice a second.
      await sleep(2000);
      expect([await allowedOf(server, fullKey, 60), await allowedOf(other, fullKey, 60)]).toEqual([50, 50]);
    });

    it('allow all of a quota where it is used, and never more', async () => {
      const { fullKey } = await quotaKey(100);
      expect(await allowedOf(server, fullKey, 130)).toBe(100);
      expect(await allowedOf(other, fullKey, 5)).toBe(0);
    });

    it('allow two instances that are busy at the same time exactly the quota', async () => {
      const { fullKey } = await quotaKey(100);
      const [here, there] = await Promise.all([allowedOf(server, fullKey, 90), allowedOf(other, fullKey, 90)]);
      // What one of them still holds when the other asks in vain.
      expect(here + there).toBeGreaterThanOrEqual(98);
      expect(here + there).toBeLessThanOrEqual(100);
      await sleep(RETURNED_AFTER_MS);
      const [more, rest] = [await allowedOf(server, fullKey, 5), await allowedOf(other, fullKey, 5)];
      expect(here + there + more + rest).toBe(100);
    });

    it('give back what an instance holds and does not use, and say so in Retry-After', async () => {
      const { id, fullKey } = await quotaKey(10_000);
      expect(await allowedOf(other, fullKey, 60)).toBe(60);
      /** What the other instance may use without asking. */
      const held = async (): Promise<number> => {
        const { instanceId } = other.app.get(Lease, { strict: false });
        const [loan] = await server.dataSource.query(
          'SELECT granted - reported AS held FROM quota_loan WHERE key_id = ? AND instance = ?',
          [id, instanceId],
        );
        return Number(loan?.held ?? 0);
      };
      expect(await held()).toBeGreaterThan(2);
      const path = `/api/v1/applications/${application}/api-keys/${id}`;
      await server.call('PATCH', path, { token: user.token, json: { quota: { limit: 62, period: 'month' } } });
      // All that is left is with the other instance, which returns it soon, or has already done so.
      const early = await server.call('GET', '/api/v1/keys/check', { token: fullKey });
      expect([
        [204, undefined],
        [429, '1'],
      ]).toContainEqual([early.status, early.headers['retry-after']]);
      await sleep(RETURNED_AFTER_MS);
      expect(await held()).toBe(0);
      expect(await allowedOf(server, fullKey, 5)).toBe(early.status === 204 ? 1 : 2);
      const usedUp = await server.call('GET', '/api/v1/keys/check', { token: fullKey });
      expect(Number(usedUp.headers['retry-after'])).toBeGreaterThan(60);
    });

    it('do not exceed a quota that is lowered while instances hold blocks of it', async () => {
      const { id, fullKey } = await quotaKey(10_000);
      expect([await allowedOf(server, fullKey, 20), await allowedOf(other, fullKey, 20)]).toEqual([20, 20]);
      const path = `/api/v1/applications/${application}/api-keys/${id}`;
      await server.call('PATCH', path, { token: user.token, json: { quota: { limit: 45, period: 'month' } } });
      const [here, there] = await Promise.all([allowedOf(server, fullKey, 20), allowedOf(other, fullKey, 20)]);
      expect(here + there).toBeLessThanOrEqual(5);
      await sleep(RETURNED_AFTER_MS);
      const rest = (await allowedOf(other, fullKey, 20)) + (await allowedOf(server, fullKey, 20));
      expect(here + there + rest).toBe(5);
      await server.call('PATCH', path, { token: user.token, json: { quota: { limit: 50, period: 'month' } } });
      expect(await allowedOf(other, fullKey, 20)).toBe(5);
    });

    it('count on when the period of a quota changes', async () => {
      const { id, fullKey } = await quotaKey(30);
      expect(await allowedOf(server, fullKey, 10)).toBe(10);
      const path = `/api/v1/applications/${application}/api-keys/${id}`;
      const change = (period: string) =>
        server.call('PATCH', path, { token: user.token, json: { quota: { limit: 30, period } } });
      await change('day');
      const first = await allowedOf(other, fullKey, 40);
      // On the first day of a month, what was used in the month was used on that day.
      expect(first).toBe(server.clock.now().getUTCDate() === 1 ? 20 : 30);
      await change('month');
      expect(await allowedOf(server, fullKey, 40)).toBe(server.clock.now().getUTCDate() === 1 ? 0 : 20);
    });
  });

  it('give the whole limit to the remaining instance when the other has stopped', async () => {
    await known(server);
    expect(await allowedOf(server, left.fullKey, 30)).toBe(20);
  });
});
