// Verifiers that end with their test.
import { verifier } from '@keywright/verifier';
import { Keywright, OWN_KEY } from './keywright.js';

/** @returns a server, and a verifier that is attached to it, both of which end with the test */
export async function attach(test, { server = {}, ...options } = {}) {
  const keywright = await Keywright.start(server);
  const errors = [];
  const verify = await attachTo(keywright, test, { onError: (error) => errors.push(error), ...options });
  test.after(() => keywright.stop());
  return { keywright, verify, errors };
}

export async function attachTo({ url }, test, options = {}) {
  const verify = await verifier({ url, key: OWN_KEY, timeoutMs: 1000, onError: () => undefined, ...options });
  test.after(() => verify.close());
  return verify;
}

/** The clocks of a machine, which can be set and stopped. */
export class TestClock {
  offsetMs = { steady: 0, wall: 0 };
  stoppedAt = null;

  steadyMs() {
    return (this.stoppedAt?.steady ?? performance.now()) + this.offsetMs.steady;
  }

  wallMs() {
    return (this.stoppedAt?.wall ?? Date.now()) + this.offsetMs.wall;
  }

  /** The wall clock is set. */
  set(byMs) {
    this.offsetMs.wall += byMs;
  }

  /** The machine has slept: the steady clock stood still. */
  sleep(forMs) {
    this.offsetMs.steady -= forMs;
  }
}

/** Waits until something holds. */
export async function until(holds, withinMs = 5000) {
  for (const start = performance.now(); !(await holds());) {
    if (performance.now() - start > withinMs) throw new Error(`Not within ${withinMs} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
