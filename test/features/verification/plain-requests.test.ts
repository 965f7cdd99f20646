/** Guarantees that a verification answers alike and counts once, whether it is answered from its connection or by a route of Fastify's. */

import type { Answer } from '../../support/http.js';
import { sendRaw } from '../../support/raw.js';
import { TestServer, type User } from '../../support/server.js';

const METRICS_TOKEN = 'a-token-for-the-metrics';

/** Headers that depend on the connection, or on the moment. */
const OF_CONNECTION = ['connection', 'keep-alive', 'date', 'ratelimit', 'content-length', 'transfer-encoding'];

describe('plain verifications', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.start({ METRICS_TOKEN });
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const newKey = async (limits = {}): Promise<string> => (await server.newFullKey(user, application, limits)).fullKey;

  const countOf = async (outcome: string): Promise<number> => {
    const { text } = await server.call('GET', '/metrics', { token: METRICS_TOKEN });
    return Number(new RegExp(`^keywright_verifications_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
  };

  /** What of an answer does not depend on the connection. */
  const shown = ({ status, headers, text }: Answer) => {
    const lasting = Object.entries(headers).filter(([name]) => !OF_CONNECTION.includes(name));
    return { status, headers: Object.fromEntries(lasting), text };
  };

  it.each(['GET', 'POST'])(
    'answers %s alike on a connection that stays open, on one that closes, and by HTTP/1.0',
    async (method) => {
      const rateLimit = { limit: 1000, windowSeconds: 3600 };
      const key = await newKey({ rateLimit, description: 'Schlüssel „ä“ 🔑', metadata: { city: 'Zürich' } });
      const path = `/api/v1/keys/${method === 'GET' ? 'check' : 'verify'}`;
      const json = method === 'GET' ? undefined : { key, cost: 0 };
      const body = json === undefined ? '' : JSON.stringify(json);
      const about = ['Host: localhost', `Authorization: Bearer ${key}`];
      if (body !== '') about.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
      const raw = (version: string, ...more: string[]) =>
        sendRaw(server.url, [`${method} ${path} ${version}`, ...about, ...more, '', body].join('\r\n'));
      const kept = await server.call(method, path, { token: key, json });
      expect([kept.status, kept.headers.connection]).toEqual([method === 'GET' ? 204 : 200, 'keep-alive']);
      if (body !== '') expect(kept.body).toMatchObject({ name: 'Schlüssel „ä“ 🔑', metadata: { city: 'Zürich' } });
      const others = [await raw('HTTP/1.1', 'Connection: close'), await raw('HTTP/1.0')];
      expect(others.map(shown)).toEqual([shown(kept), shown(kept)]);
    },
  );

  it('counts a refused request once', async () => {
    const key = await newKey({ rateLimit: { limit: 1, windowSeconds: 3600 } });
    const foreign = await newKey();
    const before = await Promise.all(['RATE_LIMITED', 'INSUFFICIENT_LEVEL', 'NOT_FOUND'].map(countOf));
    const check = async (token: string, query = ''): Promise<number> =>
      (await server.call('GET', `/api/v1/keys/check${query}`, { token })).status;
    expect([await check(key), await check(key), await check(key)]).toEqual([204, 429, 429]);
    expect([await check(foreign, '?level=8'), await check(foreign, '?level=8')]).toEqual([403, 403]);
    expect(await check(`${foreign.slice(0, -1)}~`)).toBe(401);
    const after = await Promise.all(['RATE_LIMITED', 'INSUFFICIENT_LEVEL', 'NOT_FOUND'].map(countOf));
    expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([2, 2, 1]);
  });

  it('refuses a cost above the limit, and counts it once, by the body that has been read already', async () => {
    const key = await newKey({ rateLimit: { limit: 1, windowSeconds: 3600 } });
    const before = await countOf('RATE_LIMITED');
    const { status, text } = await server.call('POST', '/api/v1/keys/verify', { token: key, json: { key, cost: 2 } });
    expect([status, text]).toEqual([400, expect.stringContaining('cost must be at most 1')]);
    expect((await countOf('RATE_LIMITED')) - before).toBe(1);
  });

  it.each([
    ['no JSON', '{"key": '],
    ['a number that JSON cannot keep', '{"key":"x","level":1.00000000000000001}'],
    ['an unknown name', '{"key":"x","__proto__":1}'],
    ['a number in place of a key', '{"key":1}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])('refuses %s with the answer that Fastify gives it', async (_name, body) => {
    const key = await newKey();
    const plain = { 'content-type': 'application/json' };
    // With a charset, the request isn't plain.
    const other = { 'content-type': 'application/json; charset=utf-8' };
    const [first, second] = await Promise.all(
      [plain, other].map((headers) => server.call('POST', '/api/v1/keys/verify', { token: key, body, headers })),
    );
    const [refusal, same] = [first, second].map((answer) => [
      answer?.status,
      answer?.headers['x-error-code'],
      answer?.text,
    ]);
    expect(first?.status).toBe(400);
    expect(refusal).toEqual(same);
  });

  it('requires of the second request with a query what it required of the first', async () => {
    const key = await newKey({ level: 2, scopes: ['orders:read'] });
    for (const [query, status] of [
      ['?level=2', 204],
      ['?level=3', 403],
      ['?scope=orders:read', 204],
      ['?scope=orders:write', 403],
      [`?merchant=${user.clientId.replace(/^./, (digit) => String((Number(digit) + 1) % 10))}`, 401],
      ['?level=9', 400],
      ['?level=1&level=2', 400],
    ] as const)
      for (const round of [1, 2, 3])
        expect([query, round, (await server.call('GET', `/api/v1/keys/check${query}`, { token: key })).status]).toEqual(
          [query, round, status],
        );
  });
});
