/** The promise: no verdict that begins after a revocation returned accepts, whatever happens to the network, the process and the clocks. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { VerifierUnavailableError } from '@keywright/verifier';
import { attach, attachTo, TestClock, until } from './support/attached.js';
import { Keywright, OWN_KEY } from './support/keywright.js';

const ASK = 'POST /verifications';

/** @returns the outcome, and whether the server was asked */
async function decide(keywright, verify, key) {
  const before = keywright.count(ASK);
  const { outcome } = await verify(key);
  return [outcome, keywright.count(ASK) > before];
}

describe('a revoked key', () => {
  it('is refused once the revocation has returned, by verifiers on every instance', async (test) => {
    const keywright = await Keywright.start({ instances: 2 });
    test.after(() => keywright.stop());
    const verifiers = await Promise.all(
      [0, 1, 0, 1].map((index) => attachTo({ url: keywright.instances[index].url }, test)),
    );
    for (let round = 0; round < 30; round++) {
      const key = keywright.issue();
      for (const verify of verifiers) assert.equal((await verify(key)).valid, true);
      await keywright.revoke(key);
      for (const verify of verifiers) assert.equal((await verify(key)).outcome, 'NOT_FOUND');
    }
  });

  it('is refused by every verdict that begins afterwards, while many are given', async (test) => {
    const { keywright, verify } = await attach(test);
    for (let round = 0; round < 10; round++) {
      const key = keywright.issue();
      let revokedAt = Infinity;
      let accepted = 0;
      const callers = Array.from({ length: 50 }, async (_, caller) => {
        for (let valid = true; valid; await sleep(caller % 3)) {
          const began = performance.now();
          ({ valid } = await verify(key));
          if (valid) accepted++;
          assert.ok(!valid || began < revokedAt, 'accepted after the revocation');
        }
      });
      await until(() => accepted > 200);
      await keywright.revoke(key);
      revokedAt = performance.now();
      await Promise.all(callers);
    }
  });

  it('is refused although an answer was under way while it was forgotten', async (test) => {
    const { keywright, verify } = await attach(test);
    const key = keywright.issue();
    keywright.faults.askDelayMs = 100;
    const early = verify(key);
    await sleep(20);
    await keywright.revoke(key);
    const late = verify(key);
    // That of the first was decided before the revocation.
    assert.deepEqual([(await early).outcome, (await late).outcome], ['VALID', 'NOT_FOUND']);
    assert.deepEqual(await decide(keywright, verify, key), ['NOT_FOUND', true]);
  });

  it('is refused although the answer under way is about another, whose revision is the same', async (test) => {
    const { keywright, verify } = await attach(test);
    const [one, other] = [keywright.issue(), keywright.issue()];
    await verify(other);
    keywright.faults.askDelayMs = 60;
    const early = verify(one);
    await sleep(10);
    await keywright.revoke(other);
    await early;
    keywright.faults.askDelayMs = 0;
    await keywright.revoke(one);
    assert.equal((await verify(one)).outcome, 'NOT_FOUND');
  });

  it('is refused when nothing has reached the verifier since: a revocation waits for its lease', async (test) => {
    const { keywright, verify } = await attach(test);
    const key = keywright.issue();
    await verify(key);
    keywright.faults.isSilent = true;
    const start = performance.now();
    await keywright.revoke(key);
    assert.ok(performance.now() - start > 500);
    assert.deepEqual(await decide(keywright, verify, key), ['NOT_FOUND', true]);
  });

  it('is refused when acknowledgements get lost, which are repeated', async (test) => {
    const { keywright, verify } = await attach(test);
    const key = keywright.issue();
    await verify(key);
    keywright.faults.loseAcknowledgements = 3;
    const start = performance.now();
    await keywright.revoke(key);
    assert.ok(performance.now() - start < 2000);
    assert.equal((await verify(key)).outcome, 'NOT_FOUND');
  });

  it('is refused when its stream was cut, and goes on from where it was', async (test) => {
    const { keywright, verify } = await attach(test);
    for (let round = 0; round < 5; round++) {
      const [key, kept] = [keywright.issue(), keywright.issue()];
      await verify(key);
      await verify(kept);
      keywright.instances[0].cut();
      await keywright.revoke(key);
      assert.equal((await verify(key)).outcome, 'NOT_FOUND');
      await until(async () => (await decide(keywright, verify, kept))[1] === false);
      assert.equal((await verify(key)).outcome, 'NOT_FOUND');
    }
  });

  it('is refused when the verifier was unknown to the server meanwhile', async (test) => {
    const { keywright, verify } = await attach(test);
    const key = keywright.issue();
    await verify(key);
    keywright.verifiers.clear();
    keywright.instances[0].leases.clear();
    keywright.faults.isSilent = true;
    keywright.instances[0].cut();
    await sleep(2600);
    await keywright.revoke(key);
    keywright.faults.isSilent = false;
    assert.equal((await verify(key)).outcome, 'NOT_FOUND');
    await until(() => keywright.verifiers.size === 1 && keywright.instances[0].streams.size === 1);
    assert.equal((await verify(key)).outcome, 'NOT_FOUND');
  });

  it('is refused behind a proxy that holds back the stream, by polling', async (test) => {
    const keywright = await Keywright.start();
    test.after(() => keywright.stop());
    keywright.faults.isBuffered = true;
    const verify = await attachTo(keywright, test);
    const key = keywright.issue();
    await verify(key);
    await until(() => keywright.count('GET /changes') > 1);
    await until(async () => (await decide(keywright, verify, key))[1] === false);
    for (let round = 0; round < 5; round++) {
      const revoked = keywright.issue();
      await verify(revoked);
      assert.deepEqual(await decide(keywright, verify, revoked), ['VALID', false]);
      const start = performance.now();
      await keywright.revoke(revoked);
      assert.ok(performance.now() - start < 1000);
      assert.equal((await verify(revoked)).outcome, 'NOT_FOUND');
      await until(async () => (await decide(keywright, verify, key))[1] === false);
    }
  });

  it('is refused after the restoration of a backup, when revisions begin anew', async (test) => {
    const { keywright, verify } = await attach(test);
    const key = keywright.issue();
    for (let round = 0; round < 5; round++) await keywright.forget([]);
    await verify(key);
    keywright.restore(2);
    keywright.instances[0].cut();
    await until(async () => {
      await verify(key);
      return !(await decide(keywright, verify, key))[1];
    });
    await keywright.revoke(key);
    assert.equal((await verify(key)).outcome, 'NOT_FOUND');
  });

  it('is refused by a process that was paused, although old leases wait in its socket', async (test) => {
    const { keywright } = await attach(test);
    const child = spawn(process.execPath, [new URL('support/hammer.js', import.meta.url).pathname], {
      env: { ...process.env, KEYWRIGHT_URL: keywright.url, KEYWRIGHT_KEY: OWN_KEY },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    test.after(() => child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value);
    for (let round = 0; round < 2; round++) {
      const key = keywright.issue();
      child.stdin.write(`${key}\n`);
      assert.equal((await next()).accepting, true);
      await sleep(100);
      child.kill('SIGSTOP');
      await sleep(50);
      await keywright.revoke(key);
      const revokedAtMs = Date.now();
      await sleep(1500);
      child.kill('SIGCONT');
      const { lastAcceptedMs, verdicts } = await next();
      assert.ok(lastAcceptedMs <= revokedAtMs, `${lastAcceptedMs - revokedAtMs} ms after the revocation`);
      assert.ok(verdicts > 100);
    }
  });
});

describe('a lease', () => {
  const lasting = async (test, options) => {
    const clock = new TestClock();
    const attached = await attach(test, { clock, ...options });
    const key = attached.keywright.issue();
    await attached.verify(key);
    assert.deepEqual(await decide(attached.keywright, attached.verify, key), ['VALID', false]);
    return { ...attached, clock, key };
  };

  it('keeps known keys valid while the server is away, and none beyond its end', async (test) => {
    const { keywright, verify, key } = await lasting(test);
    const other = keywright.issue();
    keywright.faults.isDown = true;
    keywright.instances[0].cut();
    assert.deepEqual(await decide(keywright, verify, key), ['VALID', false]);
    assert.equal((await verify(other)).outcome, 'UNAVAILABLE');
    await sleep(2500);
    const verdict = await verify(key);
    assert.deepEqual([verdict.valid, verdict.outcome, verdict.keyId], [false, 'UNAVAILABLE', null]);
    keywright.faults.isDown = false;
    await until(async () => (await decide(keywright, verify, key)).join() === 'VALID,false', 8000);
  });

  it('ends with an error of its own if that is wanted', async (test) => {
    const { keywright, verify } = await attach(test, { onUnavailable: 'throw' });
    const key = keywright.issue();
    keywright.faults.refuse = { [ASK]: [503, 'unavailable'] };
    await assert.rejects(verify(key), (error) => {
      assert.ok(error instanceof VerifierUnavailableError);
      assert.equal(error.cause.code, 'unavailable');
      assert.ok(!JSON.stringify([error, error.message, error.stack, error.cause.stack]).includes(key));
      return true;
    });
  });

  it('ends when the machine has slept', async (test) => {
    const { keywright, verify, clock, key } = await lasting(test);
    keywright.faults.isSilent = true;
    clock.sleep(3000);
    assert.deepEqual(await decide(keywright, verify, key), ['VALID', true]);
  });

  it('ends when the machine has slept and its clock was set back, before or afterwards', async (test) => {
    const { keywright, verify, clock, key } = await lasting(test);
    keywright.faults.isSilent = true;
    clock.set(-3_600_000);
    assert.deepEqual(await decide(keywright, verify, key), ['VALID', true]);
    clock.sleep(3000);
    assert.deepEqual(await decide(keywright, verify, key), ['VALID', true]);
  });

  for (const [what, byMs] of [
    ['forward', 3_600_000],
    ['forward a little', 1000],
    ['back', -3_600_000],
    ['back a little', -1000],
  ])
    it(`holds again after the clock was set ${what}, by a new stream`, async (test) => {
      const { keywright, verify, clock, key } = await lasting(test);
      const streams = keywright.count('GET /stream');
      clock.set(byMs);
      assert.deepEqual(await decide(keywright, verify, key), ['VALID', true]);
      await until(async () => (await decide(keywright, verify, key))[1] === false);
      assert.equal(keywright.count('GET /stream'), streams + 1);
    });

  it('is not believed when it comes late', async (test) => {
    const keywright = await Keywright.start();
    test.after(() => keywright.stop());
    const verify = await attachTo(keywright, test);
    const key = keywright.issue();
    await verify(key);
    keywright.faults.streamDelayMs = 2600;
    await sleep(2700);
    for (const start = performance.now(); performance.now() - start < 1000; await sleep(20))
      assert.equal((await decide(keywright, verify, key))[1], true);
  });

  it('ends when the verifier is refused', async (test) => {
    const { keywright, verify, key, errors } = await lasting(test);
    keywright.faults.refuse = { 'GET /stream': [401, 'credential.invalid'], [ASK]: [401, 'credential.invalid'] };
    keywright.instances[0].cut();
    await until(async () => (await verify(key)).outcome === 'UNAVAILABLE');
    assert.ok(errors.some(({ code }) => code === 'credential.invalid'));
  });

  it('is not interrupted when a stream takes the place of another, on another instance', async (test) => {
    const clock = new TestClock();
    const keywright = await Keywright.start({ instances: 2 });
    test.after(() => keywright.stop());
    let turn = 0;
    const balanced = (url, init) => {
      const instance = keywright.instances[String(url).includes('/stream') ? turn++ % 2 : 0];
      return fetch(String(url).replace(keywright.url, instance.url), init);
    };
    const verify = await attachTo(keywright, test, { clock, fetch: balanced });
    for (let round = 0; round < 4; round++) {
      const [key, revoked] = [keywright.issue(), keywright.issue()];
      await verify(key);
      await verify(revoked);
      clock.set(1000);
      const revocation = keywright.revoke(revoked);
      await until(async () => (await decide(keywright, verify, key))[1] === false);
      await revocation;
      assert.equal((await verify(revoked)).outcome, 'NOT_FOUND');
      await until(() => keywright.instances.reduce((sum, { streams }) => sum + streams.size, 0) === 1);
    }
    assert.ok(keywright.instances[1].requests.includes('GET /stream'));
  });
});
