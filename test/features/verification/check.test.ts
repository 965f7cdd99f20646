/** Guarantees of `GET /api/v1/keys/check`: its status and headers for gateways, credentials, limits and addresses. */

import { METHODS } from 'node:http';
import { connect } from 'node:net';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import type { RequestOptions } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';

const METRICS_TOKEN = 'a-token-for-the-metrics';

describe('/api/v1/keys/check', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let key: { id: string; fullKey: string };
  beforeAll(async () => {
    server = await TestServer.start({ TRUSTED_PROXIES: '127.0.0.2, 127.0.1.0/24', METRICS_TOKEN });
    user = await server.newMerchant();
    application = await server.newApplication(user);
    key = await server.newFullKey(user, application);
  });
  afterAll(() => server.stop());

  const check = (options: RequestOptions, query = '', method = 'GET') =>
    server.call(method, `/api/v1/keys/check${query}`, options);
  const newKey = async (row: Partial<ApiKey> | null, limits = {}): Promise<string> => {
    const { id, fullKey } = await server.newFullKey(user, application, limits);
    if (row) await server.dataSource.getRepository(ApiKey).update(id, row);
    return fullKey;
  };

  it('answers 204 with headers that name the owner and the rights of the key', async () => {
    const fullKey = await newKey({ scopes: ['payments:*', 'refunds:read'], level: 3 });
    const { status, text, headers } = await check({ token: fullKey }, '?level=3&scope=payments:write+refunds:read');
    expect([status, text]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'x-key-id': expect.stringMatching(/^[\da-f-]{36}$/),
      'x-client-id': user.clientId,
      'x-merchant-id': user.merchantId,
      'x-application-id': application,
      'x-key-level': '3',
      'x-key-scopes': 'payments:* refunds:read',
    });
    expect(headers).not.toHaveProperty('ratelimit');
  });

  it('names an empty application for a key that has none, and no scopes for a key without limits', async () => {
    const { basic } = await server.newPersonalKey(user);
    const { status, headers } = await check({ basic });
    expect([status, headers['x-key-scopes'], headers['x-application-id']]).toEqual([204, '', '']);
  });

  it('Q9: refuses a key of another merchant or application like an unknown one, and counts it as not found', async () => {
    const stranger = await server.newMerchant();
    const loose = await server.newPair(user);
    const own = [`merchant=${user.clientId}`, `merchant=${user.merchantId}`, `application=${application}`];
    const foreign = [
      `merchant=${stranger.clientId}`,
      `merchant=${stranger.merchantId}`,
      `application=${await server.newApplication(user)}`,
      `merchant=${user.clientId}&application=${await server.newApplication(stranger)}`,
      `merchant=${stranger.clientId}&application=${application}`,
    ];
    for (const query of own.flatMap((one) => [one, one.toUpperCase().replace(/^[A-Z]+/, (name) => name.toLowerCase())]))
      expect([query, (await check({ token: key.fullKey }, `?${query}`)).status]).toEqual([query, 204]);
    const pair = { basic: `${loose.apikey}:${loose.apisecret}` };
    expect((await check(pair, `?merchant=${user.clientId}`)).status).toBe(204);
    expect((await check(pair, `?application=${application}`)).status).toBe(401);

    const notFound = async () => {
      const { text } = await server.call('GET', '/metrics', { token: METRICS_TOKEN });
      return Number(/keywright_verifications_total\{outcome="NOT_FOUND"\} (\d+)/.exec(text)?.[1]);
    };
    const unknown = await check({ token: 'garbage' });
    const before = await notFound();
    for (const query of foreign) {
      const { status, text, headers } = await check({ token: key.fullKey }, `?level=8&${query}`);
      expect([query, status, text]).toEqual([query, 401, unknown.text]);
      expect(Object.keys(headers).sort()).toEqual(Object.keys(unknown.headers).sort());
    }
    expect((await notFound()) - before).toBe(foreign.length);
  });

  it.each(['merchant=', 'merchant=1234567', 'merchant=123456789', 'merchant=me', 'merchant=*', 'application=x'])(
    'Q9: refuses %s with 400',
    async (query) => {
      expect((await check({ token: key.fullKey }, `?${query}`)).status).toBe(400);
    },
  );

  it('takes a key as Bearer, as Basic and as X-API-Key', async () => {
    const { apikey, apisecret } = await server.newPair(user);
    const pair = `${apikey}:${apisecret}`;
    const ways: RequestOptions[] = [
      ...[{ token: key.fullKey }, { basic: key.fullKey }, { basic: `${key.fullKey}:` }],
      ...[{ token: pair }, { basic: pair }, { headers: { 'x-api-key': pair } }],
      { headers: { 'X-API-Key': key.fullKey } },
    ];
    for (const plan of ways) expect((await check(plan)).status).toBe(204);
  });

  it.each(METHODS.filter((method) => method !== 'CONNECT'))('answers %s', async (method) => {
    expect((await check({ token: key.fullKey }, '', method)).status).toBe(204);
    expect((await check({ token: 'garbage' }, '', method)).status).toBe(401);
  });

  it.each([
    ['JSON', 'application/json', '{"a":1}'],
    ['half a JSON text', 'application/json', '{"a":'],
    ['a form', 'application/x-www-form-urlencoded', 'a=1&key=2'],
    ['files', 'multipart/form-data; boundary=x', '--x--'],
    ['bytes', 'application/octet-stream', Buffer.from([0, 255, 128])],
    ['an unknown type', 'application/x.of-their-own+thing', 'abc'],
    ['a type that is none', ';;;', 'abc'],
    ['an empty type', '', 'abc'],
    ['a JSON type without a body', 'application/json', ''],
    ['two megabytes', 'text/plain', Buffer.alloc(2_000_000, 'x')],
  ])('accepts a request with %s without reading it', async (_, type, body) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'GET']) {
      const headers = { 'content-type': type };
      expect((await check({ token: key.fullKey, headers, body }, '', method)).status).toBe(204);
      expect((await check({ token: 'garbage', headers, body }, '', method)).status).toBe(401);
    }
    expect((await check({ token: key.fullKey, body: 'no type at all' }, '', 'POST')).status).toBe(204);
  });

  it('refuses every invalid key with 401 and the same answer, whatever the reason', async () => {
    const past = new Date(Date.now() - 1000);
    const refused = [
      {},
      { token: 'garbage' },
      { token: `${key.fullKey}x` },
      { basic: 'a:b' },
      { token: await newKey({ isActive: false }) },
      { token: await newKey({ expiresAt: past }) },
    ];
    for (const options of refused) {
      const { status, body, headers } = await check(options);
      const message = 'Authentication required. Please provide a valid API token';
      expect([status, body]).toEqual([401, { error: 'Unauthorized', message, code: 401 }]);
      expect(headers['www-authenticate']).toMatch(/^Bearer/);
      expect(Object.keys(headers).filter((name) => name.startsWith('x-key'))).toEqual([]);
    }
    const another = await server.newApplication(user);
    expect((await check({ token: key.fullKey }, `?application=${another}`)).status).toBe(401);
    expect((await check({ token: key.fullKey }, `?application=${application}`)).status).toBe(204);
  });

  it('refuses a valid key without the required rights with 403', async () => {
    const fullKey = await newKey({ level: 2, scopes: ['payments:read'] });
    for (const query of ['?level=3', '?scope=payments:write', '?scope=payments:read+payments:write']) {
      const { status, body, headers } = await check({ token: fullKey }, query);
      expect([status, body.code, headers['x-key-id']]).toEqual([403, 403, undefined]);
    }
    expect((await check({ token: fullKey }, '?level=2&scope=payments:read')).status).toBe(204);
  });

  it('answers with RateLimit headers, and with 429 and Retry-After beyond the limit', async () => {
    const token = await newKey(null, { rateLimit: { limit: 2, windowSeconds: 600 } });
    for (const left of [1, 0]) {
      const { status, headers } = await check({ token });
      expect([status, headers['ratelimit-policy']]).toEqual([204, '"key";q=2;w=600']);
      expect(headers.ratelimit).toMatch(new RegExp(`^"key";r=${left};t=(600|59\\d)$`));
    }
    const { status, headers, body } = await check({ token });
    expect([status, body.code, body.error]).toEqual([429, 429, 'Too Many Requests']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(590);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(600);
    expect(headers.ratelimit).toMatch(/^"key";r=0;t=/);
    expect(headers['x-key-id']).toBeUndefined();
  });

  it('refuses a key without quota until the next day', async () => {
    const token = await newKey(null, { quota: { limit: 1, period: 'day' } });
    expect((await check({ token })).status).toBe(204);
    const { status, headers } = await check({ token });
    const untilTomorrow = 86_400 - (Math.floor(Date.now() / 1000) % 86_400);
    expect(status).toBe(429);
    expect(Math.abs(Number(headers['retry-after']) - untilTomorrow)).toBeLessThanOrEqual(2);
  });

  it('refuses two credentials at once, in different headers and in the same one', async () => {
    const headers = { 'x-api-key': key.fullKey };
    expect((await check({ token: await newKey(null), headers })).status).toBe(400);
    for (const name of ['Authorization: Bearer ', 'X-API-Key: ']) {
      const lines = `${name}${key.fullKey}\r\n${name}${await newKey(null)}\r\n`;
      expect(await statusOfRaw(`GET /api/v1/keys/check HTTP/1.1\r\nHost: x\r\n${lines}Connection: close\r\n\r\n`)).toBe(
        400,
      );
    }
  });

  /** What no HTTP client would send. */
  const statusOfRaw = (text: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(text));
      socket.on('error', reject);
      socket.once('data', (chunk) => {
        resolve(Number(chunk.toString().split(' ')[1]));
        socket.destroy();
      });
    });

  describe('for a key that is bound to addresses', () => {
    let token: string;
    beforeAll(async () => {
      token = await newKey(null, { allowedIps: ['127.0.0.5', '203.0.113.0/24', '2001:db8::/32'] });
    });

    it.each([
      ['127.0.0.5', undefined, 204],
      ['127.0.0.6', undefined, 403],
      ['127.0.0.6', '203.0.113.7', 403],
      ['127.0.0.5', '198.51.100.1', 204],
      ['127.0.0.2', '203.0.113.7', 204],
      ['127.0.1.77', '203.0.113.7', 204],
      ['127.0.0.2', '2001:db8::1', 204],
      ['127.0.0.2', '198.51.100.1', 403],
      ['127.0.0.2', '203.0.113.7, 198.51.100.1', 403],
      ['127.0.0.2', '198.51.100.1, 203.0.113.7, 127.0.1.9', 204],
      ['127.0.0.2', 'unknown', 403],
      // Q7
      ['127.0.0.2', '203.0.113.7:51008', 204],
      ['127.0.0.2', '203.0.113.7:65535, 127.0.1.9:80', 204],
      ['127.0.0.2', '[2001:db8::1]:443', 204],
      ['127.0.0.2', '[2001:DB8::1]', 204],
      ['127.0.0.2', '[::ffff:203.0.113.7]:80', 204],
      ['127.0.0.2', '::ffff:cb00:7107', 204],
      ['127.0.0.2', '198.51.100.1:51008', 403],
      ['127.0.0.2', '[2001:db9::1]:443', 403],
      ['127.0.0.2', '203.0.113.7, 198.51.100.1:80', 403],
      ['127.0.0.2', '203.0.113.7:port', 403],
      ['127.0.0.2', '203.0.113.7:', 403],
      ['127.0.0.2', '203.0.113.999:80', 403],
      ['127.0.0.2', '[203.0.113.7]:80', 204],
      ['127.0.0.2', '', 403],
      ['127.0.0.2', undefined, 403],
    ])('believes from %s the forwarded address %j: %d', async (from, forwarded, expected) => {
      const headers = { ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }), 'x-real-ip': '203.0.113.9' };
      expect((await check({ token, from, headers })).status).toBe(expected);
    });

    it('binds to IPv6 alone by ::/0, and to IPv4 by mapped addresses as by themselves', async () => {
      const statusOf = async (bound: string[], forwarded: string): Promise<number> => {
        const own = await newKey(null, { allowedIps: bound });
        return (await check({ token: own, from: '127.0.0.2', headers: { 'x-forwarded-for': forwarded } })).status;
      };
      for (const network of ['::/0', '::/1', '::/80']) {
        expect([network, await statusOf([network], '203.0.113.7')]).toEqual([network, 403]);
        expect([network, await statusOf([network], '::ffff:203.0.113.7')]).toEqual([network, 403]);
        expect([network, await statusOf([network], '::1')]).toEqual([network, 204]);
      }
      for (const network of ['203.0.113.0/24', '::ffff:203.0.113.0/120', '0.0.0.0/0', '::ffff:0:0/96']) {
        expect([network, await statusOf([network], '203.0.113.7')]).toEqual([network, 204]);
        expect([network, await statusOf([network], '::ffff:203.0.113.7')]).toEqual([network, 204]);
        expect([network, await statusOf([network], '2001:db8::1')]).toEqual([network, 403]);
      }
    });
  });
});
