// Builds Keywright, unless dist/ already holds a complete build of the sources as they are now.
// The scripts that run the build (`npm start`, `npm test`, …) do this first, so that it costs nothing when nothing has changed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the build depends on. */
const SOURCES = [
  'src',
  'console',
  'packages/sdk/src',
  'tools/bundle.js',
  'ormconfig.ts',
  'nest-cli.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

/** The list of sources that dist/ was built from, written last: an interrupted or failed build leaves none. */
const STAMP = 'dist/.built-from';

const filesOf = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
    : [path];

/** A line per file. Times are compared for equality, since a file that replaces another may be older than the build. */
function listSources() {
  const lines = SOURCES.flatMap(filesOf).map((path) => {
    const { mtimeMs, size } = statSync(path);
    return `${path} ${mtimeMs} ${size}\n`;
  });
  return lines.sort().join('');
}

// Listed before the build begins: a file that changes meanwhile makes the build stale.
const sources = listSources();
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== sources) {
  console.error('Building Keywright (up to a minute)…');
  // Also the output of sources that are gone.
  rmSync('dist', { recursive: true, force: true });
  const { status } = spawnSync('npm run --silent build', { shell: true, stdio: 'inherit' });
  if (status === 0) writeFileSync(STAMP, sources);
  else process.exitCode = 1;
}
