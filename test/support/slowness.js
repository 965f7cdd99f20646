import { spawnSync } from 'node:child_process';

const ATTEMPTS = 5;

/** How long the machine that bench/RESULTS.md describes takes to load a program as large as the server. */
const LOADS_IN_MS = 200;

/** How much slower this machine is at the moment than that one, at what servers do: load, compile and collect a lot of code; 1 at the least. */
export function slowness() {
  const times = Array.from({ length: ATTEMPTS }, () => {
    const start = performance.now();
    const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '--version']);
    if (status !== 0) throw new Error('The compiler does not start.');
    return performance.now() - start;
  });
  const middle = times.sort((a, b) => a - b)[Math.floor(ATTEMPTS / 2)] ?? 0;
  return Math.max(1, middle / LOADS_IN_MS);
}
