import { mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const IN_MEMORY = '/dev/shm';

/** In bytes: the databases of the tests, several times over. */
const ROOM = 4 * 1024 ** 3;

/** Whether Linux offers a file system in memory that has room, and from which programs may be run. */
function canUseMemory() {
  try {
    const mounts = readFileSync('/proc/mounts', 'utf8');
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return /^\S+ \/dev\/shm tmpfs (?!\S*\b(?:ro|noexec)\b)/m.test(mounts) && bavail * bsize > ROOM;
  } catch {
    return false;
  }
}

/**
 * Where tests keep what they write: in memory, where they do not wait for a disk at every commit, unless TMPDIR names a place. What a program
 * has written outlives its end there, too.
 */
export const DATA = process.env.TMPDIR === undefined && canUseMemory() ? IN_MEMORY : tmpdir();

const made = [];

process.once('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** The path of a new, empty folder, which goes with this process at the latest. */
export function makeFolder(name) {
  const folder = mkdtempSync(join(DATA, `keywright-${name}-`));
  made.push(folder);
  return folder;
}
