import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { syncFile, syncFolder } from '../../platform/runtime/durable-files.js';
import { formatHeader, type JournalHeader } from './journal-header.js';
import { readJournal, SUFFIX, unlessGone } from './journal-reader.js';
import { formatLine, type JournalEntry } from './revocation.js';
import { RevocationIndex } from './revocation-index.js';

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
    const entries = index.after(-1);
    const kept = entries.filter(({ at }) => keptSince === null || new Date(at) >= keptSince);
    const dropped = entries.filter((entry) => !kept.includes(entry));
    const header = {
      database,
      instance: randomUUID(),
      startedAt: now.toISOString(),
      revision: Math.min(...headers.map(({ revision }) => revision)),
      forgotten: Math.max(...headers.map(({ forgotten }) => forgotten), ...dropped.map(({ revision }) => revision), 0),
    };
    await write(folder, header, kept);
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

async function write(folder: string, header: JournalHeader, entries: JournalEntry[]): Promise<void> {
  const path = join(folder, `compacted-${header.instance}`);
  const lines = function* (): Generator<string> {
    yield formatHeader(header);
    for (const { revision, at, ...change } of entries) yield formatLine(revision, at, [change]);
  };
  await pipeline(Readable.from(lines()), createWriteStream(path, { mode: 0o600 }));
  await syncFile(path);
  await rename(path, path + SUFFIX);
  await syncFolder(folder);
}
