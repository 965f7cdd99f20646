/** Guarantees of `tools/build-if-stale.js`: it builds when a source is newer than the build, and only then. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { newFolder, removeFolder } from '../support/program.js';

const TOOL = resolve('tools/build-if-stale.js');

/** A build that copies src/ to dist/, and fails while there is a file named `broken`. */
const BUILD = `const { cpSync, existsSync } = require('node:fs');
cpSync('src', 'dist', { recursive: true });
process.exit(existsSync('broken') ? 1 : 0);`;

describe('tools/build-if-stale.js', () => {
  let folder: string;
  const write = (file: string, text: string): void => {
    writeFileSync(join(folder, file), text);
  };

  function run(): { built: boolean; status: number | null } {
    const { status, stderr } = spawnSync(process.execPath, [TOOL], { cwd: folder, encoding: 'utf8' });
    return { built: stderr.includes('Building Keywright'), status };
  }

  beforeAll(() => {
    folder = newFolder();
    mkdirSync(join(folder, 'src/rooms'), { recursive: true });
    for (const path of ['tools', 'console', 'packages/sdk/src']) mkdirSync(join(folder, path), { recursive: true });
    for (const file of ['src/a.ts', 'src/b.ts', 'src/rooms/c.ts', 'ormconfig.ts', 'tools/bundle.js', 'tsconfig.json'])
      write(file, file);
    write('console/page.tsx', '');
    for (const file of ['nest-cli.json', 'package-lock.json', 'tsconfig.build.json']) write(file, '{}');
    write('build.cjs', BUILD);
    write('package.json', JSON.stringify({ scripts: { build: 'node build.cjs' } }));
  });
  afterAll(() => removeFolder(folder));

  it('builds once while no source changes', () => {
    expect(run()).toEqual({ built: true, status: 0 });
    expect(run()).toEqual({ built: false, status: 0 });
  });

  it.each([
    'src/rooms/c.ts',
    'console/page.tsx',
    'package-lock.json',
    'nest-cli.json',
    'tools/bundle.js',
    'tsconfig.json',
  ])('builds when %s changes', (file) => {
    write(file, 'changed');
    expect(run()).toEqual({ built: true, status: 0 });
    expect(run()).toEqual({ built: false, status: 0 });
  });

  it('builds when a source is added', () => {
    write('src/d.ts', '');
    expect(run().built).toBe(true);
  });

  it('builds when an older file takes the place of a source', () => {
    utimesSync(join(folder, 'src/a.ts'), 1_000_000_000, 1_000_000_000);
    expect(run().built).toBe(true);
  });

  it('builds when a source is deleted, and removes its output', () => {
    rmSync(join(folder, 'src/b.ts'));
    expect(run().built).toBe(true);
    expect(existsSync(join(folder, 'dist/b.ts'))).toBe(false);
  });

  it('builds again after a build that failed, and fails with it', () => {
    write('broken', '');
    write('src/a.ts', 'changed again');
    expect(run()).toEqual({ built: true, status: 1 });
    expect(run()).toEqual({ built: true, status: 1 });
    rmSync(join(folder, 'broken'));
    expect(run()).toEqual({ built: true, status: 0 });
    expect(run()).toEqual({ built: false, status: 0 });
  });

  it('builds again when dist/ is gone', () => {
    rmSync(join(folder, 'dist'), { recursive: true });
    expect(run().built).toBe(true);
    expect(existsSync(join(folder, 'dist/a.ts'))).toBe(true);
  });
});
