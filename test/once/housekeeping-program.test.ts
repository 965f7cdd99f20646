import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { newFolder, Program, removeFolder } from '../support/program.js';

const HOUSEKEEP = resolve('dist/src/housekeep.js');

describe('npm run housekeeping', () => {
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

  async function keepHouse(...args: string[]): Promise<{ code: unknown; output: string }> {
    const env = { PATH: process.env.PATH, CLEANUP_SCHEDULE: '0 0 1 1 *', CLEANUP_UNUSED_AFTER_DAYS: '7' };
    const child = spawn(process.execPath, [HOUSEKEEP, ...args], { cwd: folder, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, 'close')) as unknown[];
    return { code, output };
  }

  it('says what it would do, then does it, and a running server refuses the keys that it retires', async () => {
    const token = await program.logIn(program.password);
    const json = { description: 'A key' };
    const { id, fullKey } = (await program.call('POST', '/api/v1/api-keys', { token, json })).body;
    const check = async () => (await program.call('GET', '/api/v1/keys/check', { token: fullKey })).status;
    expect(await check()).toBe(204);
    const file = join(folder, 'data/keywright.sqlite');
    const database = await new DataSource({ type: 'better-sqlite3', database: file }).initialize();
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

  it('says which jobs there are when it knows none of that name', async () => {
    expect(await keepHouse('laundry')).toEqual({
      code: 2,
      output: expect.stringMatching(/no job laundry.*key_expiry/),
    });
    expect(await keepHouse('--wet')).toEqual({ code: 2, output: expect.stringContaining('--dry-run') });
  });
});
