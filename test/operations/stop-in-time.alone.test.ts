/**
 * Guarantees of a stop: it takes no more than ten seconds, whatever connections are open and whether or not the database answers, and responses
 * under way get their chance. Runs alone because it measures time.
 */

import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { formatFullKey, issueFullKey } from '../../src/api-keys/credentials/credential.js';
import { TABLES } from '../../src/entities.js';
import { createDataSource } from '../../src/platform/database/data-source.js';
import { Instance } from '../../src/verification/barrier/instance.entity.js';
import { KeyUsage } from '../../src/verification/usage/key-usage.entity.js';
import { createDatabase } from '../support/engine.js';
import { newFolder, Program, removeFolder } from '../support/program.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const LIMIT_MS = 10_000;
const mariadb = process.env.TEST_DATABASE_URL;

describe('stopping the server in time', () => {
  let folder: string;
  let program: Program;
  let running: Program[];
  let sockets: Socket[];
  beforeEach(() => {
    folder = newFolder();
    sockets = [];
    running = [];
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    for (const one of running) await one.end('SIGKILL');
    await removeFolder(folder);
  });

  const start = async (variables: Record<string, string> = {}, at = folder): Promise<Program> => {
    const started = await Program.start(at, variables);
    running.push(started);
    return started;
  };
  /** Opens a connection that sends some bytes and reads nothing. */
  const open = async (bytes: string): Promise<Socket> => {
    const { hostname, port } = new URL(program.url);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    sockets.push(socket);
    await new Promise((resolve) => socket.once('connect', resolve));
    if (bytes) socket.write(bytes);
    return socket;
  };
  const post = (path: string, body: string, length = 1000): string =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`;
  const ended = async (signal: NodeJS.Signals): Promise<{ code: number | NodeJS.Signals; ms: number }> => {
    const startMs = performance.now();
    const code = await program.end(signal);
    return { code, ms: performance.now() - startMs };
  };

  it('does not wait for clients that send or read nothing', async () => {
    program = await start({
      METRICS_PORT: '0',
      SHUTDOWN_DELAY_SECONDS: '1',
      USAGE_FLUSH_INTERVAL_MS: '60000',
    });
    await open('');
    await open('POST /login HTTP/1.1\r\nHost: x\r\n');
    await open(post('/login', '{"us'));
    await open(post('/api/v1/keys/verify', '{"ke'));
    await open(post('/api/v1/keys/check', 'x'));
    // Far more than a connection holds.
    await open('GET /docs/json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100));
    const token = await program.logIn(program.password);
    const json = { name: 'A key', level: 1, expiresIn: 60 };
    const { key, secret } = (await program.call('POST', '/apikeys/jwt', { token, json })).body.apikey;
    expect((await program.call('GET', '/api/v1/keys/check', { basic: `${key}:${secret}` })).status).toBe(204);
    const { code, ms } = await ended('SIGTERM');
    expect([code, program.stderr]).toEqual([0, '']);
    expect(ms).toBeLessThan(1000 + LIMIT_MS);
    const source = createDataSource(`sqlite:${join(folder, 'data/keywright.sqlite')}`, TABLES);
    const { manager } = await source.initialize();
    expect([await manager.count(KeyUsage), await manager.count(Instance)]).toEqual([1, 0]);
    await source.destroy();
  });

  it('takes a second when no request is under way', async () => {
    program = await start();
    await open('');
    await open('GET /health/live HTTP/1.1\r\nHost: x\r\n');
    const { code, ms } = await ended('SIGTERM');
    expect(code).toBe(0);
    expect(ms).toBeLessThan(3000);
  });

  it('ends a connection that waits for its next request before one that has asked nothing yet', async () => {
    program = await start();
    const waiting = await open('GET /api/v1/keys/check HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(waiting, 'data');
    const silent = await open('');
    const closedAfter = async (socket: Socket): Promise<number> => {
      await once(socket.resume(), 'close');
      return performance.now();
    };
    const [end, first, second] = await Promise.all([ended('SIGTERM'), closedAfter(waiting), closedAfter(silent)]);
    expect(end.code).toBe(0);
    expect(second - first).toBeGreaterThan(500);
  });

  it('answers a request whose body is still arriving', async () => {
    program = await start();
    const body = JSON.stringify({ username: 'admin', password: program.password });
    const socket = await open(post('/api/v1/auth/login', body.slice(0, 10), body.length));
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString()));
    await sleep(200);
    const end = ended('SIGTERM');
    await sleep(2000);
    socket.write(body.slice(10));
    const { code } = await end;
    expect([code, received.split('\r\n')[0]]).toEqual([0, 'HTTP/1.1 200 OK']);
  });

  it('ends at once at the second signal, unless it is the echo of the first', async () => {
    program = await start({ SHUTDOWN_DELAY_SECONDS: '1' });
    program.signal('SIGINT');
    expect((await ended('SIGINT')).code).toBe(0);
    program = await start({ SHUTDOWN_DELAY_SECONDS: '60' });
    program.signal('SIGTERM');
    await sleep(500);
    const { code, ms } = await ended('SIGTERM');
    expect(code).toBe(143);
    expect(ms).toBeLessThan(1000);
  });

  (mariadb === undefined ? it.skip : it)(
    'answers a check that waits for the database, in the time that it may wait',
    async () => {
      const database = await createDatabase(mariadb);
      const proxy = await TcpProxy.before(database.url);
      try {
        program = await start({ DATABASE_URL: proxy.url });
        const nobodys = issueFullKey('live');
        const isStalled = proxy.stallOneThatSends(nobodys.publicId);
        const socket = await open(
          `GET /api/v1/keys/check HTTP/1.1\r\nHost: x\r\nX-API-Key: ${formatFullKey(nobodys)}\r\n\r\n`,
        );
        let received = '';
        socket.on('data', (chunk) => (received += chunk.toString()));
        await isStalled;
        const end = ended('SIGTERM');
        while (received === '' && !socket.closed) await sleep(50);
        proxy.heal();
        const { code } = await end;
        expect([code, received.split('\r\n')[0]]).toEqual([0, 'HTTP/1.1 503 Service Unavailable']);
      } finally {
        await proxy.stop();
        await database.drop();
      }
    },
  );

  /** A server that has counted something, and a request that waits for its database once that is disturbed. */
  const stopDisturbed = async (
    name: string,
    variables: Record<string, string>,
    disturb: () => void,
    aheadMs: number,
  ): Promise<{ code: number | NodeJS.Signals; ms: number; output: string }> => {
    const at = await start({ USAGE_FLUSH_INTERVAL_MS: '60000', ...variables }, join(folder, name));
    const token = await at.logIn(at.password);
    const json = { name: 'A key', level: 1, expiresIn: 60 };
    const { key, secret } = (await at.call('POST', '/apikeys/jwt', { token, json })).body.apikey;
    expect((await at.call('GET', '/api/v1/keys/check', { basic: `${key}:${secret}` })).status).toBe(204);
    disturb();
    const waiting = at.call('POST', '/apikeys/jwt', { token, json }).catch(() => null);
    await sleep(aheadMs);
    const startMs = performance.now();
    const code = await at.end('SIGTERM');
    const ms = performance.now() - startMs;
    await waiting;
    return { code, ms, output: at.stdout + at.stderr };
  };
  const GIVEN_UP = /The server did not stop in time and was ended\./;

  it('does not wait for a database that does not answer, is locked, or cannot be reached', async () => {
    for (const name of ['locked', 'stalled', 'cut']) mkdirSync(join(folder, name));
    let holder: Sqlite.Database | undefined;
    const lock = (): void => {
      holder = new Sqlite(join(folder, 'locked/data/keywright.sqlite'));
      holder.exec('BEGIN IMMEDIATE');
    };
    const behindProxy = async (name: string, disturbance: 'stall' | 'cut') => {
      const database = await createDatabase(mariadb);
      const proxy = await TcpProxy.before(database.url);
      try {
        return await stopDisturbed(name, { DATABASE_URL: proxy.url }, () => proxy[disturbance](), 200);
      } finally {
        await proxy.stop();
        await database.drop();
      }
    };
    const [locked, stalled, cut] = await Promise.all([
      // The wait for the lock that begins last would end after the limit.
      stopDisturbed('locked', {}, lock, 3000),
      mariadb === undefined ? null : behindProxy('stalled', 'stall'),
      mariadb === undefined ? null : behindProxy('cut', 'cut'),
    ]);
    holder?.close();
    for (const { code, ms, output } of [locked, ...(stalled ? [stalled] : [])]) {
      expect([code, output]).toEqual([1, expect.stringMatching(GIVEN_UP)]);
      expect(ms).toBeLessThan(LIMIT_MS);
    }
    if (!cut) return;
    expect([cut.code, cut.output]).toEqual([0, expect.stringMatching(/Counts wait for the database/)]);
    expect(cut.ms).toBeLessThan(LIMIT_MS);
  });
});
