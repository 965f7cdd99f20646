import { open } from 'node:fs/promises';
import { CANNOT_SYNC } from './lasting-folder.js';

/** Makes the names in a folder outlive a power loss. Not every file system can sync a folder, and those that can't need not. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } catch (error) {
    if (!CANNOT_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await folder.close();
  }
}

/** Makes the content of a file outlive a power loss. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
