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

/** Revocations of each way on instances that have nothing else to do: by turns, so that all ways meet the same machine. */
const QUIET_ROUNDS = 15;
const QUIET_WAYS = ['lost', 'sound', 'repeated'];

describe(`${REVOCATIONS} revocations each while hints arrive, are lost, late, repeated and forged`, () => {
  let cluster;
  let ways;
  let traffic;
  let latencies;
  let quietLatencies;
  const latenciesOf = (phases) => Object.fromEntries(phases.map((phase) => [phase, traffic.history.latencies(phase)]));
  before(async () => {
    ways = await Promise.all(['A', 'B', 'C'].map(() => HintWay.open()));
    cluster = await Cluster.start({ settings: (index) => ways[index].settings });
    const become = (how) => ways.forEach((way) => way.become(how));
    traffic = await Traffic.start(cluster, WAYS.length * REVOCATIONS + QUIET_WAYS.length * QUIET_ROUNDS);
    for (const how of WAYS) {
      become(how);
      await traffic.revoke(REVOCATIONS, PHASE_MS, how);
    }
    latencies = latenciesOf(WAYS);
    await traffic.rest();
    for (let round = 0; round < QUIET_ROUNDS; round += 1) {
      for (const how of QUIET_WAYS) {
        become(how);
        await traffic.revoke(1, 0, `${how}, quiet`);
      }
    }
    quietLatencies = latenciesOf(QUIET_WAYS.map((how) => `${how}, quiet`));
    await traffic.stop();
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
    console.log('On instances with nothing else to do:');
    console.table(quietLatencies);
    const [lost, ...arriving] = Object.values(quietLatencies).map(({ p50 }) => p50);
    for (const p50 of arriving)
      assert.ok(p50 < lost, `p50 ${p50} ms where hints arrive, ${lost} ms where they are lost`);
  });
});
