import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { syncFile, syncFolder } from '../../platform/runtime/durable-files.js';
import { letOthersIn } from '../../platform/runtime/turns.js';
import { formatHeader, type JournalHeader } from './journal-header.js';
import { readJournal, SUFFIX, unlessGone } from './journal-reader.js';
import { formatLine, type JournalEntry } from './revocation.js';
import { RevocationIndex } from './revocation-index.js';

/** How many entries are processed at a time: it keeps the event loop busy for about a millisecond. */
const ENTRIES_AT_ONCE = 500;

/** Which files to merge, and what of them to keep. */
export interface Compaction {
  folder: string;
  files: string[];
  database: string;
  now: Date;
  /** Entries from before are dropped; `null` keeps all. */
  keptSince: Date | null;
}

/**
 * Merges files into one, without entries that later ones make superfluous, lines that a crash has cut off, and entries that are too old. Any
 * number of processes may do it at a time: each removes only what it has written into its own file, and a process whose file was taken away
 * writes the lines that it has not acknowledged into a new one.
 */
export async function compact({ folder, files, database, now, keptSince }: Compaction): Promise<void> {
  const taken = await take(files);
  const index = new RevocationIndex();
  const headers: JournalHeader[] = [];
  for (const path of taken) {
    // Another process may have taken the file meanwhile, and merges it.
    const read = await unlessGone(readJournal(path, (entry) => index.add(entry)));
    if (read?.header) headers.push(read.header);
  }
  if (headers.length > 0) {
    const isKept = ({ at }: JournalEntry): boolean => keptSince === null || new Date(at) >= keptSince;
    let revision = Number.POSITIVE_INFINITY;
    let forgotten = 0;
    for (const header of headers) {
      revision = Math.min(revision, header.revision);
      forgotten = Math.max(forgotten, header.forgotten);
    }
    for await (const entry of inTurns(index.entries()))
      if (!isKept(entry)) forgotten = Math.max(forgotten, entry.revision);
    const header = { database, instance: randomUUID(), startedAt: now.toISOString(), revision, forgotten };
    await write(folder, header, index, isKept);
  }
  for (const path of taken) await rm(path, { force: true });
  await syncFolder(folder);
}

/**
 * Gives the files other names before they are read: a process that writes into one of them finds, after its next line, that the file is not
 * in its place.
 */
async function take(files: string[]): Promise<string[]> {
  const taken: string[] = [];
  for (const path of files) {
    const name = join(dirname(path), `merged-${randomUUID()}${SUFFIX}`);
    const isTaken = await unlessGone(rename(path, name).then(() => true));
    if (isTaken) taken.push(name);
  }
  return taken;
}

async function write(
  folder: string,
  header: JournalHeader,
  index: RevocationIndex,
  isKept: (entry: JournalEntry) => boolean,
): Promise<void> {
  const path = join(folder, `compacted-${header.instance}`);
  const lines = async function* (): AsyncGenerator<string> {
    yield formatHeader(header);
    for await (const entry of inTurns(index.entries())) {
      const { revision, at, ...change } = entry;
      if (isKept(entry)) yield formatLine(revision, at, [change]);
    }
  };
  try {
    await pipeline(Readable.from(lines()), createWriteStream(path, { mode: 0o600 }));
    await syncFile(path);
    await rename(path, path + SUFFIX);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Hands entries on, and lets requests have their turn in between. */
async function* inTurns(entries: Iterable<JournalEntry>): AsyncGenerator<JournalEntry> {
  let count = 0;
  for (const entry of entries) {
    yield entry;
    count += 1;
    if (count % ENTRIES_AT_ONCE === 0) await letOthersIn();
  }
}
