import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Merchant } from './merchant.js';

const KEYS = 12;
const OVERLAP_SECONDS = 2;

/** How far apart what the instances take for now may be, and how long a request may be on its way. */
const CLOCKS_APART_MS = 250;

const clockAheadMs = () => Date.now() - performance.now();

export const rotation = (theCluster) =>
  describe('rotations, while old and new keys are verified', () => {
    let cluster;
    let merchant;
    let isRunning = true;
    const credentials = [];
    const verifications = [];
    const callers = [];
    before(async () => {
      cluster = await theCluster();
      merchant = await Merchant.signUp(cluster, await cluster.admin());
      const applicationId = await merchant.application();
      for (let number = 0; number < KEYS; number += 1) {
        const { id, path, credential } = await merchant.fullKey(applicationId);
        credentials.push({
          id,
          path,
          credential,
          from: performance.now(),
          overlapEnd: Infinity,
          refusedFrom: Infinity,
        });
      }
      for (const instance of cluster.instances)
        for (let caller = 0; caller < 3; caller += 1) callers.push(ask(instance));
      await sleep(500);
    });

    async function ask(instance) {
      while (isRunning) {
        const asked = credentials[Math.floor(Math.random() * credentials.length)];
        const begin = performance.now();
        const { status } = await instance.check(asked.credential);
        verifications.push({ instance: instance.name, asked, begin, end: performance.now(), status });
        await sleep(2);
      }
    }

    /** Rotates a key, and says from when until when what it was must and mustn't be good. */
    async function rotate(old, json) {
      const begin = performance.now();
      Object.assign(old, { mode: json.mode, rotatedFrom: begin });
      // Whether it is refused yet isn't promised while the call is under way.
      if (json.mode !== 'after_overlap') old.overlapEnd = begin;
      else old.overlapEnd = begin + json.overlapSeconds * 1000 - CLOCKS_APART_MS;
      const { status, body, text } = await cluster
        .sound()
        .call('POST', `${old.path}/rotate`, { token: merchant.token, json });
      assert.equal(status, 201, text);
      const returned = performance.now();
      if (json.mode === 'immediately') old.refusedFrom = returned;
      if (json.mode === 'after_overlap') old.refusedFrom = returned + json.overlapSeconds * 1000 + CLOCKS_APART_MS;
      const { id, path } = old;
      const made = { id, path, credential: body.fullKey, from: returned, overlapEnd: Infinity, refusedFrom: Infinity };
      if (json.mode === 'on_first_use') {
        const first = await cluster.sound().check(made.credential);
        assert.equal(first.status, 204);
        old.refusedFrom = performance.now();
      }
      credentials.push(made);
      return made;
    }

    it('refuse nothing within the overlap and accept nothing after its end', async () => {
      // The instances go by the time of day, and this test by a clock that nobody sets.
      const aheadMs = clockAheadMs();
      const modes = [
        { mode: 'after_overlap', overlapSeconds: OVERLAP_SECONDS },
        { mode: 'on_first_use', overlapSeconds: 60 },
        { mode: 'immediately' },
      ];
      let current = credentials.slice();
      for (const round of [0, 1, 2]) {
        current = await Promise.all(current.map((old, number) => rotate(old, modes[(number + round) % modes.length])));
        await sleep(OVERLAP_SECONDS * 1000 + 1000);
      }
      isRunning = false;
      await Promise.all(callers);

      const tell = ({ instance, asked, begin, status }) => ({
        mode: asked.mode,
        instance,
        status,
        sinceItsRotationMs: Math.round(begin - asked.rotatedFrom),
        sinceItIsRefusedMs: Math.round(begin - asked.refusedFrom),
        clockStepMs: Math.round(clockAheadMs() - aheadMs),
      });
      const refused = verifications.filter(({ asked, end, status }) => status !== 204 && end < asked.overlapEnd);
      const accepted = verifications.filter(({ asked, begin, status }) => status === 204 && begin > asked.refusedFrom);
      assert.deepEqual(refused.slice(0, 5).map(tell), []);
      assert.deepEqual(accepted.slice(0, 5).map(tell), []);
      const within = verifications.filter(({ asked, end }) => asked.overlapEnd !== Infinity && end < asked.overlapEnd);
      const past = verifications.filter(({ asked, begin }) => begin > asked.refusedFrom);
      assert.ok(
        within.length > 300 && past.length > 300,
        `${within.length} within overlaps, ${past.length} after them`,
      );
    });
  });
