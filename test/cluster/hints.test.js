import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Cluster } from './cluster.js';
import { HintWay } from './hint-way.js';
import { tell } from './history.js';
import { Traffic } from './traffic.js';

const WAYS = ['lost', 'sound', 'late', 'repeated', 'forged'];

const REVOCATIONS = Math.ceil(Number(process.env.CLUSTER_REVOCATIONS ?? 1000) / WAYS.length);

/** As long as a phase takes: ten revocations a second. */
const PHASE_MS = REVOCATIONS * 100;

describe(`${REVOCATIONS} revocations each while hints arrive, are lost, late, repeated and forged`, () => {
  let cluster;
  let ways;
  let traffic;
  let latencies;
  before(async () => {
    ways = await Promise.all(['A', 'B', 'C'].map(() => HintWay.open()));
    cluster = await Cluster.start({ settings: (index) => ways[index].settings });
    traffic = await Traffic.start(cluster, WAYS.length * REVOCATIONS);
    for (const how of WAYS) {
      for (const way of ways) way.become(how);
      await traffic.revoke(REVOCATIONS, PHASE_MS, how);
    }
    await traffic.stop();
    latencies = Object.fromEntries(WAYS.map((how) => [how, traffic.history.latencies(how)]));
  });
  after(async () => {
    await cluster.stop();
    for (const way of ways) way.close();
  });

  it('has no verification accepted that began after the revocation returned, and no good key refused', () => {
    const wrong = [...traffic.history.acceptedAfterwards(), ...traffic.history.refusedWithoutReason()];
    assert.deepEqual({ count: wrong.length, first: tell(wrong) }, { count: 0, first: [] });
  });

  it('takes as long as without hints at the most, whatever becomes of them', () => {
    console.log('Milliseconds of revocations by the way of the hints:');
    console.table(latencies);
    for (const way of ways) assert.ok(way.passed > REVOCATIONS, 'hardly any hint was sent');
    for (const how of WAYS) assert.ok(latencies[how].p99 < 1500, `p99 ${latencies[how].p99} ms while hints are ${how}`);
  });

  it('is quicker where hints arrive', () => {
    for (const how of ['sound', 'repeated'])
      assert.ok(latencies[how].p50 < latencies.lost.p50, `p50 ${latencies[how].p50} ms while hints are ${how}`);
  });
});
