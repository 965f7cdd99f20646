/**
 * Guarantees of a release: the version is the same wherever it is shown, and the package that `npm pack` makes runs without the repository. Runs
 * alone because it builds and packs. The registry is not asked: the dependencies are the checkout's own, linked one by one.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { runCommand } from '../support/command.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

interface Package {
  version: string;
  dependencies: Record<string, string>;
}

interface Component {
  'bom-ref': string;
  name: string;
  version: string;
  purl: string;
}

const { version, dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Package;

describe('the package', () => {
  let folder: string;
  let main: string;
  let content: string[];
  beforeAll(() => {
    folder = newFolder();
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [{ filename }] = JSON.parse(packed.slice(packed.indexOf('['))) as [{ filename: string }];
    expect(filename).toBe(`keywright-${version}.tgz`);
    const modules = join(folder, 'node_modules');
    mkdirSync(modules);
    execFileSync('tar', ['-xzf', join(folder, filename), '-C', modules]);
    execFileSync('mv', [join(modules, 'package'), join(modules, 'keywright')]);
    // What is not a dependency of the package is not found from there.
    for (const name of Object.keys(dependencies)) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(resolve('node_modules', name), join(modules, name));
    }
    content = readdirSync(join(modules, 'keywright'), { recursive: true, encoding: 'utf8' });
    main = join(modules, 'keywright/dist/src/main.js');
  }, 120_000);
  afterAll(() => removeFolder(folder));

  it('holds the program and its documentation, and neither sources nor tests', () => {
    for (const file of [
      'dist/src/main.js',
      'README.md',
      'CHANGELOG.md',
      'LICENSE',
      'openapi.json',
      'docs/operations.md',
    ])
      expect(content).toContain(file);
    const first = new Set(content.map((file) => file.split('/')[0]));
    expect([...first].sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'deploy',
      'dist',
      'docs',
      'openapi.json',
      'package.json',
    ]);
    expect(content.filter((file) => /\.(ts|map)$|\btest\b/.test(file))).toEqual([]);
  });

  it('runs every command that needs no database', async () => {
    expect(await runCommand(folder, ['--version'], {}, main)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    const { code, stdout } = await runCommand(folder, ['openapi'], {}, main);
    // Classes and types have kept their names in the bundle.
    expect([code, JSON.parse(stdout)]).toEqual([0, JSON.parse(readFileSync('openapi.json', 'utf8'))]);
    // The file is a program by itself, as npx runs it.
    expect(execFileSync(main, ['--version'], { encoding: 'utf8' })).toBe(`${version}\n`);
  });

  it('serves requests, and shows its version', async () => {
    const token = 'a-token-for-the-metrics';
    const program = await Program.start(folder, { METRICS_TOKEN: token }, main);
    expect((await program.call('GET', '/health/live')).body).toEqual({ status: 'ok', version });
    expect((await program.call('GET', '/docs/json')).body.info.version).toBe(version);
    const metrics = await program.call('GET', '/metrics', { token });
    expect(metrics.text).toContain(`keywright_build_info{version="${version}"} 1\n`);
    const login = await program.logIn(program.password);
    const { body } = await program.call('POST', '/api/v1/api-keys', { token: login, json: { description: 'A key' } });
    expect((await program.call('GET', '/api/v1/keys/check', { token: body.fullKey })).status).toBe(204);
    expect(await program.end('SIGTERM')).toBe(0);
  });

  it('is the one that the documents install', () => {
    for (const file of ['README.md', 'docs/operations.md']) {
      const named = [...readFileSync(file, 'utf8').matchAll(/keywright[-:](\d+\.\d+\.\d+)/g)].map(([, one]) => one);
      expect([file, new Set(named)]).toEqual([file, new Set([version])]);
    }
  });

  it('has a changelog that begins with its version', () => {
    const headings = [...readFileSync('CHANGELOG.md', 'utf8').matchAll(/^## \[(.+?)\]/gm)].map(([, name]) => name);
    expect(headings.find((name) => name !== 'Unreleased')).toBe(version);
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Package & { packages: { '': Package } };
    expect([lock.version, lock.packages[''].version]).toEqual([version, version]);
  });

  it('has a bill of materials with every dependency', () => {
    const { bomFormat, metadata, components } = JSON.parse(
      execFileSync('npm', ['run', '--silent', 'sbom'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
    ) as { bomFormat: string; metadata: { component: Component }; components: Component[] };
    expect([bomFormat, metadata.component]).toEqual([
      'CycloneDX',
      expect.objectContaining({ name: 'keywright', version, purl: `pkg:npm/keywright@${version}` }),
    ]);
    const listed = components.map((component) => component['bom-ref']);
    for (const [name, pinned] of Object.entries(dependencies)) expect(listed).toContain(`${name}@${pinned}`);
    // A dependency of a dependency, and what only the tests need.
    expect(listed).toContainEqual(expect.stringMatching(/^fast-uri@/));
    expect(listed).not.toContainEqual(expect.stringMatching(/^(jest|eslint|prettier|@keywright\/sdk)@/));
  });
});
