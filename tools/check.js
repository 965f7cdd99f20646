// Runs the checks that need no build in parallel, and prints the output of those that fail. They keep caches in node_modules/.cache.
// ESLint's looks only at the file itself: it misses a problem that a changed type causes in another file. CI starts without caches.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const CHECKS = ['format:check', 'lint', 'types', 'boundaries'];

async function run(check) {
  const start = performance.now();
  const child = spawn('npm', ['run', '--silent', check], { shell: process.platform === 'win32' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [status] = await once(child, 'close');
  const passed = status === 0;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${passed ? '✓' : '✗'} ${check} (${seconds} s)`);
  if (!passed) console.log(output);
  return passed;
}

const results = await Promise.all(CHECKS.map(run));
process.exitCode = results.every(Boolean) ? 0 : 1;
