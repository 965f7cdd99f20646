// Checks that the sources are what openapi.json says, builds and packs the package, compiles the README's examples and a tour of all surfaces with it in
// an empty folder, runs them on a server with each runtime that there is, then the tests.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PACKAGE = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const folderOf = (name) => dirname(require.resolve(`${name}/package.json`));

/** Runtimes beside the Node.js that runs this, and how each runs a module. */
const RUNTIMES = { node: [], bun: ['run'], deno: ['run', '--allow-net', '--allow-env'], ...otherNodes() };

/** Further programs of Node.js, as `KEYWRIGHT_NODES` lists them. */
function otherNodes() {
  const paths = (process.env.KEYWRIGHT_NODES ?? '').split(':').filter(Boolean);
  return Object.fromEntries(paths.map((path) => [path, []]));
}

let failures = 0;
const start = performance.now();

/** Runs a program and says whether it succeeded. */
function run(what, command, args, { cwd = PACKAGE, env = {}, ...options } = {}) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    ...options,
  });
  const isFine = status === 0;
  console.log(`${isFine ? '✓' : '✗'} ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  if (!isFine) {
    failures++;
    console.log(`${stdout ?? ''}${stderr ?? ''}`);
  }
  return stdout;
}

const isInstalled = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

/** The examples of the README as one program. */
function readExamples() {
  const blocks = readFileSync(join(PACKAGE, 'README.md'), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```/gm);
  const code = [...blocks].map(([, block]) => block).join('\n');
  return `${readFileSync(join(PACKAGE, 'test/tour/prelude.ts'), 'utf8')}\n${code}\nvoid [preview, receive];\n`;
}

const FOLDER = mkdtempSync(join(tmpdir(), 'keywright-sdk-packed-'));

/** Unpacks the package where nothing else is installed, with the programs that use it. */
function installPacked() {
  const packed = run('npm pack', 'npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', FOLDER]);
  const [{ filename }] = JSON.parse(packed);
  const modules = join(FOLDER, 'node_modules');
  mkdirSync(join(modules, '@keywright'), { recursive: true });
  run('tar', 'tar', ['-xzf', join(FOLDER, filename), '-C', join(modules, '@keywright')]);
  run('mv', 'mv', [join(modules, '@keywright/package'), join(modules, '@keywright/sdk')]);
  mkdirSync(join(modules, '@types'));
  symlinkSync(folderOf('@types/node'), join(modules, '@types/node'));
  symlinkSync(folderOf('undici-types'), join(modules, 'undici-types'));
  const compilerOptions = {
    strict: true,
    target: 'ES2022',
    lib: ['ES2022'],
    module: 'nodenext',
    types: ['node'],
    outDir: 'out',
  };
  const files = {
    'package.json': '{ "type": "module" }',
    'tsconfig.json': JSON.stringify({ compilerOptions, files: ['tour.ts', 'readme.ts', 'required.cts'] }),
    'tour.ts': readFileSync(join(PACKAGE, 'test/tour/tour.ts'), 'utf8'),
    'readme.ts': readExamples(),
    'required.cts': `import { Keywright, VERSION } from '@keywright/sdk';
const { auth }: Keywright = new Keywright({ url: 'https://keys.example.com' });
console.log(VERSION, typeof auth.logIn);\n`,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(FOLDER, name), content);
}

async function runPrograms() {
  const { startServer } = await import('./support/server.js');
  const server = await startServer();
  const env = { KEYWRIGHT_URL: server.url, KEYWRIGHT_PASSWORD: server.password };
  try {
    for (const [runtime, args] of Object.entries(RUNTIMES)) {
      if (!isInstalled(runtime)) {
        console.log(`- ${runtime} is not installed`);
        continue;
      }
      // The examples give names that can be given once.
      const programs = ['required.cjs', 'tour.js', ...(runtime === 'node' ? ['readme.js'] : [])];
      for (const program of programs)
        run(`${runtime}: ${program}`, runtime, [...args, `out/${program}`], { cwd: FOLDER, env });
    }
  } finally {
    await server.stop();
  }
}

try {
  run('generated sources', process.execPath, ['generator/generate.js', '--check']);
  run('build', process.execPath, ['generator/build.js']);
  installPacked();
  const compiler = join(folderOf('typescript'), 'bin/tsc');
  run('tsc --strict', process.execPath, [compiler, '-p', '.'], { cwd: FOLDER });
  if (failures === 0) await runPrograms();
  const tests = readdirSync(join(PACKAGE, 'test')).filter((name) => name.endsWith('.test.js'));
  const files = tests.map((name) => join(PACKAGE, 'test', name));
  run('tests', process.execPath, ['--test', '--test-concurrency=2', ...files], { stdio: 'inherit' });
} finally {
  rmSync(FOLDER, { recursive: true, force: true });
}

console.log(`${((performance.now() - start) / 1000).toFixed(0)} s in all.`);
process.exitCode = failures === 0 ? 0 : 1;
