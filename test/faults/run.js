// Tries every fault, and prints what became of what was acknowledged: a table with a row for each fault.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tableOf } from './support/report.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'keywright-faults-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const report = join(folder, 'report');
writeFileSync(report, '');
const named = process.argv.slice(2);
const files = readdirSync(HERE).filter(
  (name) => name.endsWith('.test.js') && (named.length === 0 || named.includes(name.slice(0, -'.test.js'.length))),
);
const { status } = spawnSync(
  process.execPath,
  ['--test', '--test-concurrency=2', '--test-force-exit', ...files.map((name) => join(HERE, name))],
  { stdio: 'inherit', env: { ...process.env, FAULT_REPORT: report } },
);
console.log(`\n${tableOf(report)}`);
process.exitCode = status ?? 1;
