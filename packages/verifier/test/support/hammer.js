// Verifies the keys that it reads, one after the other, without a pause, until they are refused, and says when it began the last verdict that accepted.
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { verifier } from '@keywright/verifier';

const { KEYWRIGHT_URL: url, KEYWRIGHT_KEY: key } = process.env;
const verify = await verifier({ url, key, onError: () => undefined });

for await (const presented of createInterface({ input: process.stdin })) {
  let lastAcceptedMs = 0;
  let verdicts = 0;
  for (;;) {
    const beganMs = Date.now();
    const { outcome } = await verify(presented);
    if (outcome === 'NOT_FOUND') break;
    if (outcome === 'VALID') lastAcceptedMs = beganMs;
    verdicts++;
    if (verdicts === 1) console.log(JSON.stringify({ accepting: outcome === 'VALID' }));
    if (verdicts % 10 === 0) await setImmediate();
  }
  console.log(JSON.stringify({ lastAcceptedMs, verdicts }));
}
