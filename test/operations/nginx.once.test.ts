/**
 * Guarantees of the example configuration for nginx, run with a real nginx: only valid keys reach the API, with headers no client can
 * forge.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiKey } from '../../src/api-keys/api-key.entity.js';
import { send, type RequestOptions } from '../support/http.js';
import { freePort } from '../support/mariadb.js';
import { provide } from '../support/packages.js';
import { Daemon } from '../support/daemon.js';
import { TestServer, type User } from '../support/server.js';

const nginx = provide('nginx', 'nginx-light', 'nginx', '/usr/sbin/nginx');

(nginx ? describe : describe.skip)('Keywright behind nginx, by the example configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-nginx-'));
  const agent = new Agent({ keepAlive: true });
  /** What reached the API. */
  let arrived: { url: string; method: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const api = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      arrived.push({ url: request.url ?? '', method: request.method ?? '', headers: request.headers, body });
      response.writeHead(request.url?.startsWith('/broken') ? 500 : 200).end('from the API');
    });
  });
  /** The headers of requests that became WebSockets. */
  const upgraded: IncomingHttpHeaders[] = [];
  api.on('upgrade', ({ headers }, socket) => {
    upgraded.push(headers);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.once('data', (chunk: Buffer) => socket.end(`echo of ${chunk.toString()}`));
  });
  let server: TestServer;
  let gateway: Daemon;
  let port: number;
  let user: User;
  let application: string;
  let key: { id: string; fullKey: string };

  beforeAll(async () => {
    server = await TestServer.start({ TRUSTED_PROXIES: '127.0.0.1' });
    user = await server.newMerchant();
    application = await server.newApplication(user);
    key = await server.newFullKey(user, application);
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    port = await freePort();
    const example = readFileSync('integrations/gateways/nginx.conf', 'utf8');
    const places: [string, string][] = [
      ['127.0.0.1:3000', new URL(server.url).host],
      ['127.0.0.1:8080', `127.0.0.1:${(api.address() as AddressInfo).port}`],
      ['listen 127.0.0.1:8000', `listen 127.0.0.1:${port}`],
      ['12345678', user.clientId],
      ['/run/nginx.pid', join(folder, 'pid')],
      ['/var/log/nginx/error.log', join(folder, 'error.log')],
      ['/var/log/nginx/access.log', join(folder, 'access.log')],
    ];
    for (const [place] of places) expect(example.split(place)).toHaveLength(2);
    const file = join(folder, 'nginx.conf');
    writeFileSync(
      file,
      places.reduce((text, [place, own]) => text.replace(place, own), example),
    );
    const args = ['-p', folder, '-c', file, '-e', join(folder, 'error.log'), '-g', 'daemon off;'];
    gateway = await Daemon.start(nginx ?? '', args, port);
  });
  afterAll(async () => {
    await gateway.stop();
    agent.destroy();
    await new Promise((resolve) => api.close(resolve));
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => (arrived = []));

  const ask = (path: string, options: RequestOptions, method = 'GET') =>
    send(agent, `http://127.0.0.1:${port}`, method, path, options);
  const newKey = async (row: Partial<ApiKey>, limits = {}) => {
    const made = await server.newFullKey(user, application, limits);
    if (Object.keys(row).length > 0) await server.dataSource.getRepository(ApiKey).update(made.id, row);
    return made.fullKey;
  };

  it('forwards a request with a valid key, with its body and the identity headers', async () => {
    const { status, text } = await ask('/orders?page=2', { token: key.fullKey, json: { amount: 5 } }, 'POST');
    expect([status, text]).toEqual([200, 'from the API']);
    expect(arrived).toHaveLength(1);
    expect(arrived[0]).toMatchObject({ url: '/orders?page=2', method: 'POST', body: '{"amount":5}' });
    expect(arrived[0]?.headers).toMatchObject({
      'x-key-id': key.id,
      'x-client-id': user.clientId,
      'x-merchant-id': user.merchantId,
      'x-application-id': application,
      'x-key-level': '4',
      'content-type': 'application/json',
      'x-forwarded-for': '127.0.0.1',
    });
    expect(arrived[0]?.headers).not.toHaveProperty('authorization');
  });

  it('accepts the key as Basic and X-API-Key as well, and forwards neither', async () => {
    const ways: RequestOptions[] = [{ basic: key.fullKey }, { headers: { 'x-api-key': key.fullKey } }];
    for (const plan of ways) expect((await ask('/', plan)).status).toBe(200);
    expect(arrived).toHaveLength(2);
    for (const { headers } of arrived) {
      expect(headers['x-key-id']).toBe(key.id);
      expect([headers.authorization, headers['x-api-key']]).toEqual([undefined, undefined]);
    }
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])('checks %s like every request', async (method) => {
    const body = 'x'.repeat(5000);
    expect((await ask('/', { token: key.fullKey, body }, method)).status).toBe(200);
    expect(arrived).toMatchObject([{ method, body }]);
    expect((await ask('/', { token: 'garbage', body }, method)).status).toBe(401);
    expect(arrived).toHaveLength(1);
  });

  it('refuses with 401, 403 and 400 before the API is reached', async () => {
    const refused: [string, RequestOptions, number][] = [
      ['/', {}, 401],
      ['/', { token: 'garbage' }, 401],
      ['/', { token: await newKey({ isActive: false }) }, 401],
      ['/', { token: await newKey({ level: 0 }) }, 403],
      ['/payments/1', { token: await newKey({ level: 2 }) }, 403],
      ['/payments/1', { token: await newKey({ scopes: ['payments:read'] }) }, 403],
      ['/x/../payments/1', { token: await newKey({ scopes: ['payments:read'] }) }, 403],
      ['/%70ayments/1', { token: await newKey({ scopes: ['payments:read'] }) }, 403],
      ['/', { token: key.fullKey, headers: { 'x-api-key': await newKey({}) } }, 400],
      ['/_keywright', { token: key.fullKey }, 404],
    ];
    for (const [path, options, expected] of refused) {
      const { status, body, headers } = await ask(path, options);
      expect([path, status]).toEqual([path, expected]);
      if (expected !== 404) expect(body.code).toBe(expected);
      expect(headers['www-authenticate']).toBe(expected === 401 ? 'Bearer realm="keywright"' : undefined);
    }
    expect(arrived).toEqual([]);
    expect((await ask('/payments/1', { token: await newKey({ scopes: ['payments:*'] }) })).status).toBe(200);
  });

  it("refuses another merchant's key like an unknown one", async () => {
    const stranger = await server.newMerchant();
    const foreign = await server.newFullKey(stranger, await server.newApplication(stranger), {
      scopes: ['payments:write'],
    });
    expect((await server.call('GET', '/api/v1/keys/check', { token: foreign.fullKey })).status).toBe(204);
    const unknown = await ask('/', { token: 'garbage' });
    for (const path of ['/', '/payments/1']) {
      const { status, text } = await ask(path, { token: foreign.fullKey });
      expect([path, status, text]).toEqual([path, 401, unknown.text]);
    }
    expect(arrived).toEqual([]);
  });

  it('forwards a body of several megabytes, and none of a request without a valid key', async () => {
    const body = Buffer.alloc(5_000_000, 'x');
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }] as Record<string, string>[]) {
      expect((await ask('/', { token: key.fullKey, body, headers }, 'POST')).status).toBe(200);
      expect(arrived.map((each) => each.body.length)).toEqual([5_000_000]);
      arrived = [];
    }
    expect((await ask('/', { token: 'garbage', body: body.subarray(0, 1_500_000) }, 'POST')).status).toBe(401);
    expect(arrived).toEqual([]);
  });

  it('opens a WebSocket for a valid key alone, and upgrades to nothing else', async () => {
    const upgrade = (protocol: string, token: string) => ({
      token,
      headers: { connection: 'upgrade', upgrade: protocol, 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAA' },
    });
    expect(await openSocket(port, upgrade('websocket', key.fullKey))).toBe('echo of hello');
    expect(await openSocket(port, upgrade('websocket', 'garbage'))).toBe(401);
    expect(upgraded.map((headers) => headers['x-key-id'])).toEqual([key.id]);
    expect(await openSocket(port, upgrade('h2c', key.fullKey))).toBe(200);
    expect(arrived.map(({ headers }) => [headers.upgrade, headers.connection])).toEqual([[undefined, undefined]]);
  });

  it('answers a preflight, which has no key, like every request without one', async () => {
    const headers = { origin: 'https://page.example', 'access-control-request-method': 'POST' };
    expect((await ask('/', { headers }, 'OPTIONS')).status).toBe(401);
    expect(arrived).toEqual([]);
  });

  it('refuses a revoked key from the response to its revocation on', async () => {
    const made = await server.newFullKey(user, application);
    expect((await ask('/', { token: made.fullKey })).status).toBe(200);
    await server.call('DELETE', `/api/v1/applications/${application}/api-keys/${made.id}`, { token: user.token });
    expect((await ask('/', { token: made.fullKey })).status).toBe(401);
    expect(arrived).toHaveLength(1);
  });

  it('refuses a key beyond its limit with 429, RateLimit and Retry-After', async () => {
    const token = await newKey({}, { rateLimit: { limit: 2, windowSeconds: 600 } });
    const first = await ask('/', { token });
    expect([first.status, first.headers['ratelimit-policy']]).toEqual([200, '"key";q=2;w=600']);
    await ask('/', { token });
    const { status, headers, body } = await ask('/', { token });
    expect([status, body.code]).toEqual([429, 429]);
    expect(Number(headers['retry-after'])).toBeGreaterThan(590);
    expect(headers.ratelimit).toMatch(/^"key";r=0;t=/);
    expect(arrived).toHaveLength(2);
  });

  it("forwards no identity header of the client's own", async () => {
    const { basic } = await server.newPersonalKey(user, 2);
    const forged = {
      'X-Key-Id': 'forged',
      'x-client-id': 'forged',
      'X-Merchant-Id': 'forged',
      'X-APPLICATION-ID': 'forged',
      'X-Key-Level': '8',
      'X-Key-Scopes': 'forged',
      X_Key_Level: '8',
      X_Application_Id: 'forged',
      X_Merchant_Id: 'forged',
      'X-Merchant_Id': 'forged',
    };
    expect((await ask('/', { basic, headers: forged })).status).toBe(200);
    const headers: IncomingHttpHeaders = arrived[0]?.headers ?? {};
    expect(headers).toMatchObject({ 'x-key-level': '2', 'x-client-id': user.clientId });
    // Empty, but there: what reads it meets no other header of that name.
    expect([headers['x-application-id'], headers['x-key-scopes']]).toEqual(['', '']);
    expect(JSON.stringify(headers)).not.toMatch(/forged|x_/i);
  });

  it("uses the client's address and none that the client claims", async () => {
    const token = await newKey({}, { allowedIps: ['127.0.0.7'] });
    const claims = { 'x-forwarded-for': '127.0.0.7', 'x-real-ip': '127.0.0.7', forwarded: 'for=127.0.0.7' };
    const other = { 'x-forwarded-for': '127.0.0.9' };
    expect((await ask('/', { token, from: '127.0.0.7', headers: other })).status).toBe(200);
    expect((await ask('/', { token, from: '127.0.0.8' })).status).toBe(403);
    // The second comes from an address that Keywright trusts as a proxy.
    for (const from of ['127.0.0.8', '127.0.0.1'])
      expect((await ask('/', { token, from, headers: claims })).status).toBe(403);
    expect(arrived).toMatchObject([{ headers: { 'x-forwarded-for': '127.0.0.7' } }]);
  });

  it("passes on the API's own errors, and logs no query", async () => {
    const { status, text } = await ask(`/broken?key=${key.fullKey}`, { token: key.fullKey });
    expect([status, text]).toEqual([500, 'from the API']);
    await ask(`/refused?key=${key.fullKey}`, { token: key.fullKey, headers: { 'x-api-key': 'x' } });
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    while (!read('access.log').includes('/refused')) await sleep(10);
    expect(read('access.log')).toContain('/broken');
    expect(read('access.log') + read('error.log')).not.toContain(key.fullKey);
  });

  it('refuses all requests while Keywright does not answer, and accepts them once it does', async () => {
    const running = new URL(server.url).port;
    await server.app.close();
    const { status, body } = await ask('/', { token: key.fullKey });
    expect([status, body.code]).toEqual([503, 503]);
    expect(arrived).toEqual([]);
    await server.open(Number(running));
    expect((await ask('/', { token: key.fullKey })).status).toBe(200);
  });
});

/** Asks for an upgrade. Returns what the other end answers to `hello` once it is done, else the status of the refusal. */
function openSocket(
  port: number,
  { token, headers }: Required<Pick<RequestOptions, 'token' | 'headers'>>,
): Promise<string | number> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', headers: { ...headers, authorization: `Bearer ${token}` } });
    asked.on('upgrade', (_response, socket) => {
      let received = '';
      socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
      socket.on('end', () => resolve(received));
      socket.write('hello');
    });
    asked.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end();
  });
}
