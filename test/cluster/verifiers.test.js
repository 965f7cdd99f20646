import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from './cluster.js';
import { tell } from './history.js';
import { Traffic } from './traffic.js';
import { Verifier } from './verifier.js';

const REVOCATIONS = Number(process.env.CLUSTER_REVOCATIONS ?? 1000);

/** As long as the server's. */
const LEASE_MS = 3000;

const FAULT_MS = 4500;
const PHASE_MS = FAULT_MS + 2000;

/** A verifier at each instance, and one whose connections go to all of them in turns, as a load balancer has them. */
async function attach(cluster, merchant, broken) {
  const key = await merchant.verifierKey();
  const { instances } = cluster;
  const places = [...instances.map((instance) => [instance]), instances];
  return Promise.all(places.map((place, index) => Verifier.start(`verifier ${index}`, key, place, broken)));
}

describe(`${REVOCATIONS} revocations, while 200 keys are verified by four verifiers of three instances`, () => {
  let cluster;
  let traffic;
  let others;
  let verifiers = [];
  before(async () => {
    cluster = await Cluster.start();
    others = await Traffic.start(cluster, REVOCATIONS, { callers: 0 });
    const findAsked = async (merchant) => (verifiers = await attach(cluster, merchant));
    traffic = await Traffic.start(cluster, REVOCATIONS, { findAsked, callers: 2 });
    try {
      await revokeThroughout();
    } finally {
      await Promise.all([traffic.stop(), others.stop()]);
    }
  });
  after(async () => {
    for (const verifier of verifiers) verifier.stop();
    await cluster.stop();
  });

  async function revokeThroughout() {
    const [a, b, c] = cluster.instances;
    const [first, second, third, balanced] = verifiers;
    const share = Math.floor(REVOCATIONS / 12);
    const during = (phase, fault) => Promise.all([fault, traffic.revoke(share, PHASE_MS, phase)]);
    const calm = () => traffic.revoke(share, PHASE_MS, 'healthy');
    await calm();
    await during('a verifier paused', first.pause(FAULT_MS));
    await calm();
    await during('a verifier cut off', second.cutOff(FAULT_MS));
    await during('a verifier cut off and reset', balanced.cutOff(FAULT_MS, 'reset'));
    await during('a verifier on a slow network', third.slowDown(400, FAULT_MS));
    await during('clocks that jump', jump());
    await during('an instance killed', cluster.kill(b, FAULT_MS));
    await during('an instance paused', cluster.pause(a, FAULT_MS));
    await during('an instance cut off', cluster.cutOff(c, FAULT_MS));
    await others.revoke(share, PHASE_MS, 'calm');
    await Promise.all([
      during('all verifiers paused', Promise.all(verifiers.map((verifier) => verifier.pause(FAULT_MS)))),
      others.revoke(share, PHASE_MS, "another merchant's verifiers paused"),
    ]);
    await traffic.revoke(REVOCATIONS - 11 * share, PHASE_MS, 'healthy');
  }

  async function jump() {
    for (const jumpMs of [3_600_000, -7_200_000, -500, 3_600_500]) {
      for (const verifier of verifiers) verifier.jump(jumpMs);
      await sleep(FAULT_MS / 4);
    }
  }

  it('has no verdict accept that began after the revocation returned', () => {
    const wrong = [...traffic.history.acceptedAfterwards(), ...others.history.acceptedAfterwards()];
    assert.deepEqual({ count: wrong.length, first: tell(wrong) }, { count: 0, first: [] });
  });

  it('has no good key refused, but for no verdict while something happens', () => {
    const wrong = traffic.history.refusedWithoutReason();
    assert.deepEqual({ count: wrong.length, first: tell(wrong) }, { count: 0, first: [] });
  });

  it('asked every verifier often enough, right after the revocations, for both to mean something', () => {
    for (const verifier of verifiers)
      assert.ok(traffic.history.soonAfter(verifier, 100) > REVOCATIONS / 2, `${verifier.name} was asked too seldom`);
    assert.ok(traffic.history.revocations.filter(({ isAnswered }) => isAnswered).length >= REVOCATIONS - 5);
  });

  it('answers revocations within the lease and a second while something fails, and soon otherwise', () => {
    const { history } = traffic;
    const phases = [...new Set(history.revocations.map(({ phase }) => phase))];
    const latencies = Object.fromEntries(phases.map((phase) => [phase, history.latencies(phase)]));
    console.log(`${history.verifications.length} verdicts; milliseconds of revocations:`);
    console.table(latencies);
    assert.ok(latencies.healthy.p99 < 1500, `p99 ${latencies.healthy.p99} ms with all healthy`);
    for (const phase of phases)
      assert.ok(latencies[phase].max <= LEASE_MS + 1000, `${latencies[phase].max} ms: ${phase}`);
  });

  it('delays nobody but the merchant whose verifiers are paused', () => {
    const [before, during] = [...new Set(others.history.revocations.map(({ phase }) => phase))].map((phase) =>
      others.history.latencies(phase),
    );
    console.table({ before, during });
    assert.ok(during.p99 < 500, `p99 ${during.p99} ms`);
  });
});

describe('a verifier that is broken on purpose is seen', () => {
  /** @returns the number of verdicts that accepted after a revocation had returned */
  async function acceptedAfterwards(broken, fault) {
    const cluster = await Cluster.start();
    const file = new URL(`./broken/${broken}.js`, import.meta.url).href;
    let verifiers = [];
    const findAsked = async (merchant) => (verifiers = await attach(cluster, merchant, file));
    const traffic = await Traffic.start(cluster, 60, { findAsked });
    try {
      await Promise.all([fault(verifiers), traffic.revoke(60, 6000, 'broken')]).finally(() => traffic.stop());
      return traffic.history.acceptedAfterwards().length;
    } finally {
      for (const verifier of verifiers) verifier.stop();
      await cluster.stop();
    }
  }

  it('when it acknowledges before it forgets', async () => {
    assert.ok((await acceptedAfterwards('eager', () => undefined)) > 0);
  });

  it('when it trusts its memory past its lease', async () => {
    assert.ok((await acceptedAfterwards('stubborn', ([verifier]) => verifier.cutOff(5000))) > 0);
  });
});
