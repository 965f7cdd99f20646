import { JournalError, listJournal, readHeader, readJournal, unlessGone } from './journal-reader.js';
import { RevocationIndex } from './revocation-index.js';

/** The files of a database in a folder. Those of other databases are left alone. */
export interface FolderContent {
  index: RevocationIndex;
  files: string[];
  /** Whether any of the files ends in the middle of a line. */
  isTorn: boolean;
}

/** How often a folder is read at most, because other processes merge files. */
const ATTEMPTS = 20;

/** @throws {JournalError} */
export async function readFolder(folder: string, database: string): Promise<FolderContent> {
  for (let attempt = 1; ; attempt += 1) {
    const content = await unlessGone(readOnce(folder, database));
    if (content) return content;
    if (attempt === ATTEMPTS) throw new JournalError(`The files in ${folder} do not stay where they are.`);
  }
}

async function readOnce(folder: string, database: string): Promise<FolderContent> {
  const index = new RevocationIndex();
  const files: string[] = [];
  let isTorn = false;
  for (const path of await listJournal(folder)) {
    const ofFile = new RevocationIndex();
    const read = await readJournal(path, (entry) => ofFile.add(entry));
    if (read.header !== null && read.header.database !== database) continue;
    files.push(path);
    isTorn ||= read.isTorn;
    for (const entry of ofFile.entries()) index.add(entry);
  }
  return { index, files, isTorn };
}

/** Does the same without reading further than the first line of each file. */
export async function findFiles(folder: string, database: string): Promise<string[]> {
  const files: string[] = [];
  for (const path of await listJournal(folder)) {
    const header = await unlessGone(readHeader(path));
    if (header?.database === database) files.push(path);
  }
  return files;
}
