/** Guarantees of readiness while the database fails: each part is reported, and no probe waits. Runs alone because it measures time. */

import { setTimeout as sleep } from 'node:timers/promises';
import { PriorityConnections } from '../../src/platform/database/priority-connections.js';
import { createDatabase } from '../support/engine.js';
import { JSON_TYPE } from '../support/envelope.js';
import type { Answer } from '../support/http.js';
import { TestServer } from '../support/server.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const METRICS_TOKEN = 'a-token-of-prometheus';

const mariadb = process.env.TEST_DATABASE_URL;

(mariadb ? describe : describe.skip)('health', () => {
  /** Reaches the database through the proxy. */
  let server: TestServer;
  let proxy: TcpProxy;
  beforeAll(async () => {
    const database = await createDatabase(mariadb);
    proxy = await TcpProxy.before(database.url);
    server = await TestServer.start({ DATABASE_URL: proxy.url, METRICS_TOKEN }, database);
  });
  afterAll(async () => {
    proxy.heal();
    await ready();
    await server.stop();
    await proxy.stop();
  });

  const check = (): Promise<Answer> => server.call('GET', '/health/ready');
  const statusOf = ({ body }: Answer): unknown => {
    const { database, migrations, lease } = body.details;
    return [body.status, database.status, migrations.status, lease.status];
  };
  const until = async (isRight: (answer: Answer) => boolean): Promise<Answer> => {
    const start = performance.now();
    for (;;) {
      const answer = await check();
      if (isRight(answer)) return answer;
      if (performance.now() - start > 15_000) throw new Error(`It stays ${answer.text}`);
      await sleep(50);
    }
  };
  const ready = (): Promise<Answer> => until(({ status }) => status === 200);

  it('is good while the database answers, its schema is current and the lease is valid', async () => {
    const { status, headers, body } = await check();
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, JSON_TYPE, 'no-store']);
    const up = { status: 'up' };
    expect(body).toEqual({
      status: 'ok',
      details: { database: up, migrations: up, lease: up, revocation_journal: up },
    });
  });

  it('appears in the metrics: how many connections are in use and idle, and how many requests wait for one', async () => {
    const read = async (name: string): Promise<number> => {
      const { text } = await server.call('GET', '/metrics', { token: METRICS_TOKEN });
      return Number(new RegExp(`^keywright_database_${name.replaceAll(/[{}]/g, '\\$&')} (\\d+)$`, 'm').exec(text)?.[1]);
    };
    const connections = [await read('connections{state="idle"}'), await read('connections{state="in_use"}')];
    expect(Math.max(...connections)).toBeGreaterThan(0);
    expect(await read('waiting')).toBe(0);
    const sleeping = Array.from({ length: 12 }, () => server.dataSource.query('SELECT SLEEP(2)'));
    const asleep = Promise.all(sleeping).then(() => true);
    let seen = [0, 0];
    // What is asked of the database for other metrics waits, too.
    while (seen[0] !== 10 || (seen[1] ?? 0) < 2) {
      if (await Promise.race([asleep, sleep(10)])) throw new Error(`Seen last: ${seen.join()}`);
      seen = [await read('connections{state="in_use"}'), await read('waiting')];
    }
    await asleep;
  });

  it('reports that the database is down, then that the lease has expired, and that both are back', async () => {
    proxy.cut();
    const first = await until(({ status }) => status === 503);
    expect(statusOf(first)).toEqual(['error', 'down', 'down', 'up']);
    expect(first.headers['content-type']).toBe(JSON_TYPE);
    // Which part fails, and nothing that only those who run it may know.
    expect(first.text).not.toMatch(/127\.0\.0\.1|ECONN|root|mariadb/i);
    const second = await until(({ body }) => body.details.lease.status === 'down');
    expect(statusOf(second)).toEqual(['error', 'down', 'down', 'down']);
    expect((await server.call('GET', '/health/live')).body).toEqual({ status: 'ok', version: expect.any(String) });
    proxy.heal();
    expect(statusOf(await ready())).toEqual(['ok', 'up', 'up', 'up']);
  });

  it('does not wait for a silent database', async () => {
    await sleep(600);
    proxy.stall();
    const start = performance.now();
    const answers = await Promise.all(Array.from({ length: 50 }, check));
    expect(performance.now() - start).toBeLessThan(3000);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    proxy.heal();
    await ready();
  });

  it('queries the database once for simultaneous probes', async () => {
    let statements = 0;
    const { subscribers } = server.app.get(PriorityConnections).manager.dataSource;
    const counting = {
      afterQuery: ({ query }: { query: string }) => void (statements += Number(query.includes('FROM migration'))),
    };
    subscribers.push(counting);
    const start = performance.now();
    for (let round = 0; round < 4; round += 1) await Promise.all(Array.from({ length: 50 }, check));
    const halfSeconds = (performance.now() - start) / 500;
    subscribers.splice(subscribers.indexOf(counting), 1);
    expect(statements).toBeGreaterThanOrEqual(Math.floor(halfSeconds));
    expect(statements).toBeLessThanOrEqual(halfSeconds + 1);
  });

  it('names the missing migrations', async () => {
    const [{ id, name, timestamp }] = await server.dataSource.query(
      'SELECT id, name, timestamp FROM migration ORDER BY id DESC LIMIT 1',
    );
    await server.dataSource.query('DELETE FROM migration WHERE id = ?', [id]);
    const { body } = await until(({ body }) => body.details.migrations.status === 'down');
    expect(body.details.migrations).toEqual({ status: 'down', message: `Migrations are missing: ${name}.` });
    expect(body.details.database).toEqual({ status: 'up' });
    await server.dataSource.query('INSERT INTO migration (id, name, timestamp) VALUES (?, ?, ?)', [
      id,
      name,
      timestamp,
    ]);
    await ready();
  });
});
