/** Guarantees of docs/databases.md for MariaDB and MySQL: its blocks, run one after another as they stand, lead to a server, and back to it from a backup. */

import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../support/command.js';
import { readBlock, readBlocksRunBy } from '../support/markdown.js';
import { startMariadb } from '../support/mariadb.js';
import { startMysql } from '../support/mysql.js';
import { provide } from '../support/packages.js';
import { newFolder, Program, removeFolder } from '../support/program.js';
import { paste, type BlockResult } from '../support/shell.js';

const BLOCKS = readBlocksRunBy('test/operations/database-guide.test.ts').map(({ lines }) => lines);
const [CREATE = '', CONNECT = '', DOCTOR = '', DUMP = '', RESTORE = ''] = BLOCKS;
const SERVER_SETTINGS = readBlock('docs/databases.md', 'ini');

const canDump = ENGINE === 'mariadb' && provide('mariadb-dump', 'mariadb-client', 'mariadb-dump') !== null;

const secret = (): string => randomBytes(24).toString('hex');

(ENGINE === 'sqlite' ? describe.skip : describe)('docs/databases.md', () => {
  let folder: string;
  let database: { url: string; stop: () => Promise<void> };
  let variables: Record<string, string>;
  let program: Program;
  let other: Program;
  let token: string;
  let application: string;

  beforeAll(async () => {
    folder = newFolder();
    const settings = [...SERVER_SETTINGS.matchAll(/^(\w+) += (\S+)$/gm)].map(([, name, value]) => `--${name}=${value}`);
    expect(settings).toContain('--sync_binlog=1');
    const started = await (ENGINE === 'mysql' ? startMysql(settings) : startMariadb([...settings, '--log-bin']));
    if (!started) throw new Error('There is no database server.');
    database = started;
    const { port } = new URL(database.url);
    writeFileSync(join(folder, '.my.cnf'), `[client]\nhost=127.0.0.1\nport=${port}\nuser=root\n`);
    mkdirSync(join(folder, 'backup'));
    variables = {
      HOME: folder,
      NPM_CONFIG_UPDATE_NOTIFIER: 'false',
      JWT_SECRET: secret(),
      KEY_PEPPERS: secret(),
      ENCRYPTION_KEYS: secret(),
    };
  }, 120_000);
  afterAll(async () => {
    await Promise.all([program.end('SIGTERM'), other.end('SIGTERM')]);
    await database.stop();
    await removeFolder(folder);
  });

  /** Replaces what readers replace, and the places of this machine. */
  const own = (block: string): string =>
    [
      ['@127.0.0.1/', `@127.0.0.1:${new URL(database.url).port}/`],
      ['/backup/', `${join(folder, 'backup')}/`],
      ['/mnt/', `${folder}/`],
      ...(ENGINE === 'mysql' ? [['mariadb -e', 'mysql -e']] : []),
    ].reduce((text, [from = '', to = '']) => text.replaceAll(from, to), block);
  const run = async (...blocks: string[]): Promise<BlockResult[]> => {
    const results = await paste(blocks.map(own), variables);
    for (const { exitStatus, stderr } of results) expect([exitStatus, stderr]).toEqual([0, '']);
    return results;
  };
  const start = (name: string): Promise<Program> =>
    Program.start(folder, { ...variables, REVOCATION_JOURNAL: join(folder, name, 'revocations') });
  const newKey = async (): Promise<{ id: string; fullKey: string }> =>
    (
      await program.call('POST', `/api/v1/applications/${application}/api-keys`, {
        token,
        json: { description: 'Guide' },
      })
    ).body;
  const revoke = async (by: Program, { id }: { id: string }): Promise<void> =>
    expect((await by.call('DELETE', `/api/v1/api-keys/${id}`, { token })).status).toBe(204);
  const check = async ({ fullKey }: { fullKey: string }): Promise<number> =>
    (await program.call('GET', '/api/v1/keys/check', { token: fullKey })).status;

  it('has a block for each step', () => expect(BLOCKS).toHaveLength(5));

  it('creates a database and a user, with which the server starts and doctor finds nothing wrong', async () => {
    const [, , printed] = await run(CREATE, CONNECT, 'printenv DATABASE_URL');
    variables.DATABASE_URL = printed?.stdout.trim() ?? '';
    program = await start('server1');
    other = await start('server2');
    expect(program.stdout + program.stderr).not.toContain('can lose acknowledged changes');
    token = await program.logIn(program.password);
    const { body } = await program.call('POST', '/api/v1/applications', { token, json: { name: 'Guide' } });
    application = body.id;
    const [doctor] = await run(DOCTOR);
    expect(doctor?.stdout).toMatch(ENGINE === 'mysql' ? /database +MySQL \d/ : /database +MariaDB \d/);
    expect(doctor?.stdout).not.toContain('can lose acknowledged changes');
  }, 120_000);

  (canDump ? it : it.skip)(
    'puts a backup back without what any instance has revoked since, and starts on nothing else',
    async () => {
      const [kept, here, there] = [await newKey(), await newKey(), await newKey()];
      await run(DUMP);
      await revoke(program, here);
      await revoke(other, there);
      const unknown = await newKey();
      await Promise.all([program.end('SIGTERM'), other.end('SIGTERM')]);

      const restored = RESTORE.split('\n').filter((line) => line !== '');
      expect(restored).toHaveLength(3);
      await run(...restored.slice(0, 2));
      const journal = join(folder, 'server1', 'revocations');
      const early = await runCommand(folder, ['serve'], { ...variables, PORT: '0', REVOCATION_JOURNAL: journal });
      expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('--apply-journal')]);
      await run(restored[2] ?? '');

      [program, other] = [await start('server1'), await start('server2')];
      expect([await check(kept), await check(here), await check(there), await check(unknown)]).toEqual([
        204, 401, 401, 401,
      ]);
    },
    120_000,
  );
});
