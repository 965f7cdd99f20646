/** Guarantee: a request that does not arrive in time is refused with 408 in its surface's envelope, and its connection is closed. */

import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { MetricsListener } from '../../src/platform/monitoring/metrics-listener.js';
import { expectEnvelope } from '../support/envelope.js';
import { TestServer } from '../support/server.js';
import { sendSlowly } from '../support/slow-client.js';

const LIMIT_MS = 1000;

describe('late requests', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ REQUEST_TIMEOUT_SECONDS: String(LIMIT_MS / 1000), METRICS_PORT: '0' });
  });
  afterAll(() => server.stop());

  const head = (path: string, headers: Record<string, string> = {}): string =>
    [
      `POST ${path} HTTP/1.1`,
      'Host: x',
      ...Object.entries({ 'Content-Type': 'application/json', 'Content-Length': '1000', ...headers }).map(
        ([name, value]) => `${name}: ${value}`,
      ),
      '\r\n',
    ].join('\r\n');

  const trickle = function* (first: string, rest: string): Iterable<string> {
    yield first;
    yield* rest;
  };

  const PATHS = ['/api/auth/login', '/api/v1/auth/login', '/login', '/oauth/token', '/api/v1/keys/verify', '/nowhere'];

  it.each([
    ['half a body', (path: string): Iterable<string> => [`${head(path)}{"user`], 0],
    ['a byte of the body at a time', (path: string) => trickle(head(path), '{'.repeat(60)), 200],
  ])('%s is refused on every surface', async (_, pieces, pauseMs) => {
    const send = async (path: string): Promise<void> => {
      const { answer, openMs } = await sendSlowly(server.url, pieces(path), pauseMs);
      expect([answer.status, answer.headers['x-error-code'], answer.headers.connection]).toEqual([
        408,
        'request.timeout',
        'close',
      ]);
      expectEnvelope(path, answer);
      expect(openMs).toBeGreaterThan(LIMIT_MS / 4);
      expect(openMs).toBeLessThan(LIMIT_MS + 600);
    };
    await Promise.all(PATHS.map(send));
  });

  it.each([
    ['nothing', ['']],
    ['half a head', ['POST /login HTTP/1.1\r\nHost: x\r\n']],
  ])('%s is refused', async (_, pieces) => {
    const { answer, openMs } = await sendSlowly(server.url, pieces);
    expect([answer.status, answer.headers['x-error-code']]).toEqual([408, 'request.timeout']);
    expect(openMs).toBeLessThan(LIMIT_MS + 600);
  });

  it('the metrics port closes them, too', async () => {
    const port = server.app.get(MetricsListener, { strict: false }).port;
    const { answer, openMs } = await sendSlowly(`http://127.0.0.1:${port}`, ['GET /met']);
    expect(answer.status).toBe(408);
    expect(openMs).toBeLessThan(LIMIT_MS + 600);
  });

  it('a body that no one waits for ends with its connection, after the answer', async () => {
    const pieces = trickle(head('/api/v1/keys/check'), 'x'.repeat(60));
    const { answer, openMs } = await sendSlowly(server.url, pieces, 200);
    expect(answer.status).toBe(401);
    expect(openMs).toBeLessThan(LIMIT_MS + 600);
  });

  describe('an import', () => {
    const line = (name: string): string =>
      `${JSON.stringify({ hash: createHash('sha256').update(`${name} of 40 random characters or more`).digest('hex'), description: name })}\n`;
    const importHead = (token = server.admin.token): string =>
      head('/api/v1/api-keys/import', {
        'Content-Type': 'application/x-ndjson',
        'Content-Length': '100000',
        Authorization: `Bearer ${token}`,
      });

    it('may take longer while lines arrive, and is refused when they stop', async () => {
      const format = `${JSON.stringify({ format: { prefix: 'old_', length: 44 } })}\n`;
      const pieces = [importHead() + format, ...Array.from({ length: 8 }, (_, index) => line(`key ${index}`))];
      const { answer, openMs } = await sendSlowly(server.url, pieces, 300);
      expect([answer.status, answer.headers['x-error-code']]).toEqual([408, 'request.timeout']);
      expect(openMs).toBeGreaterThan(2.4 * LIMIT_MS);
      expect(openMs).toBeLessThan(2.7 * LIMIT_MS + LIMIT_MS + 1200);
    });

    it('that is refused for another reason ends within the limit', async () => {
      const { answer, openMs } = await sendSlowly(server.url, trickle(importHead('nobody'), ' '.repeat(60)), 200);
      expect(answer.status).toBe(401);
      expect(openMs).toBeLessThan(LIMIT_MS + 1200);
    });
  });

  it('are no failure of the server', () => {
    const started = server.logs.findIndex((line) => line.startsWith('Nest application successfully started'));
    // Mails of servers that other test files of this process left running are logged here, too.
    expect(server.logs.slice(started + 1).filter((line) => !line.endsWith(' Mail'))).toEqual([]);
  });

  it('leave nothing behind on a connection that carries many streams', async () => {
    const sockets: Socket[] = [];
    server.app.getHttpServer().on('connection', (socket) => sockets.push(socket));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const headers = { 'content-type': 'application/x-ndjson' };
    const send = () =>
      new Promise<number>((resolve, reject) => {
        const sent = request(`${server.url}/api/v1/api-keys/import`, { agent, method: 'POST', headers }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0));
        });
        sent.on('error', reject).end('{}\n');
      });
    expect(await send()).toBe(401);
    const [socket] = sockets;
    const before = socket?.listenerCount('close');
    for (let times = 0; times < 3; times += 1) await send();
    expect([sockets.length, socket?.listenerCount('close')]).toEqual([1, before]);
    agent.destroy();
  });
});
