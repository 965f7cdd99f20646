// Transactions of SQLite that share a commit: each is kept or lost by itself, unless the engine loses all of them.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import type { DataSource } from 'typeorm';
import { TABLES } from '../../src/entities.js';
import { createDataSource } from '../../src/platform/database/data-source.js';
import { isUnavailable } from '../../src/platform/database/engine-errors.js';
import type { SqliteDataSource } from '../../src/platform/database/sqlite/sqlite-data-source.js';
import type { SqliteThread } from '../../src/platform/database/sqlite/sqlite-thread.js';
import { createEmptyDatabase, type TestDatabase } from '../support/engine.js';

describe('transactions on SQLite', () => {
  let database: TestDatabase;
  let source: DataSource;
  let file: string;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    file = database.url.slice('sqlite:'.length);
    source = await createDataSource(database.url, TABLES).initialize();
    await source.query('CREATE TABLE entry (id INTEGER PRIMARY KEY, text TEXT UNIQUE)');
  });

  afterEach(async () => {
    await source.destroy();
    await database.drop();
  });

  const insert = (id: number, text = `text ${id}`): Promise<void> =>
    source.transaction(async (manager) => {
      await manager.query('INSERT INTO entry (id, text) VALUES (?, ?)', [id, text]);
      await sleep(Math.random() * 3);
      if (id % 5 === 0) throw new Error('undone');
    });

  /** As another process sees it. */
  function stored(): number[] {
    const other = new Sqlite(file, { readonly: true });
    try {
      return (other.prepare('SELECT id FROM entry ORDER BY id').all() as { id: number }[]).map(({ id }) => id);
    } finally {
      other.close();
    }
  }

  it('keep what each of them has changed, and nothing of those that fail', async () => {
    const numbers = Array.from({ length: 60 }, (_, index) => index + 1);
    const kept: number[] = [];
    const ended = numbers.map((id) =>
      insert(id).then(
        () => {
          kept.push(id);
          // Acknowledged means kept.
          expect(stored()).toContain(id);
        },
        (error: unknown) => expect((error as Error).message).toBe('undone'),
      ),
    );
    await Promise.all(ended);
    expect(kept.sort((a, b) => a - b)).toEqual(numbers.filter((id) => id % 5 !== 0));
    expect(stored()).toEqual(kept);
  });

  it('fail alone when a constraint refuses one of their statements', async () => {
    const results = await Promise.allSettled([insert(1, 'same'), insert(2, 'same'), insert(3), insert(4, 'same')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect(stored()).toEqual([1, 3]);
  });

  it('are all refused when the engine undoes them, and the next ones are kept', async () => {
    await insert(1);
    const before = insert(2);
    const engineUndoes = source.transaction(async (manager) => {
      await manager.query('INSERT INTO entry (id, text) VALUES (3, ?)', ['three']);
      await manager.query('INSERT OR ROLLBACK INTO entry (id, text) VALUES (1, ?)', ['one']).catch(() => undefined);
      // Outside its transaction, this would be kept although the rest is not.
      await manager.query('INSERT INTO entry (id, text) VALUES (4, ?)', ['four']);
    });
    const after = insert(6);
    const [first, second, third] = await Promise.allSettled([before, engineUndoes, after]);
    const kept = stored();
    expect(second.status).toBe('rejected');
    expect(kept).not.toContain(3);
    expect(kept).not.toContain(4);
    // Whatever was acknowledged is there, and nothing else is.
    expect(kept.includes(2)).toBe(first.status === 'fulfilled');
    expect(kept.includes(6)).toBe(third.status === 'fulfilled');
    await insert(7);
    expect(stored()).toContain(7);
  });

  it('are invisible to reads outside until they are committed', async () => {
    await source.transaction(async (manager) => {
      await manager.query('INSERT INTO entry (id, text) VALUES (1, ?)', ['one']);
      expect(await source.query('SELECT id FROM entry')).toEqual([]);
      expect(await manager.query('SELECT id FROM entry')).toEqual([{ id: 1 }]);
    });
    expect(await source.query('SELECT id FROM entry')).toEqual([{ id: 1 }]);
  });

  it('wait for the lock of another process without blocking anything else', async () => {
    const other = new Sqlite(file);
    other.exec('BEGIN IMMEDIATE');
    const waiting = insert(1);
    const start = performance.now();
    await source.query('SELECT id FROM entry');
    expect(performance.now() - start).toBeLessThan(200);
    await sleep(300);
    other.exec('COMMIT');
    other.close();
    await waiting;
    expect(stored()).toEqual([1]);
  });

  it('are answered rightly, or refused as unavailable, when the thread ends under them', async () => {
    /** As an error of the engine's own code would. */
    const crash = (): unknown => {
      const { file: opened } = (source as SqliteDataSource).driver as unknown as { file: { writer: SqliteThread } };
      const { session } = opened.writer as unknown as { session: { worker: Worker } | null };
      return session?.worker.terminate();
    };
    const kept: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const ids = Array.from({ length: 60 }, (_, index) => 1000 * (round + 1) + index);
      const ended = ids.map((id) =>
        source.query<number>('INSERT INTO entry (id, text) VALUES (?, ?)', [id, `text ${id}`]).then(
          (inserted) => {
            expect(inserted).toBe(id);
            kept.push(id);
          },
          (error: unknown) => expect(isUnavailable(error)).toBe(true),
        ),
      );
      setTimeout(crash, Math.random() * 5);
      await Promise.all(ended);
      await sleep(10);
    }
    await insert(1);
    expect(stored()).toEqual(expect.arrayContaining([1, ...kept]));
  });

  it('are refused as unavailable when there is no room', async () => {
    await source.query('PRAGMA max_page_count = 1');
    const big = 'x'.repeat(200_000);
    const results = await Promise.allSettled([insert(1, big), insert(2, `${big}2`)]);
    for (const result of results) {
      expect(result.status).toBe('rejected');
      expect(isUnavailable((result as PromiseRejectedResult).reason)).toBe(true);
    }
    await source.query('PRAGMA max_page_count = 1000000');
    await insert(3);
    expect(stored()).toEqual([3]);
  });
});
