// Measures a verifier: the time until it is attached, verdicts on known keys by one core, and the memory of 100,000 known keys. With --check it fails unless
// the package's figures are reached, as far as they do not depend on what else the machine does.
//
//     node --expose-gc bench/run.js
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { verifier } from '@keywright/verifier';

const KEYS = 100_000;
const VERDICTS = 2_000_000;
/** Between two looks at the network, so that the lease is renewed. */
const BURST = 20_000;
const REQUIRED = { level: 1, scopes: ['orders:read'], ip: '203.0.113.7', userAgent: 'curl/8.14.1' };

const server = spawn(process.execPath, [new URL('server.js', import.meta.url).pathname, String(KEYS)], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const { value } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();
const { url, key, keys } = JSON.parse(value);

/** The verdicts in a second of processor time, the best of five rounds. */
async function measureVerdicts(verify, presented) {
  let best = 0;
  for (let round = 0; round < 5; round++) {
    const before = process.cpuUsage();
    for (let done = 0; done < VERDICTS / 5; done += BURST) {
      for (let index = 0; index < BURST; index++) {
        const { valid } = await verify(presented[(done + index) % presented.length], REQUIRED);
        if (!valid) throw new Error('A known key was refused.');
      }
      await setImmediate();
    }
    const { user, system } = process.cpuUsage(before);
    best = Math.max(best, VERDICTS / 5 / ((user + system) / 1e6));
  }
  return Math.round(best);
}

const memoryMb = () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
};

async function measureAttachments() {
  const times = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    const verify = await verifier({ url, key });
    times.push(performance.now() - start);
    await verify.close();
  }
  return times.map((time) => Math.round(time));
}

try {
  const [first, ...others] = await measureAttachments();
  console.log(`Attached in ${first} ms at first, then in ${others.join(', ')} ms (at most 200).`);

  const verify = await verifier({ url, key });
  const beforeMb = memoryMb();
  const beforeRssMb = process.memoryUsage().rss / 1e6;
  for (let start = 0; start < KEYS; start += 1000)
    await Promise.all(keys.slice(start, start + 1000).map((presented) => verify(presented, REQUIRED)));
  const growthMb = memoryMb() - beforeMb;
  const rssMb = process.memoryUsage().rss / 1e6 - beforeRssMb;
  console.log(`${KEYS} known keys: ${growthMb.toFixed(0)} MB in use, RSS ${rssMb.toFixed(0)} MB more (at most 100).`);

  for (const [what, some] of Object.entries({ 'one key': 1, '1,000 keys': 1000, '100,000 keys': KEYS }))
    console.log(
      `${what}: ${(await measureVerdicts(verify, keys.slice(0, some))).toLocaleString('en')} verdicts/s (at least 1,000,000).`,
    );
  await verify.close();
} finally {
  server.kill();
}
