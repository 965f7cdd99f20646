// Builds and packs the package, compiles the README's examples with it in an empty folder and runs them, as modules and as CommonJS, then the tests.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PACKAGE = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const folderOf = (name) => dirname(require.resolve(`${name}/package.json`));

let failures = 0;
const start = performance.now();

/** Runs a program and says whether it succeeded. */
function run(what, command, args, { cwd = PACKAGE, ...options } = {}) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', ...options });
  const isFine = status === 0;
  console.log(`${isFine ? '✓' : '✗'} ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  if (!isFine) {
    failures++;
    console.log(`${stdout ?? ''}${stderr ?? ''}`);
  }
  return stdout;
}

const FOLDER = mkdtempSync(join(tmpdir(), 'keywright-verifier-packed-'));

/** Installs Next, which is larger than all else that the tests need, apart from the repository's packages. */
function installNext() {
  const folder = join(PACKAGE, 'test/support/next-app');
  const [lock, installed] = ['package-lock.json', 'node_modules/.package-lock-used.json'].map((name) =>
    join(folder, name),
  );
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(lock, 'utf8')) return;
  run('npm ci for Next', 'npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: folder });
  copyFileSync(lock, installed);
}

/** Unpacks the package where nothing else is installed. */
function installPacked() {
  const packed = run('npm pack', 'npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', FOLDER]);
  const [{ filename }] = JSON.parse(packed);
  const modules = join(FOLDER, 'node_modules');
  mkdirSync(join(modules, '@keywright'), { recursive: true });
  run('tar', 'tar', ['-xzf', join(FOLDER, filename), '-C', join(modules, '@keywright')]);
  run('mv', 'mv', [join(modules, '@keywright/package'), join(modules, '@keywright/verifier')]);
  mkdirSync(join(modules, '@types'));
  symlinkSync(folderOf('@types/node'), join(modules, '@types/node'));
  symlinkSync(folderOf('undici-types'), join(modules, 'undici-types'));
  const compilerOptions = {
    strict: true,
    target: 'ES2022',
    lib: ['ES2022', 'ESNext.Disposable'],
    module: 'nodenext',
    types: ['node'],
  };
  const program = `
import { verifier, VerifierError, VERSION, type Verification, type Verifier } from '@keywright/verifier';
const attached: Promise<Verifier> = verifier({ url: 'http://127.0.0.1:1', key: 'ks_live_example' });
attached.then(
  () => process.exit(1),
  (error: unknown) => {
    const isExpected = error instanceof VerifierError && error.code === 'client.connection_failed' && typeof VERSION === 'string';
    process.exitCode = isExpected ? 0 : 1;
  },
);
const show = ({ valid, outcome }: Verification): string => \`\${valid} \${outcome}\`;
void show;
`;
  writeFileSync(join(FOLDER, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(FOLDER, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['imported.ts', 'required.cts'] }),
  );
  for (const name of ['imported.ts', 'required.cts']) writeFileSync(join(FOLDER, name), program);
}

try {
  run('build', process.execPath, ['generator/build.js']);
  // The tests ask the server by it for what verifiers don't do.
  run('build of the SDK', process.execPath, ['../sdk/generator/build.js']);
  installPacked();
  installNext();
  run('tsc --strict', process.execPath, [join(folderOf('typescript'), 'bin/tsc'), '-p', '.'], { cwd: FOLDER });
  for (const program of ['imported.js', 'required.cjs']) run(program, process.execPath, [program], { cwd: FOLDER });
  const tests = readdirSync(join(PACKAGE, 'test')).filter((name) => name.endsWith('.test.js'));
  const files = tests.map((name) => join(PACKAGE, 'test', name));
  // Next leaves watchers behind when it is closed.
  const isNext = (file) => file.endsWith('-next.test.js');
  for (const [what, options, some] of [
    ['tests', ['--test-concurrency=3'], files.filter((file) => !isNext(file))],
    ['tests with Next', ['--test-force-exit'], files.filter(isNext)],
  ])
    run(what, process.execPath, ['--test', ...options, ...some], { stdio: 'inherit' });
} finally {
  rmSync(FOLDER, { recursive: true, force: true });
}

console.log(`${((performance.now() - start) / 1000).toFixed(0)} s in all.`);
process.exitCode = failures === 0 ? 0 : 1;
