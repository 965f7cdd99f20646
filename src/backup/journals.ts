import { stat } from 'node:fs/promises';
import { JournalError, listJournal, readJournal, type ReadJournal } from '../verification/journal/journal-reader.js';
import { RevocationIndex } from '../verification/journal/revocation-index.js';
import { BackupError } from './backup-error.js';

/** The journals of a database, of one or of several instances. */
export interface Journals {
  index: RevocationIndex;
  /** The files that were read. */
  files: string[];
  /** What is missing in them, each in a sentence. */
  gaps: string[];
}

/** What journals must be about, and reach back to. */
interface Restored {
  database: string;
  revision: number;
}

/**
 * Reads journals.
 *
 * @param folder where the server writes its own; files of other databases in it are left alone
 * @param given files and folders that the caller names, which must be of this database
 * @throws {BackupError} when one is of another database, cannot be read, or is damaged
 */
export async function readJournals(folder: string | null, given: string[], restored: Restored): Promise<Journals> {
  const index = new RevocationIndex();
  const read: ReadJournal[] = [];
  const own = folder === null ? [] : await listJournal(folder);
  const named = new Set((await Promise.all(given.map(expand))).flat());
  for (const path of new Set([...own, ...named])) {
    const ofFile = new RevocationIndex();
    const file = await readJournal(path, (entry) => ofFile.add(entry)).catch(explain);
    const isOfAnother = file.header !== null && file.header.database !== restored.database;
    if (isOfAnother && named.has(path)) throw new BackupError(`${path} is the revocation journal of another database.`);
    if (isOfAnother) continue;
    read.push(file);
    for (const entry of ofFile.entries()) index.add(entry);
  }
  return { index, files: read.map(({ path }) => path), gaps: findGaps(read, restored.revision) };
}

async function expand(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new BackupError(`There is no revocation journal at ${path}.`);
  const files = found.isDirectory() ? await listJournal(path) : [path];
  if (files.length === 0) throw new BackupError(`There is no revocation journal in ${path}.`);
  return files;
}

function explain(error: unknown): never {
  throw error instanceof JournalError ? new BackupError(error.message) : error;
}

function findGaps(read: ReadJournal[], revision: number): string[] {
  const headers = read.flatMap(({ header }) => header ?? []);
  const torn = read.filter(({ isTorn }) => isTorn).map(({ path }) => `${path} ends in the middle of a line.`);
  // A file without its first line does not even say where it begins.
  if (headers.length === 0) return torn;
  const begin = Math.min(...headers.map((header) => header.revision));
  const forgotten = Math.max(...headers.map((header) => header.forgotten));
  const reach = Math.max(begin, forgotten);
  if (reach <= revision) return torn;
  return [...torn, `The revocation journal does not reach back to the backup (revision ${revision} of ${reach}).`];
}
