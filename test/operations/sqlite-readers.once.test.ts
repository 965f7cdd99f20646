// Threads that read an SQLite file end when nobody needs them, and begin anew.

import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { Readers } from '../../src/platform/database/sqlite/readers.js';
import { createEmptyDatabase, type TestDatabase } from '../support/engine.js';

const IDLE_MS = 300;

describe('threads that read', () => {
  let database: TestDatabase;
  let file: string;
  let readers: Readers;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    file = database.url.slice('sqlite:'.length);
    const writer = new Sqlite(file);
    writer.exec('PRAGMA journal_mode = WAL; CREATE TABLE entry (id INTEGER PRIMARY KEY); INSERT INTO entry VALUES (7)');
    writer.close();
    readers = new Readers(file, null, IDLE_MS);
  });

  afterEach(async () => {
    await readers.end();
    await database.drop();
  });

  const readAtOnce = async (count: number): Promise<void> => {
    const results = await Promise.all(Array.from({ length: count }, () => readers.execute('SELECT id FROM entry', [])));
    expect(results.map(({ rows }) => rows)).toEqual(Array.from({ length: count }, () => [{ id: 7 }]));
  };

  const running = (): number => {
    const { all } = readers as unknown as { all: { session: unknown }[] };
    return all.filter(({ session }) => session !== null).length;
  };

  it('end while they are not needed, but for those that are, and begin anew', async () => {
    for (let round = 0; round < 2; round += 1) {
      await readAtOnce(4);
      expect(running()).toBe(4);
      const endMs = performance.now() + 4 * IDLE_MS;
      while (performance.now() < endMs) {
        await readAtOnce(1);
        await sleep(IDLE_MS / 10);
      }
      expect(running()).toBe(1);
    }
  });

  it('answer what they are asked while they end', async () => {
    const endMs = performance.now() + 6 * IDLE_MS;
    while (performance.now() < endMs) {
      await readAtOnce(4);
      await sleep(IDLE_MS + Math.random() * IDLE_MS);
    }
  });
});
