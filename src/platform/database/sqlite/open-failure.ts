import { errorMessage } from '../../runtime/error-message.js';

/** Says why a database file cannot be opened, and what to do. */
export function describeOpenFailure(error: unknown, path: string): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code.startsWith('SQLITE_NOTADB'))
    return `${path} is not an SQLite database (${code}). Name another file, or restore a backup with keywright restore.`;
  if (code.startsWith('SQLITE_CORRUPT'))
    return `${path} is damaged (${code}). Restore a backup with keywright restore.`;
  if (code.startsWith('SQLITE_CANTOPEN'))
    return `${path} cannot be opened (${code}). It must be a file that the user who runs Keywright may read and write, in a folder that this user may write.`;
  if (code.startsWith('SQLITE_READONLY'))
    return `${path} cannot be written (${code}). Let the user who runs Keywright write the file and its folder.`;
  if (code.startsWith('SQLITE_BUSY')) return `${path} is locked by another program (${code}). Stop that program.`;
  if (code.startsWith('SQLITE_FULL')) return `${path} cannot grow: the disk is full (${code}). Make room.`;
  // The file system's own codes.
  if (/^E[A-Z\d]+$/.test(code))
    return `the folder of ${path} cannot be used (${errorMessage(error)}). Create it, or name a file elsewhere.`;
  return `${path}: ${errorMessage(error)}`;
}
