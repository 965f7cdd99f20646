/** Guarantees of `keywright housekeeping`: a dry run foresees, a run does it once, also after kill -9, beside a running server. */

import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { launchCommand, runCommand } from '../support/command.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

const SETTINGS = { CLEANUP_SCHEDULE: '0 0 1 1 *', CLEANUP_UNUSED_AFTER_DAYS: '7' };

/** Keys that take long enough for a run to be killed among them. */
const MANY = 1200;

describe('keywright housekeeping', () => {
  let folder: string;
  let program: Program;
  beforeAll(async () => {
    folder = newFolder();
    program = await Program.start(folder, { USAGE_FLUSH_INTERVAL_MS: '50' });
  });
  afterAll(async () => {
    await program.end('SIGTERM');
    await removeFolder(folder);
  });

  const openDatabase = (): Promise<DataSource> =>
    new DataSource({ type: 'better-sqlite3', database: join(folder, 'data/keywright.sqlite') }).initialize();

  const keepHouse = async (...args: string[]): Promise<{ code: number | null; output: string }> => {
    const { code, stdout, stderr } = await runCommand(folder, ['housekeeping', ...args], SETTINGS);
    return { code, output: stdout + stderr };
  };

  it('reports what it would do, then does it, and a running server refuses the keys that it revokes', async () => {
    const token = await program.logIn(program.password);
    const json = { description: 'A key' };
    const { id, fullKey } = (await program.call('POST', '/api/v1/api-keys', { token, json })).body;
    const check = async () => (await program.call('GET', '/api/v1/keys/check', { token: fullKey })).status;
    expect(await check()).toBe(204);
    const database = await openDatabase();
    const key = async () => (await database.query<Record<string, unknown>[]>('SELECT * FROM api_key'))[0];
    for (let attempt = 0; attempt < 200 && !(await key())?.last_used_at; attempt += 1) await sleep(25);
    await database.query(`UPDATE api_key SET updated_at = '2026-01-01 00:00:00.000', last_used_at = NULL`);

    const foreseen = await keepHouse('--dry-run', 'key_cleanup', 'key_expiry');
    expect(foreseen).toEqual({
      code: 0,
      output: `key_cleanup: would have cleanup_unused 1 (${id})\nkey_expiry: would have nothing\n`,
    });
    expect((await key())?.deleted_at).toBeNull();
    await database.destroy();
    const done = await keepHouse();
    expect(done).toEqual({ code: 0, output: expect.stringContaining(`key_cleanup: cleanup_unused 1 (${id})\n`) });
    expect(await check()).toBe(401);
    for (const job of ['deleted_keys', 'usage', 'idempotency_records', 'invitations'])
      expect(done.output).toContain(`${job}: nothing\n`);
  });

  it('runs dry without registering an instance, and not at all on a database of another version', async () => {
    const database = await openDatabase();
    const seen = new Set<string>();
    const look = async () => {
      for (const { id } of await database.query<{ id: string }[]>('SELECT id FROM instance')) seen.add(id);
    };
    await look();
    const before = [...seen];
    const [latest = {}] = await database.query<Record<string, unknown>[]>(
      'SELECT * FROM migration ORDER BY id DESC LIMIT 1',
    );
    const foreseen = keepHouse('--dry-run');
    while ((await Promise.race([foreseen, sleep(10)])) === undefined) await look();
    expect((await foreseen).code).toBe(0);
    expect([...seen]).toEqual(before);

    await database.query('DELETE FROM migration WHERE id = ?', [latest.id]);
    const { code, output } = await keepHouse('--dry-run');
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('Start the server first') });
    await database.query(`INSERT INTO migration (id, timestamp, name) VALUES (?, ?, ?)`, [
      latest.id,
      latest.timestamp,
      latest.name,
    ]);
    await database.destroy();
  });

  it('is finished by the next run after a kill, and does nothing twice', async () => {
    const database = await openDatabase();
    const [key = {}] = await database.query<Record<string, unknown>[]>('SELECT * FROM api_key');
    const own: Record<string, string> = {
      id: 'lower(hex(randomblob(18)))',
      public_id: 'hex(randomblob(12))',
      deleted_at: 'NULL',
      updated_at: `'2026-01-01 00:00:00.000'`,
    };
    const columns = Object.keys(key);
    const values = columns.map((name) => own[name] ?? name);
    await database.query(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO api_key (${columns.join()}) SELECT ${values.join()} FROM api_key JOIN n`,
      [MANY],
    );
    const count = async (what: string): Promise<number> =>
      (await database.query<{ count: number }[]>(`SELECT COUNT(*) AS count FROM ${what}`))[0]?.count ?? 0;
    const deleted = () => count('api_key WHERE deleted_at IS NOT NULL');
    const records = () => count(`audit_event WHERE action = 'api_key.deleted'`);
    const before = await deleted();

    const child = launchCommand(folder, ['housekeeping', 'key_cleanup'], SETTINGS);
    const exit = once(child, 'exit');
    while ((await deleted()) === before) await sleep(2);
    child.kill('SIGKILL');
    await exit;
    const half = await deleted();
    expect(half).toBeLessThan(before + MANY);
    expect(await records()).toBe(half);
    // Its lease has run out.
    await database.query('UPDATE job SET held_until = 1');
    expect((await keepHouse('key_cleanup')).output).toMatch(
      new RegExp(`^key_cleanup: cleanup_unused ${before + MANY - half} \\(`),
    );
    expect([await deleted(), await records()]).toEqual([before + MANY, before + MANY]);
    expect(await count("(SELECT DISTINCT target_id FROM audit_event WHERE action = 'api_key.deleted')")).toBe(
      before + MANY,
    );
    await database.destroy();
  });

  it('lists the jobs when given an unknown name', async () => {
    expect(await keepHouse('laundry')).toEqual({
      code: 2,
      output: expect.stringMatching(/no job laundry.*key_expiry/),
    });
  });
});
