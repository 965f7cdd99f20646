/** The file that was opened is no longer the one at its path. */
export const REPLACED = 'DATABASE_REPLACED';

/** A transaction has ended by itself, or was left open. */
export const OUT_OF_STEP = 'TRANSACTION_OUT_OF_STEP';

/** A thread has ended while it was asked. */
export const THREAD_ENDED = 'DATABASE_THREAD_ENDED';

const CODES = new Set([REPLACED, OUT_OF_STEP, THREAD_ENDED]);

/** Full disk, disk errors, a file that cannot be opened or written or is damaged, no memory, interrupted (https://sqlite.org/rescode.html). */
const KINDS = /^SQLITE_(FULL|IOERR|CANTOPEN|READONLY|NOMEM|INTERRUPT|CORRUPT|NOTADB|PERM|PROTOCOL)/;

/** Whether an error says that the database file cannot be used as it is, and nothing about the statement. */
export const isOutOfOrder = (code: string | undefined): code is string =>
  code !== undefined && (CODES.has(code) || KINDS.test(code));

/** Says in a sentence what is wrong with the database file, and names neither its path nor what was written. */
export function describeDisorder(code: string): string {
  if (code === REPLACED) return 'The database file has been removed or replaced.';
  if (code.startsWith('SQLITE_FULL')) return 'There is no room for changes: the disk is full.';
  if (code.startsWith('SQLITE_READONLY')) return `The database file cannot be written (${code}).`;
  if (code.startsWith('SQLITE_IOERR')) return `The disk does not work (${code}).`;
  return `The database file cannot be used (${code}).`;
}
