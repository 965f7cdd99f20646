// A database file that cannot be used as it is: nothing is acknowledged that isn't kept, and everything is right again without a restart.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import type { Answer } from '../support/http.js';
import { TestServer } from '../support/server.js';

describe('a database file', () => {
  let server: TestServer;
  let file: string;

  beforeAll(async () => {
    server = await TestServer.start();
    file = server.databaseUrl.slice('sqlite:'.length);
  });

  afterAll(() => server.stop());

  const create = (text = 'key'): Promise<Answer> =>
    server.call('POST', '/api/v1/api-keys', { token: server.admin.token, json: { description: text } });
  const remove = (id: string): Promise<Answer> =>
    server.call('DELETE', `/api/v1/api-keys/${id}`, { token: server.admin.token });
  const check = (fullKey: string): Promise<Answer> =>
    server.call('GET', '/api/v1/keys/check', { headers: { 'x-api-key': fullKey } });
  const ready = (): Promise<Answer> => server.call('GET', '/health/ready');

  /** Asks until the answer is as it should be. */
  async function until(ask: () => Promise<Answer>, isRight: (answer: Answer) => boolean): Promise<Answer> {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await ask();
      if (isRight(answer) || attempt > 100) return answer;
      await sleep(50);
    }
  }

  const isDatabaseDown = ({ body }: Answer): boolean => body.details.database.status === 'down';

  /** Takes the write lock. It doesn't wait for it within the engine: the server's own transactions go on by the same event loop. */
  async function lockFile(): Promise<Sqlite.Database> {
    const other = new Sqlite(file, { timeout: 0 });
    for (;;) {
      try {
        return other.exec('BEGIN IMMEDIATE');
      } catch {
        await sleep(5);
      }
    }
  }

  /** What another process finds in the file. */
  function inFile<T>(statement: string): T[] {
    const database = new Sqlite(file, { readonly: true });
    try {
      return database.prepare(statement).all() as T[];
    } finally {
      database.close();
    }
  }

  const limitPages = async (count: number): Promise<void> => {
    await server.dataSource.query(`PRAGMA max_page_count = ${count}`);
  };

  it('that is full takes nothing, says so, and takes everything again when there is room', async () => {
    const before = (await create()).body;
    expect((await check(before.fullKey)).status).toBe(204);
    await limitPages(1);
    const refused: Answer[] = [];
    const taken: Answer[] = [];
    while (refused.length < 5) {
      const answer = await create();
      (answer.status === 201 ? taken : refused).push(answer);
      expect(taken.length).toBeLessThan(2000);
    }
    for (const { status, headers, body } of refused) {
      expect(status).toBe(503);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(body).toEqual({ error: 'Service Unavailable', message: expect.any(String), code: 503 });
    }
    const down = await until(ready, isDatabaseDown);
    expect(down.body.details.database).toEqual({
      status: 'down',
      message: 'There is no room for changes: the disk is full.',
    });
    expect((await check(before.fullKey)).status).toBe(204);

    await limitPages(1_000_000);
    expect((await until(ready, ({ status }) => status === 200)).status).toBe(200);
    const after = (await create()).body;
    expect((await remove(before.id)).status).toBe(204);
    expect((await check(before.fullKey)).status).toBe(401);
    expect((await check(after.fullKey)).status).toBe(204);
    const stored = inFile<{ id: string }>('SELECT id FROM api_key WHERE deleted_at IS NULL').map(({ id }) => id);
    expect(stored).toContain(after.id);
    expect(stored).not.toContain(before.id);
    for (const { body } of taken) expect(stored).toContain(body.id);
    expect(stored).toHaveLength(taken.length + 1);
  });

  it('that another process has locked delays no check', async () => {
    const { fullKey } = (await create()).body;
    const other = await lockFile();
    const slow = create();
    const end = performance.now() + 4500;
    let slowestMs = 0;
    while (performance.now() < end) {
      const start = performance.now();
      expect((await check(fullKey)).status).toBe(204);
      slowestMs = Math.max(slowestMs, performance.now() - start);
      await sleep(5);
    }
    other.exec('ROLLBACK');
    other.close();
    expect((await slow).status).toBe(201);
    expect(slowestMs).toBeLessThan(500);
  });

  it('that is moved away or replaced takes no changes, until it is back in its place', async () => {
    const { id, fullKey } = (await create()).body;
    renameSync(file, `${file}.away`);
    expect((await create()).status).toBe(503);
    const gone = await until(ready, isDatabaseDown);
    expect(gone.body.details.database.message).toBe('The database file has been removed or replaced.');
    writeFileSync(file, '');
    expect((await remove(id)).status).toBe(503);
    expect((await until(ready, ({ status }) => status === 503)).status).toBe(503);
    // Another server may revoke the key in the file that is there now: this one does not answer for it for longer than its lease.
    expect(
      (
        await until(
          () => check(fullKey),
          ({ status }) => status === 503,
        )
      ).status,
    ).toBe(503);
    renameSync(`${file}.away`, file);
    expect((await until(ready, ({ status }) => status === 200)).body.status).toBe('ok');
    expect((await check(fullKey)).status).toBe(204);
    expect((await remove(id)).status).toBe(204);
    expect((await check(fullKey)).status).toBe(401);
  });

  it('is synced with every commit', async () => {
    const [{ synchronous }] = await server.dataSource.query('PRAGMA synchronous');
    expect(synchronous).toBe(2);
  });

  const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
  (isRoot ? it : it.skip)('on a full file system loses nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keywright-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder]);
    const path = `${folder}/keywright.sqlite`;
    const database = {
      url: `sqlite:${path}`,
      dump: () => Promise.resolve(''),
      drop: () => Promise.resolve(void execFileSync('umount', ['-l', folder])),
    };
    const small = await TestServer.start({}, database);
    try {
      const call = (): Promise<Answer> =>
        small.call('POST', '/api/v1/api-keys', { token: small.admin.token, json: { description: 'key' } });
      const first = (await call()).body;
      let chunk = 512 * 1024;
      writeFileSync(`${folder}/filling`, '');
      const grow = (): void => {
        try {
          writeFileSync(`${folder}/filling`, Buffer.alloc(chunk), { flag: 'a' });
        } catch {
          chunk = Math.floor(chunk / 2);
        }
      };
      while (chunk > 512) grow();
      let refusals = 0;
      const taken: string[] = [first.id];
      for (let attempt = 0; attempt < 300 && refusals < 5; attempt += 1) {
        const answer = await call();
        if (answer.status === 201) taken.push(answer.body.id);
        else {
          expect(answer.status).toBe(503);
          refusals += 1;
        }
      }
      expect(refusals).toBe(5);
      expect(
        (
          await until(
            () => small.call('GET', '/health/ready'),
            ({ status }) => status === 503,
          )
        ).status,
      ).toBe(503);
      writeFileSync(`${folder}/filling`, '');
      expect(
        (
          await until(
            () => small.call('GET', '/health/ready'),
            ({ status }) => status === 200,
          )
        ).status,
      ).toBe(200);
      taken.push((await call()).body.id);
      const own = new Sqlite(path, { readonly: true });
      const stored = own.prepare('SELECT id FROM api_key').all() as { id: string }[];
      own.close();
      expect(stored.map(({ id }) => id).sort()).toEqual(taken.sort());
    } finally {
      await small.stop();
    }
  });
});
