import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseHeader, type JournalHeader } from './journal-header.js';
import { parseLine, type JournalEntry } from './revocation.js';

/** The ending of the files of a journal. */
export const SUFFIX = '.ndjson';

/** A file that cannot be used as a journal; the message says why, in a sentence. */
export class JournalError extends Error {}

/** What is known of a file once it has been read. */
export interface ReadJournal {
  path: string;
  /** `null` if the process was interrupted before it had written the first line. */
  header: JournalHeader | null;
  /** Whether the file ends in the middle of a line, as after a crash. That line was never acknowledged. */
  isTorn: boolean;
}

/** The files of a journal in a folder; none if there is no such folder. */
export async function listJournal(folder: string): Promise<string[]> {
  const names = (await unlessGone(readdir(folder))) ?? [];
  return names.filter((name) => name.endsWith(SUFFIX)).map((name) => join(folder, name));
}

/** Resolves to `null` when there is no such file. */
export async function unlessGone<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The first line of a file, without its entries. */
export async function readHeader(path: string): Promise<JournalHeader | null> {
  const lines = createInterface({ input: createReadStream(path) });
  for await (const line of lines) {
    lines.close();
    return checkHeader(path, line);
  }
  return null;
}

/**
 * Reads a file line by line.
 *
 * @param add is called with each entry
 * @throws {JournalError} when anything but the end of the last line is missing or wrong
 */
export async function readJournal(path: string, add: (entry: JournalEntry) => void): Promise<ReadJournal> {
  let header: JournalHeader | null = null;
  let number = 0;
  const take = (line: string): void => {
    number += 1;
    if (number === 1) {
      header = checkHeader(path, line);
      return;
    }
    const entries = parseLine(line);
    if (!entries) throw new JournalError(`Line ${number} of ${path} is not a line of a revocation journal.`);
    for (const entry of entries) add(entry);
  };
  // Another process may write meanwhile: only what was read tells whether the last line is complete.
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    const lines = chunk.split('\n');
    lines[0] = rest + (lines[0] ?? '');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  }
  return { path, header, isTorn: rest !== '' || number === 0 };
}

function checkHeader(path: string, line: string): JournalHeader {
  const header = parseHeader(line);
  if (header === 'newer') throw new JournalError(`${path} was written by a newer version of Keywright.`);
  if (!header) throw new JournalError(`${path} is not a revocation journal.`);
  return header;
}
