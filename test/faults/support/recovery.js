import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a server may take to notice that a fault has come or gone. */
const PATIENCE_MS = 30_000;

/** Waits until the server says that it isn't ready, and why. @param reason what the answer must say */
export async function untilDown(server, reason = /./) {
  const { status } = await until(server, ({ isReady, details }) => !isReady && reason.test(JSON.stringify(details)));
  assert.equal(status, 503);
}

export const untilReady = (server) => until(server, ({ isReady }) => isReady);

async function until(server, isRight) {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const readiness = await server.readiness();
    if (isRight(readiness)) return readiness;
    assert.ok(performance.now() < end, `Readiness is ${JSON.stringify(readiness)}`);
    await sleep(50);
  }
}
