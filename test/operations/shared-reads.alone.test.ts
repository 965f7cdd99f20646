/** Guarantees what requests that share reads gain by it, and that a broken connection holds up no others. Runs alone because it counts statements. */

import mysql from 'mysql2/promise';
import { createDatabase } from '../support/engine.js';
import { TestServer, type User } from '../support/server.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const mariadb = process.env.TEST_DATABASE_URL;

const REQUESTS = 400;

(mariadb ? describe : describe.skip)('Requests that read at the same time', () => {
  let server: TestServer;
  let proxy: TcpProxy;
  let monitor: mysql.Connection;
  let user: User;
  let application: string;
  beforeAll(async () => {
    const database = await createDatabase(mariadb);
    proxy = await TcpProxy.before(database.url);
    server = await TestServer.start({ DATABASE_URL: proxy.url }, database);
    monitor = await mysql.createConnection(database.url.replace('mariadb:', 'mysql:'));
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(async () => {
    proxy.heal();
    await monitor.end();
    await server.stop();
    await proxy.stop();
  });

  const read = () => server.call('GET', `/api/v1/applications/${application}`, { token: user.token });
  const selects = async (): Promise<number> => {
    const [rows] = await monitor.query<mysql.RowDataPacket[]>('SHOW GLOBAL STATUS LIKE "Com_select"');
    return Number(rows[0]?.Value);
  };

  it('share statements', async () => {
    await read();
    const before = await selects();
    const answers = await Promise.all(Array.from({ length: REQUESTS }, read));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const made = (await selects()) - before;
    // Each alone would read its session and its application. The server also reads for itself meanwhile.
    expect(made).toBeLessThan(REQUESTS);
  });

  it('wait for no connection that has broken', async () => {
    const stall = proxy.stallOneThatSends('FROM login_session s JOIN');
    let isAnswered = false;
    const stalled = read().then((answer) => {
      isAnswered = true;
      return answer;
    });
    await stall;
    for (let index = 0; index < 5; index += 1) expect((await read()).status).toBe(200);
    expect(isAnswered).toBe(false);
    proxy.heal();
    expect((await stalled).status).toBe(200);
  });
});
