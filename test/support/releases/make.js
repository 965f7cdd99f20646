/**
 * Packs the built server of a released commit, so that tests can run it beside the current one:
 *
 *     node test/support/releases/make.js <commit> <version>
 *
 * The archive holds package.json and dist without source maps. It runs with the node_modules of the current version.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const [commit = '', version = ''] = process.argv.slice(2);
const temporary = mkdtempSync(join(tmpdir(), 'keywright-release-'));
const source = join(temporary, 'source');
const run = (command, ...args) => execFileSync(command, args, { cwd: source, maxBuffer: 2 ** 28 });

execFileSync('git', ['worktree', 'add', '--detach', source, commit]);
try {
  symlinkSync(resolve('node_modules'), join(source, 'node_modules'));
  run('npx', 'nest', 'build');
  for (const file of readdirSync(join(source, 'dist'), { recursive: true })) {
    const path = join(source, 'dist', file);
    if (file.endsWith('.map')) rmSync(path);
    else if (file.endsWith('.js'))
      writeFileSync(path, readFileSync(path, 'utf8').replace(/\n?\/\/# sourceMappingURL=.*\n?$/, '\n'));
  }
  const plain = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
  const archive = run('tar', ...plain, '-cf', '-', 'package.json', 'dist');
  writeFileSync(join(import.meta.dirname, `${version}.tgz`), gzipSync(archive, { level: 9 }));
} finally {
  execFileSync('git', ['worktree', 'remove', '--force', source]);
  rmSync(temporary, { recursive: true });
}
