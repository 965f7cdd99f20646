// Full load for a long time: whether the heap grows, and how long the event loop is kept waiting.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startInstance } from './instance.js';
import { onCore, pin } from './load.js';
import { prepare } from './warm.js';

export async function loadForLong(wrk, { seconds }) {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  const server = await startInstance(`sqlite:${join(folder, 'keywright.sqlite')}`, { execArgv: ['--expose-gc'] });
  pin(server.pid);
  const { key } = await prepare(server);
  const parameters = ['-t1', '-c50', `-d${seconds + 5}`, '-H', `Authorization: Bearer ${key}`];
  const load = spawn(...onCore(1, wrk, [...parameters, `${server.url}/api/v1/keys/check`]), { stdio: 'ignore' });
  try {
    const samples = [];
    for (let n = 0; n < 10; n += 1) {
      await sleep((seconds * 1000) / 10);
      samples.push(await server.ask('vitals'));
    }
    const [warm, ...later] = samples;
    const worst = Math.max(...samples.map(({ delayP99Ms }) => delayP99Ms));
    const heaps = samples.map(({ heapUsed }) => (heapUsed / 1e6).toFixed(1)).join(' ');
    console.log(
      `${seconds} s of full load: heap after each tenth ${heaps} MB, ×${(later.at(-1).heapUsed / warm.heapUsed).toFixed(3)} since the first; ` +
        `event loop delay p99 ${worst.toFixed(1)} ms in the worst tenth`,
    );
  } finally {
    load.kill();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
