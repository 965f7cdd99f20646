import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** What a file system says that cannot sync a folder, or a folder that may not be read. */
export const CANNOT_SYNC = new Set(['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM', 'EACCES']);

/** What a file system says that has no hard links. */
export const CANNOT_LINK = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Creates a folder, with those above it that are missing, and makes it outlive a power loss: the name of a folder can be lost until the one above
 * it is synced.
 */
export function createLastingFolder(path: string): void {
  const folder = resolve(path);
  const above = dirname(folder);
  if (!existsSync(folder)) {
    createLastingFolder(above);
    // Node's own recursive creation never ends where a file system refuses it with ENOENT, as /proc does.
    createFolder(folder);
  }
  syncFolderSync(above);
}

function createFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Makes the names in a folder outlive a power loss, where the file system can. */
export function syncFolderSync(path: string): void {
  try {
    syncFileSync(path);
  } catch (error) {
    if (!CANNOT_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Makes the content of a file outlive a power loss. */
export function syncFileSync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
