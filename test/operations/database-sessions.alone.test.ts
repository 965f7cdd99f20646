/**
 * Guarantee: what the server does over MariaDB or MySQL does not depend on that server's own defaults, and no text of a request is ever run as SQL. Runs
 * alone because it starts a server of its own.
 */

import type { Connection } from 'mysql2/promise';
import { openDatabase } from '../../src/platform/database/open-database.js';
import { TABLES } from '../../src/entities.js';
import type { DatabaseServer } from '../support/database-server.js';
import type { TestDatabase } from '../support/engine.js';
import { CAN_START_SERVER, startServer } from '../support/private-server.js';
import { exampleOf, OPERATIONS, resolved, type Schema } from '../support/operations.js';
import { TestServer } from '../support/server.js';

const SQL_MODES = [
  '',
  'NO_BACKSLASH_ESCAPES',
  'NO_AUTO_VALUE_ON_ZERO',
  'ANSI_QUOTES',
  'ANSI',
  'PIPES_AS_CONCAT',
  'NO_ZERO_DATE,NO_ZERO_IN_DATE',
  'PAD_CHAR_TO_FULL_LENGTH',
  'HIGH_NOT_PRECEDENCE',
  'IGNORE_SPACE',
  'ONLY_FULL_GROUP_BY,TRADITIONAL',
  ...(ENGINE === 'mysql' ? [] : ['ORACLE', 'MSSQL', 'EMPTY_STRING_IS_NULL']),
];

/** Defaults of a server that the application must not depend on; not every server knows each. */
const DEFAULTS = [
  '--character-set-server=latin1',
  '--loose-skip-character-set-client-handshake',
  '--default-time-zone=+05:30',
  '--default-storage-engine=MyISAM',
  '--transaction-isolation=SERIALIZABLE',
  '--transaction-read-only=ON',
  '--autocommit=OFF',
  '--completion-type=CHAIN',
  '--loose-innodb-force-primary-key=ON',
  '--loose-sql-require-primary-key=ON',
  '--log-bin=binary-log',
  '--sync-binlog=0',
  '--server-id=1',
];

/** Texts that end a literal where backslashes escape, and where they don't. */
const HOSTILE = ["x' OR SLEEP(3) -- ", "x\\' OR SLEEP(3) -- ", 'x" OR SLEEP(3) /* ? */ # ', "?' || SLEEP(3) || '"];
const SLEEP_MS = 3000;

