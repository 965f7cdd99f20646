/**
 * Guarantees of the database: migrations produce the entities' tables and can be undone, instances start together, and rows are held as
 * each engine promises.
 */

import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { DataSource } from 'typeorm';
import { Account } from '../../src/accounts/account.entity.js';
import { Merchant } from '../../src/accounts/merchant.entity.js';
import { Application } from '../../src/applications/application.entity.js';
import { createApp, type StartedApp } from '../../src/app.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { TABLES } from '../../src/entities.js';
import { createDataSource } from '../../src/platform/database/data-source.js';
import { migrate } from '../../src/platform/database/schema.js';
import { Transactions } from '../../src/platform/database/transactions/transactions.js';
import { KeyRevision } from '../../src/verification/key-change.entity.js';
import { openDatabase } from '../../src/platform/database/open-database.js';
import { createDatabase, createEmptyDatabase, type TestDatabase } from '../support/engine.js';
import { send } from '../support/http.js';
import { TestServer } from '../support/server.js';
import { holdRow } from '../../src/platform/database/row-locks.js';

/** What would have to change for the tables to be what the entities say. */
const drift = async (source: DataSource): Promise<string[]> =>
  (await source.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);

describe('database', () => {
  (ENGINE === 'sqlite' ? it.skip : it)(
    'speaks the dialect of the server that it finds, whatever its URL says',
    async () => {
      const database = await createEmptyDatabase();
      const source = await openDatabase(database.url.replace(/^\w+/, ENGINE === 'mysql' ? 'mariadb' : 'mysql'), TABLES);
      expect(source.options.type).toBe(ENGINE);
      await source.destroy();
      await database.drop();
    },
  );

  describe('migrations', () => {
    let database: TestDatabase;
    let source: DataSource;
    beforeAll(async () => {
      database = await createDatabase();
      source = await createDataSource(database.url, TABLES).initialize();
      await migrate(source);
    });
    afterAll(async () => {
      await source.destroy();
      await database.drop();
    });

    it('create exactly the tables of the entities', async () => {
      expect(await drift(source)).toEqual([]);
    });

    it('change nothing when run again', async () => {
      await source.getRepository(Merchant).insert(aMerchant);
      await migrate(source);
      expect(await source.getRepository(Merchant).count()).toBe(1);
      expect(await drift(source)).toEqual([]);
    });

    it('can be undone and repeated', async () => {
      for (let left = source.migrations.length; left > 0; left -= 1) {
        await source.undoLastMigration({ transaction: 'none' });
      }
      await expect(source.getRepository(Merchant).count()).rejects.toThrow(/merchant/);
      await migrate(source);
      expect(await source.getRepository(Merchant).count()).toBe(0);
      expect(await drift(source)).toEqual([]);
    });

    it('compare ids and names byte by byte', async () => {
      const merchants = source.getRepository(Merchant);
      await merchants.insert(aMerchant);
      expect(await merchants.countBy({ id: aMerchant.id })).toBe(1);
      expect(await merchants.countBy({ id: aMerchant.id.toUpperCase() })).toBe(0);
      expect(await merchants.countBy({ id: `${aMerchant.id} ` })).toBe(0);
    });
  });

  describe('several instances', () => {
    let database: TestDatabase;
    let instances: StartedApp[];
    const agent = new Agent({ keepAlive: true });
    const adminPassword = randomBytes(12).toString('hex');
    beforeAll(async () => {
      database = await createDatabase();
      const secret = randomBytes(24).toString('hex');
      const config = loadConfig({
        DATABASE_URL: database.url,
        ADMIN_PASSWORD: adminPassword,
        JWT_SECRET: secret,
        KEY_PEPPERS: secret,
        ENCRYPTION_KEYS: secret,
      });
      instances = await Promise.all([1, 2, 3, 4].map(() => createApp(config, false)));
      for (const { app } of instances) await app.listen(0, '127.0.0.1');
    });
    afterAll(async () => {
      agent.destroy();
      for (const { app } of instances) await app.close();
      await database.drop();
    });

    const call = async (instance: number, method: string, path: string, options = {}) =>
      send(agent, (await instances[instance]?.app.getUrl()) ?? '', method, path, options);

    it('start simultaneously on an empty database, and create one first account', async () => {
      expect(instances.filter(({ firstLogin }) => firstLogin !== null)).toHaveLength(1);
      const source = await createDataSource(database.url, TABLES).initialize();
      expect([await source.getRepository(Account).count(), await source.getRepository(Merchant).count()]).toEqual([
        1, 1,
      ]);
      await source.destroy();
    });

    it('act as one server: what one changes is effective on the others at once', async () => {
      const json = { username: 'admin', password: adminPassword };
      const token = (await call(0, 'POST', '/api/v1/auth/login', { json })).body.accessToken;
      const order = { token, json: { name: 'A key', level: 1, expiresIn: 60 } };
      const { key, secret } = (await call(1, 'POST', '/apikeys/jwt', order)).body.apikey;
      const check = async (instance: number) =>
        (await call(instance, 'GET', '/api/v1/keys/check', { basic: `${key}:${secret}` })).status;
      expect([await check(0), await check(2), await check(3)]).toEqual([204, 204, 204]);
      expect((await call(3, 'DELETE', `/apikeys/${key}/jwt`, { token })).status).toBe(204);
      expect([await check(0), await check(1), await check(2)]).toEqual([401, 401, 401]);
    });
  });

  it('revokes nothing when the revision counter is missing', async () => {
    const server = await TestServer.start();
    const { id } = await server.newFullKey(server.admin, await server.newApplication(server.admin));
    const revoke = async () =>
      (await server.call('DELETE', `/api/v1/api-keys/${id}`, { token: server.admin.token })).status;
    const [counter = { id: 1, value: 0 }] = await server.dataSource.getRepository(KeyRevision).find();
    await server.dataSource.getRepository(KeyRevision).delete({ id: 1 });
    expect(await revoke()).toBe(500);
    await server.dataSource.getRepository(KeyRevision).insert(counter);
    expect(await revoke()).toBe(204);
    await server.stop();
  });

  if (ENGINE !== 'sqlite') {
    it('keeps a held row from being changed, but not from being held by others', async () => {
      const server = await TestServer.start();
      const application = await server.newApplication(server.admin);
      const other = await createDataSource(server.databaseUrl, TABLES).initialize();
      const ask = (lock: string) =>
        other.query(`SELECT id FROM application WHERE id = ? ${lock} NOWAIT`, [application]).then(
          () => 'free',
          (error: unknown) => (error as { code: string }).code,
        );
      // What says whether a lock is held without waiting for it, on each engine.
      const shared = ENGINE === 'mysql' ? 'FOR SHARE' : 'LOCK IN SHARE MODE';
      const readLocks = async () => [await ask('FOR UPDATE'), await ask(shared)];
      const whileHeld = await server.dataSource.transaction(async (manager) => {
        const row = await holdRow(manager, Application, application);
        return [row?.id, ...(await readLocks())];
      });
      expect(whileHeld).toEqual([application, ENGINE === 'mysql' ? 'ER_LOCK_NOWAIT' : 'ER_LOCK_WAIT_TIMEOUT', 'free']);
      expect(await readLocks()).toEqual(['free', 'free']);
      await other.destroy();
      await server.stop();
    });
  }

  if (ENGINE === 'sqlite') {
    it('is in WAL mode with a busy timeout and foreign keys on, to read and to write', async () => {
      const server = await TestServer.start();
      await server.newMerchant();
      for (const pragma of ['journal_mode', 'busy_timeout', 'foreign_keys']) {
        const read = await server.dataSource.query(`PRAGMA ${pragma}`);
        const written = await server.app.get(Transactions).run(({ manager }) => manager.query(`PRAGMA ${pragma}`));
        expect(written).toEqual(read);
        const [value] = Object.values(read[0] as object);
        expect({ journal_mode: value === 'wal', busy_timeout: value > 0, foreign_keys: value === 1 }).toMatchObject({
          [pragma]: true,
        });
      }
      await server.stop();
    });
  }
});

const aMerchant = {
  id: 'a2f6f0e0-58a4-4b51-9a3c-2f1f5d1f7c11',
  clientId: '12345678',
  name: 'Example Shop Ltd',
  status: 'active' as const,
  details: {},
  createdAt: new Date(),
  updatedAt: new Date(),
};
