/**
 * Guarantees while a MariaDB or MySQL refuses: requests are answered with 503 and `Retry-After`, readiness says why, the connections are replaced, and
 * everything is right again without a restart. Runs alone because it starts a server of its own.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { Transactions } from '../../src/platform/database/transactions/transactions.js';
import type { DatabaseServer } from '../support/database-server.js';
import type { Answer } from '../support/http.js';
import { CAN_START_SERVER, startServer } from '../support/private-server.js';
import { TestServer, type User } from '../support/server.js';

(CAN_START_SERVER ? describe : describe.skip)('a database server that refuses', () => {
  let database: DatabaseServer;
  let root: Connection;
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    // It is killed, and keeps what it has acknowledged.
    database = await startServer(['--innodb-flush-log-at-trx-commit=1']);
    root = await database.connect();
    // Read-only servers let only those write who may do everything.
    await root.query(`CREATE DATABASE kw; CREATE USER kw@'%' IDENTIFIED BY 'p@ss'; GRANT ALL ON kw.* TO kw@'%'`);
    const url = `${database.engine}://kw:p%40ss@127.0.0.1:${database.port}/kw`;
    const nothing = () => Promise.resolve();
    server = await TestServer.start({}, { url, dump: () => Promise.resolve(''), drop: nothing });
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(async () => {
    await server.stop();
    await root.end().catch(() => undefined);
    await database.stop();
  });

  let created = 0;
  const create = (): Promise<Answer> => {
    created += 1;
    const json = { name: `app ${created}` };
    return server.call('POST', '/api/v1/applications', { token: user.token, json });
  };
  const readiness = () => server.call('GET', '/health/ready');
  const until = async (isRight: () => Promise<boolean>): Promise<void> => {
    const start = performance.now();
    while (!(await isRight())) {
      if (performance.now() - start > 10_000) throw new Error('It does not become so.');
      await sleep(50);
    }
  };
  const expectUnavailable = ({ status, headers, body }: Answer) => {
    expect([status, body]).toEqual([503, { error: 'Service Unavailable', message: expect.any(String), code: 503 }]);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  };
  /** The server's own connections, by their ids. */
  const connections = async (): Promise<number[]> => {
    const [rows] = await root.query(`SELECT id FROM information_schema.processlist WHERE user = 'kw'`);
    return (rows as { id: number }[]).map(({ id }) => id);
  };

  it('is read-only: changes are answered with 503, readiness says why, and connections are made anew', async () => {
    expect((await create()).status).toBe(201);
    const before = await connections();
    await root.query('SET GLOBAL read_only = 1');
    expectUnavailable(await create());
    await until(async () => (await readiness()).status === 503);
    const { body } = await readiness();
    expect(body.details.database).toEqual({
      status: 'down',
      message: 'The database does not accept writes: it is read-only or its disk is full.',
    });
    expect(body.details.migrations).toEqual({ status: 'up' });
    for (let times = 0; times < 12; times += 1) expectUnavailable(await create());
    await until(async () => {
      const left = await connections();
      return before.some((id) => !left.includes(id));
    });
    await root.query('SET GLOBAL read_only = 0');
    expect((await create()).status).toBe(201);
    await until(async () => (await readiness()).status === 200);
  });

  it('kills a connection in the middle of a transaction: 503, and the next one works', async () => {
    const transactions = server.app.get(Transactions);
    const id = async (manager: { query: (sql: string) => Promise<{ id: number }[]> }) =>
      (await manager.query('SELECT CONNECTION_ID() AS id'))[0]?.id ?? 0;
    let killed = 0;
    const failing = transactions.run(async ({ manager }) => {
      killed = await id(manager);
      await manager.query('UPDATE application SET name = ? WHERE id = ?', ['half done', application]);
      await root.query(`KILL ${killed}`);
      await sleep(100);
      await manager.query('UPDATE application SET description = ? WHERE id = ?', ['half done', application]);
    });
    await expect(failing).rejects.toMatchObject({ driverError: { code: 'PROTOCOL_CONNECTION_LOST' } });
    await until(async () => !(await connections()).includes(killed));
    expect((await create()).status).toBe(201);
    const read = await server.call('GET', `/api/v1/applications/${application}`, { token: user.token });
    expect(read.body.name).not.toBe('half done');
  });

  it('ends a statement: 503, and nothing is left of the transaction, nor its connection', async () => {
    // The statement waits for this lock until it is killed.
    const blocker = await database.connect({ database: 'kw' });
    await blocker.query('START TRANSACTION; SELECT id FROM merchant FOR UPDATE; SELECT id FROM application FOR UPDATE');
    const json = { name: 'changed while locked' };
    const changing = server.call('PATCH', `/api/v1/applications/${application}`, { token: user.token, json });
    let waiting: number | undefined;
    await until(async () => {
      const [rows] = await root.query(
        `SELECT id FROM information_schema.processlist WHERE user = 'kw' AND command = 'Query' AND info LIKE '%FOR UPDATE%'`,
      );
      waiting = (rows as { id: number }[])[0]?.id;
      return waiting !== undefined;
    });
    await root.query(`KILL QUERY ${waiting}`);
    expectUnavailable(await changing);
    await blocker.end();
    await until(async () => !(await connections()).includes(waiting ?? 0));
    const read = await server.call('GET', `/api/v1/applications/${application}`, { token: user.token });
    expect(read.body.name).not.toBe(json.name);
  });

  it('takes no more connections: 503', async () => {
    await root.query(`ALTER USER kw@'%' WITH MAX_USER_CONNECTIONS 1`);
    for (const id of await connections()) await root.query(`KILL ${id}`).catch(() => undefined);
    const hold = database.connect({
      socketPath: undefined,
      host: '127.0.0.1',
      port: database.port,
      user: 'kw',
      password: 'p@ss',
    });
    const held = await hold.catch(() => null);
    const answers = await Promise.all(Array.from({ length: 5 }, create));
    for (const answer of answers.filter(({ status }) => status !== 201)) expectUnavailable(answer);
    expect(answers.filter(({ status }) => status === 503).length).toBeGreaterThan(0);
    await held?.end();
    await root.query(`ALTER USER kw@'%' WITH MAX_USER_CONNECTIONS 0`);
    await until(async () => (await create()).status === 201);
  });

  it('is killed and started again: 503 in between, and then everything works', async () => {
    await database.kill();
    expectUnavailable(await create());
    await until(async () => (await readiness()).status === 503);
    await database.run();
    root = await database.connect();
    expect((await create()).status).toBe(201);
    await until(async () => (await readiness()).status === 200);
  });

  it('is full: 503, and the changes work once there is room', async () => {
    await root.query(`CREATE TRIGGER kw.full BEFORE INSERT ON kw.application FOR EACH ROW
      SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table is full'`);
    expectUnavailable(await create());
    await root.query('DROP TRIGGER kw.full');
    expect((await create()).status).toBe(201);
  });
});