(CAN_START_SERVER ? describe : describe.skip)('over a database server with unusual defaults', () => {
  let database: DatabaseServer;
  let root: Connection;
  beforeAll(async () => {
    database = await startServer(DEFAULTS);
    root = await database.connect();
    await root.query(
      `SET SESSION sql_mode = '', autocommit = 1, completion_type = 0; SET SESSION TRANSACTION READ WRITE`,
    );
  });
  afterAll(async () => {
    await root.end();
    await database.stop();
  });

  let databases = 0;
  async function createDatabase(): Promise<TestDatabase> {
    databases += 1;
    const name = `sessions_${databases}`;
    await root.query(`CREATE DATABASE ${name}`);
    return { url: `${database.url}/${name}`, dump: () => Promise.resolve(''), drop: () => Promise.resolve() };
  }

  async function startUnder(sqlMode: string): Promise<TestServer> {
    await root.query('SET GLOBAL sql_mode = ?', [sqlMode]);
    return TestServer.start({}, createDatabase());
  }

  describe.each(SQL_MODES)('with sql_mode=%s', (sqlMode) => {
    let server: TestServer;
    beforeAll(async () => (server = await startUnder(sqlMode)));
    afterAll(() => server.stop());

    it('has the quick start, invitations and the audit trail', async () => {
      const owner = await server.newMerchant();
      await server.newMember(owner, 'readSome');
      const { id, apikey, apisecret } = await server.newPair(owner);
      const check = async () =>
        (await server.call('GET', '/api/v1/keys/check', { basic: `${apikey}:${apisecret}` })).status;
      expect(await check()).toBe(204);
      const { token } = owner;
      const deleted = await server.call('DELETE', `/api/clients/api-keys/${id}`, { token });
      expect([deleted.status, await check()]).toEqual([200, 401]);
      const name = `It's a \\ "shop" -- # /* ? */ ü 👩`;
      const created = await server.call('POST', '/api/v1/applications', { token, json: { name, description: name } });
      const read = await server.call('GET', `/api/v1/applications/${created.body.id}`, { token });
      expect([read.status, read.body.name, read.body.description]).toEqual([200, name, name]);
      const { fullKey } = await server.newFullKey(owner, created.body.id);
      expect((await server.call('GET', '/api/v1/keys/check', { token: fullKey })).status).toBe(204);
      await server.sealed();
      const found = await server.call('GET', '/api/v1/audit-events?action=application.created', { token });
      expect([found.status, found.body.items.length]).toEqual([200, 1]);
      expect(Math.abs(Date.parse(found.body.items[0].createdAt) - Date.now())).toBeLessThan(60_000);
    });

    it('has its own settings on every connection', async () => {
      const rows = await server.dataSource.query<{ Variable_name: string; Value: string }[]>('SHOW SESSION VARIABLES');
      const settings = Object.fromEntries(rows.map(({ Variable_name: name, Value: value }) => [name, value]));
      // MySQL's names of what MariaDB calls tx_….
      const { sql_mode: mode, tx_isolation: level = settings.transaction_isolation } = settings;
      const { tx_read_only: readOnly = settings.transaction_read_only, wsrep_sync_wait: syncWait = '1' } = settings;
      expect(settings).toMatchObject({
        time_zone: '+00:00',
        collation_connection: 'utf8mb4_bin',
        character_set_client: 'utf8mb4',
        character_set_results: 'utf8mb4',
        autocommit: 'ON',
        completion_type: 'NO_CHAIN',
        default_storage_engine: 'InnoDB',
      });
      expect([level, readOnly, syncWait]).toEqual(['READ-COMMITTED', 'OFF', '1']);
      expect(mode).toMatch(/STRICT_ALL_TABLES/);
      expect(mode).not.toMatch(/BACKSLASH|ANSI|PIPES|ON_ZERO|ORACLE|MSSQL|PAD_CHAR|EMPTY_STRING/);
    });
  });

  describe('a text of a request', () => {
    let server: TestServer;
    let token: string;
    let application: string;
    beforeAll(async () => {
      server = await startUnder('NO_BACKSLASH_ESCAPES');
      // Rows for which SLEEP would be evaluated.
      const owner = await server.newMerchant();
      token = owner.token;
      application = await server.newApplication(owner);
      await server.newFullKey(owner, application);
      await server.newPair(owner);
      await server.sealed();
    });
    afterAll(() => server.stop());

    const searched = OPERATIONS.filter(({ query, method }) => method === 'GET' && query.length > 0);
    it.each(searched)('is data in every parameter of $method $path', async ({ path, query }) => {
      for (const name of query)
        for (const text of HOSTILE) {
          const search = new URLSearchParams({ [name]: text });
          await expectQuick('GET', `${withIds(path)}?${search.toString()}`);
        }
    });

    const told = OPERATIONS.filter(({ body }) => body !== null);
    it.each(told)('is data in every field of $method $path', async ({ method, path, body }) => {
      for (const text of HOSTILE)
        for (const json of withText(body ?? {}, text)) await expectQuick(method, withIds(path), json);
    });

    it.each(OPERATIONS.filter(({ path }) => path.includes('{')))(
      'is data in the path of $method $path',
      async (operation) => {
        const { method, path } = operation;
        for (const text of HOSTILE) await expectQuick(method, path.replaceAll(/\{\w+\}/g, encodeURIComponent(text)));
      },
    );

    const withIds = (path: string): string =>
      path.replace(/\{applicationId\}/, application).replaceAll(/\{\w+\}/g, 'x');

    async function expectQuick(method: string, path: string, json?: unknown): Promise<void> {
      const start = performance.now();
      const { status } = await server.call(method, path, { token, ...(json !== undefined && { json }) });
      expect([path, status < 500, performance.now() - start < SLEEP_MS]).toEqual([path, true, true]);
    }

    /** The example of a body with the text in one field after another. */
    function withText(schema: Schema, text: string): unknown[] {
      const { properties = {} } = resolved(schema);
      const example = exampleOf(schema) as Record<string, unknown>;
      return Object.keys(properties).map((name) => ({
        ...example,
        [name]: Array.isArray(example[name]) ? [text] : text,
      }));
    }
  });

  describe('a server whose settings no session can change', () => {
    it.each([
      ['binlog_format', 'STATEMENT', 'MIXED', 'The database server has binlog_format=STATEMENT, which does not allow'],
      [
        'max_allowed_packet',
        65_536,
        16_777_216,
        'The database server has max_allowed_packet=65536, which is too small',
      ],
    ])('is refused in one line with %s=%s', async (name, wrong, right, line) => {
      const { url } = await createDatabase();
      await root.query(`SET GLOBAL ${name} = ?`, [wrong]);
      const refused = openDatabase(url, TABLES);
      await expect(refused).rejects.toThrow(line);
      await expect(refused).rejects.not.toThrow('\n');
      await root.query(`SET GLOBAL ${name} = ?`, [right]);
      await (await openDatabase(url, TABLES)).destroy();
    });

    it('is warned of in one line where it can lose acknowledged changes', async () => {
      const warnings = async () => {
        const server = await startUnder('');
        const lines = server.logs.filter((line) => line.includes('lose acknowledged changes'));
        await server.stop();
        return lines.map((line) => line.replace(/ Database$/, ''));
      };
      expect(await warnings()).toEqual([
        'The database can lose acknowledged changes at a power loss: innodb_flush_log_at_trx_commit is 0 (set 1), sync_binlog is 0 (set 1).',
      ]);
      await root.query('SET GLOBAL innodb_flush_log_at_trx_commit = 1; SET GLOBAL sync_binlog = 1');
      expect(await warnings()).toEqual([]);
    });
  });
});
