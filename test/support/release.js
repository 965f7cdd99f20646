import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Unpacks a release that releases/make.js has packed. @returns the path of its program; it is removed when this process ends */
export function unpackRelease(version) {
  const folder = mkdtempSync(join(tmpdir(), `keywright-${version}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  execFileSync('tar', ['-xzf', resolve(`test/support/releases/${version}.tgz`), '-C', folder]);
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  return join(folder, 'dist/src/main.js');
}
