import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from './cluster.js';
import { tell } from './history.js';
import { Traffic } from './traffic.js';

const REVOCATIONS = Number(process.env.CLUSTER_REVOCATIONS ?? 1000);

/** As long as the server's. */
const LEASE_MS = 3000;

/** Revocations that are asked of an instance to which something is happening. */
const VICTIMS = 15;

const FAULT_MS = 5000;
const PHASE_MS = FAULT_MS + 2000;

describe(`${REVOCATIONS} revocations, while 200 keys are verified on three instances`, () => {
  let cluster;
  let traffic;
  before(async () => {
    cluster = await Cluster.start();
    traffic = await Traffic.start(cluster, REVOCATIONS + VICTIMS);
    try {
      await revokeThroughout();
    } finally {
      await traffic.stop();
    }
  });
  after(() => cluster.stop());

  async function revokeThroughout() {
    const [a, b, c] = cluster.instances;
    const share = Math.floor(REVOCATIONS / 8);
    const during = (phase, fault) => Promise.all([fault, traffic.revoke(share, PHASE_MS, phase)]);
    /** Some through the instance that the fault meets: they may be answered late, or not at all. */
    const throughTheVictim = (instance) => traffic.revoke(VICTIMS / 3, 1000, 'through the victim', () => instance);
    await traffic.revoke(REVOCATIONS - 7 * share, PHASE_MS / 2, 'healthy');
    await during('paused', Promise.all([cluster.pause(a, FAULT_MS), throughTheVictim(a)]));
    await traffic.revoke(share, PHASE_MS / 2, 'healthy');
    await during('killed', Promise.all([throughTheVictim(b), sleep(300).then(() => cluster.kill(b, FAULT_MS))]));
    await during('cut off', Promise.all([cluster.cutOff(c, FAULT_MS), throughTheVictim(c)]));
    await during('cut off and reset', cluster.cutOff(a, FAULT_MS, 'reset'));
    await during('paused for less than a lease', cluster.pause(b, LEASE_MS - 200));
    await traffic.revoke(share, PHASE_MS / 2, 'healthy');
  }

  it('has no verification accepted that began after the revocation returned', () => {
    const wrong = traffic.history.acceptedAfterwards();
    assert.deepEqual({ count: wrong.length, first: tell(wrong) }, { count: 0, first: [] });
  });

  it('has no good key refused, but for 503 or no answer from an instance that something happened to', () => {
    const wrong = traffic.history.refusedWithoutReason();
    assert.deepEqual({ count: wrong.length, first: tell(wrong) }, { count: 0, first: [] });
  });

  it('asked every instance often enough, right after the revocations, for both to mean something', () => {
    for (const instance of cluster.instances) {
      assert.ok(traffic.history.soonAfter(instance, 100) > REVOCATIONS / 2, `${instance.name} was asked too seldom`);
    }
    assert.ok(traffic.history.revocations.filter(({ isAnswered }) => isAnswered).length >= REVOCATIONS - 5);
  });

  it('answers revocations within half a second, and within the lease and a second while an instance fails', () => {
    const { history } = traffic;
    const phases = [...new Set(history.revocations.map(({ phase }) => phase))];
    const latencies = Object.fromEntries(phases.map((phase) => [phase, history.latencies(phase)]));
    console.log(`${history.verifications.length} verifications; milliseconds of revocations:`);
    console.table(latencies);
    assert.ok(latencies.healthy.p99 < 1500, `p99 ${latencies.healthy.p99} ms with all instances healthy`);
    for (const phase of phases.filter((name) => name !== 'through the victim')) {
      assert.ok(latencies[phase].max <= LEASE_MS + 1000, `${latencies[phase].max} ms with an instance ${phase}`);
    }
  });
});
