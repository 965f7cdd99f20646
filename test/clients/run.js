// Generates clients from openapi.json with five generators, none of which may warn, compiles them in strict mode, and runs two typed
// programs on a server that it starts. Lints the document by Spectral's rules as well.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const FOLDER = import.meta.dirname;
const DOCUMENT = resolve(FOLDER, '../../openapi.json');
const GENERATED = join(FOLDER, 'generated');
const PROGRAMS = ['merchants', 'clients-and-accounts'];
const INSTALLED = join(FOLDER, 'node_modules/.package-lock-used.json');

/** Each generator with its arguments; a file or a folder of its own takes what it writes. */
const GENERATORS = {
  'openapi-typescript': [DOCUMENT, '-o', 'generated/openapi-typescript/schema.ts'],
  'openapi-ts': ['-i', DOCUMENT, '-o', 'generated/hey-api', '--no-log-file'],
  orval: ['--input', DOCUMENT, '--output', 'generated/orval/client.ts', '--client', 'fetch'],
  'ng-openapi-gen': ['-i', DOCUMENT, '-o', 'generated/ng-openapi-gen', '--ignore-unused-models', 'false'],
  'swagger-typescript-api': ['generate', '-p', DOCUMENT, '-o', 'generated/swagger-typescript-api', '-n', 'client.ts'],
};

const COMPILERS = ['typescript', 'typescript-6'];

const start = performance.now();
const failures = [];

/** Runs a program of this folder, and notes what it complains of. */
function run(what, command, args, complaint = /\b(warn(ing)?|error|deprecated)s?\b/i) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: FOLDER, encoding: 'utf8' });
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => complaint.test(line) && !line.startsWith('Wrote '));
  const isFine = status === 0 && lines.length === 0;
  console.log(`${isFine ? '✓' : '✗'} ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  if (!isFine) {
    failures.push(what);
    console.log(status === 0 ? lines.join('\n') : `${stdout}${stderr}`);
  }
}

const installed = (name) => join(FOLDER, 'node_modules/.bin', name);

const LOCK = join(FOLDER, 'package-lock.json');
if (!existsSync(INSTALLED) || readFileSync(INSTALLED, 'utf8') !== readFileSync(LOCK, 'utf8')) {
  console.log('Installing the generators in test/clients (npm ci)…');
  run('npm ci', 'npm', ['ci', '--no-audit', '--no-fund', '--silent']);
  if (failures.length === 0) cpSync(LOCK, INSTALLED);
}

run('spectral', installed('spectral'), ['lint', DOCUMENT, '-r', '.spectral.json', '--fail-severity', 'hint'], /^$a/);
rmSync(GENERATED, { recursive: true, force: true });
for (const [name, args] of Object.entries(GENERATORS)) run(name, installed(name), args);
for (const compiler of COMPILERS)
  run(`${compiler}: tsc --strict`, process.execPath, [`node_modules/${compiler}/bin/tsc`, '-p', '.']);

const FORBIDDEN = /\bas (?!const)\w|:\s*any\b|<any>|@ts-/;
for (const file of readdirSync(join(FOLDER, 'programs'))) {
  const cast = readFileSync(join(FOLDER, 'programs', file), 'utf8')
    .split('\n')
    .find((line) => FORBIDDEN.test(line));
  if (cast !== undefined) failures.push(`${file} casts: ${cast.trim()}`);
}

if (failures.length === 0) await runPrograms();

/** Runs the programs on a server with an empty database. */
async function runPrograms() {
  const cwd = mkdtempSync(join(tmpdir(), 'keywright-clients-'));
  const main = resolve(FOLDER, '../../dist/src/main.js');
  const env = { PATH: process.env.PATH, PORT: '0' };
  const server = spawn(process.execPath, [main], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const began = performance.now();
    let output = '';
    server.stdout.on('data', (chunk) => (output += chunk));
    while (!/Password +\S+ /.test(output)) {
      if (server.exitCode !== null || performance.now() - began > 30_000)
        throw new Error(`The server did not start:\n${output}`);
      await sleep(50);
    }
    const url = /Documentation {2}(http:\S+)\/docs/.exec(output)?.[1] ?? '';
    const password = /Password +(\S+)/.exec(output)?.[1] ?? '';
    for (const name of PROGRAMS) {
      const target = `generated/programs/${name}.mjs`;
      const options = ['--bundle', '--platform=node', '--format=esm', '--log-level=warning', `--outfile=${target}`];
      run(`esbuild ${name}`, installed('esbuild'), [`programs/${name}.ts`, ...options]);
      const variables = [`KEYWRIGHT_URL=${url}`, `KEYWRIGHT_PASSWORD=${password}`];
      run(name, 'env', [...variables, process.execPath, target]);
    }
  } finally {
    server.kill('SIGTERM');
    await once(server, 'exit');
    rmSync(cwd, { recursive: true, force: true });
  }
}

console.log(`${((performance.now() - start) / 1000).toFixed(0)} s in all.`);
for (const failure of failures) console.error(`Failed: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
