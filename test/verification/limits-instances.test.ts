import { setTimeout as sleep } from 'node:timers/promises';
import { onEngine } from '../support/engine.js';
import { TestServer, type User } from '../support/server.js';

/** After which time every instance knows how many there are, whatever the machine does beside. */
const KNOWN_AFTER_MS = 3500;

onEngine('Limits across instances and restarts', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let left: { fullKey: string };
  beforeAll(async () => {
    server = await TestServer.start({ USAGE_FLUSH_INTERVAL_MS: '200' });
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

  it('remembers what was used of a quota when it is started again', async () => {
    const { fullKey } = await quotaKey(50);
    expect(await allowedOf(server, fullKey, 30)).toBe(30);
    await server.close();
    await server.open();
    expect(await allowedOf(server, fullKey, 60)).toBe(20);
    await server.close();
    await server.open();
    expect(await allowedOf(server, fullKey, 5)).toBe(0);
  });

  it('has written what was used within one flush interval, so that a crash forgets no more', async () => {
    const { id, fullKey } = await quotaKey(50);
    expect(await allowedOf(server, fullKey, 30)).toBe(30);
    await sleep(300);
    const [row] = await server.dataSource.query('SELECT used FROM quota_use WHERE key_id = ?', [id]);
    expect(Number(row.used)).toBe(30);
  });

  describe('with a second instance on the same database', () => {
    let other: TestServer;
    beforeAll(async () => {
      other = await server.another();
      await sleep(KNOWN_AFTER_MS);
    });
    afterAll(() => other.close());

    it('allows no more of a rate than the limit, half of it by each', async () => {
      const rateLimit = { limit: 20, windowSeconds: 3600 };
      const { fullKey } = await server.newFullKey(user, application, { rateLimit });
      const [here, there] = await Promise.all([allowedOf(server, fullKey, 30), allowedOf(other, fullKey, 30)]);
      expect([here, there]).toEqual([10, 10]);
    });

    it('allows no more of a quota than the limit, and nearly all of it where it is wanted', async () => {
      const { fullKey } = await quotaKey(100);
      let [here, there] = await Promise.all([allowedOf(server, fullKey, 80), allowedOf(other, fullKey, 10)]);
      expect(there).toBe(10);
      // Half, and half of what is left then if a write falls in between.
      expect(here).toBeGreaterThanOrEqual(50);
      expect(here).toBeLessThanOrEqual(75);
      for (let round = 0; round < 8; round += 1) {
        await sleep(300);
        here += await allowedOf(server, fullKey, 80);
      }
      expect(here + there).toBeGreaterThanOrEqual(97);
      there += await allowedOf(other, fullKey, 80);
      expect(here + there).toBeLessThanOrEqual(100);
    });

    it('asks anew about a quota that it has not been asked about for a while', async () => {
      const { fullKey } = await quotaKey(100);
      expect(await allowedOf(other, fullKey, 1)).toBe(1);
      let used = 1;
      for (let round = 0; round < 8; round += 1) {
        await sleep(300);
        used += await allowedOf(server, fullKey, 80);
      }
      await sleep(500);
      used += await allowedOf(other, fullKey, 80);
      expect(used).toBeGreaterThanOrEqual(97);
      expect(used).toBeLessThanOrEqual(100);
    });
  });

  it('gives the whole limit to the one that is left when the other has gone', async () => {
    await sleep(KNOWN_AFTER_MS);
    expect(await allowedOf(server, left.fullKey, 30)).toBe(20);
  });
});
