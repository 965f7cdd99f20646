import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Merchant } from './merchant.js';

const VERIFICATIONS = 100_000;
const BATCH = 100;
const KEYS = 20;

/** How often counts are written, and how long that may take. */
export const FLUSH_MS = 2000;
const WRITING_MS = 1000;

export const counts = (theCluster) =>
  describe(`${VERIFICATIONS} verifications`, () => {
    let cluster;
    let merchant;
    before(async () => {
      cluster = await theCluster();
      merchant = await Merchant.signUp(cluster, await cluster.admin());
    });

    /** Verifies new keys through all instances, ending one of them in the middle. */
    async function verifyAll(endOne) {
      const applicationId = await merchant.application();
      const keys = await Promise.all(Array.from({ length: KEYS }, () => merchant.fullKey(applicationId)));
      const json = {
        keys: Array.from({ length: BATCH }, (_, number) => ({ key: keys[number % KEYS].credential })),
      };
      const answered = [];
      let sent = 0;
      let ending;
      const work = async (instance) => {
        while (sent < VERIFICATIONS) {
          sent += BATCH;
          if (!ending && sent > VERIFICATIONS / 2) ending = endOne(cluster.instances[1]);
          const { status, body } = await instance.call('POST', '/api/v1/keys/verify/batch', {
            token: merchant.token,
            json,
          });
          if (status === 0) {
            // It is being ended: the others do the work.
            sent -= BATCH;
            await sleep(20);
            continue;
          }
          assert.equal(status, 200);
          assert.ok(body.results.every(({ valid }) => valid));
          answered.push({ instance, atMs: performance.now() });
        }
      };
      await Promise.all(cluster.instances.flatMap((instance) => [work(instance), work(instance), work(instance)]));
      const endedAtMs = await ending;
      await sleep(FLUSH_MS + WRITING_MS);
      const usages = await Promise.all(
        keys.map(({ path }) => cluster.instances[0].call('GET', `${path}/usage`, { token: merchant.token })),
      );
      const counted = usages
        .flatMap(({ body }) => body.intervals)
        .reduce((sum, { counts }) => sum + (counts.VALID ?? 0), 0);
      return { answered, counted, endedAtMs };
    }

    it('are counted exactly when one instance ends by SIGTERM meanwhile', async () => {
      const { answered, counted } = await verifyAll(async (instance) => {
        await instance.terminate();
        await instance.start();
      });
      assert.equal(counted, answered.length * BATCH);
    });

    it('lack at most one flush interval of an instance that is killed', async () => {
      const { answered, counted, endedAtMs } = await verifyAll(async (instance) => {
        const atMs = performance.now();
        await instance.kill();
        await instance.start();
        return atMs;
      });
      const atRisk = answered.filter(
        ({ instance, atMs }) =>
          instance === cluster.instances[1] &&
          atMs <= endedAtMs + WRITING_MS &&
          atMs >= endedAtMs - FLUSH_MS - WRITING_MS,
      );
      const lacking = answered.length * BATCH - counted;
      assert.ok(lacking <= atRisk.length * BATCH, `${lacking} lack of which ${atRisk.length * BATCH} were at risk`);
      // What was counted and not answered can be no more than was under way.
      assert.ok(lacking >= -3 * BATCH, `${-lacking} were counted and not answered`);
    });
  });
