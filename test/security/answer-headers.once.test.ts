/** Guarantee: every answer, whatever becomes of the request, says how browsers and caches must treat it. */

import type { Answer } from '../support/http.js';
import { exampleOf, OPERATIONS } from '../support/operations.js';
import { sendRaw } from '../support/raw.js';
import { TestServer } from '../support/server.js';
import { SURFACES } from '../support/surfaces.js';

const ID = '00000000-0000-4000-8000-000000000000';

/** Routes whose answers are public, and the same for everyone. */
const CACHEABLE = ['/.well-known/jwks.json', '/.well-known/oauth-authorization-server'];

function expectHeaders({ headers }: Pick<Answer, 'headers'>, isCacheable = false): void {
  expect({
    type: headers['x-content-type-options'],
    referrer: headers['referrer-policy'],
    caching: headers['cache-control'],
  }).toEqual({
    type: 'nosniff',
    referrer: 'no-referrer',
    caching: isCacheable ? expect.stringMatching(/^public, max-age=\d+$/) : 'no-store',
  });
}

describe('headers of an answer', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ EXPOSURE_RATE_LIMIT_PER_MINUTE: '0', METRICS_PORT: '0' });
  });
  afterAll(() => server.stop());

  it.each(OPERATIONS)('$method $path', async ({ method, path, body }) => {
    const target = path.replaceAll(/\{\w+\}/g, ID);
    const json = body ? exampleOf(body) : undefined;
    const bare = await server.call(method, target);
    expectHeaders(bare, CACHEABLE.includes(path));
    // A merchant of its own, because examples disable accounts and take back their consent.
    const { token } = method === 'GET' ? server.admin : await server.newMerchant();
    const called = await server.call(method, target, { token, json });
    expectHeaders(called, CACHEABLE.includes(path));
    const unreadable = await server.call(method, target, { headers: { 'content-type': 'text/plain' }, body: '{' });
    expectHeaders(unreadable, CACHEABLE.includes(path) && unreadable.status < 400);
  });

  it('of a check and a verification of a valid key', async () => {
    const owner = await server.newMerchant();
    const application = await server.newApplication(owner);
    const { fullKey } = await server.newFullKey(owner, application, { rateLimit: { limit: 2, windowSeconds: 60 } });
    const statuses = [];
    for (let count = 0; count < 3; count += 1) {
      const answer = await server.call('GET', '/api/v1/keys/check', { token: fullKey });
      expectHeaders(answer);
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([204, 204, 429]);
    const json = { key: fullKey };
    expectHeaders(await server.call('POST', '/api/v1/keys/verify', { token: server.admin.token, json }));
    expectHeaders(
      await server.call('POST', '/api/v1/keys/verify/batch', { token: server.admin.token, json: { keys: [json] } }),
    );
    expectHeaders(await server.call('GET', '/api/v1/keys/check?level=x', { token: fullKey }));
  });

  it.each(SURFACES)('of what the $surface surface refuses', async ({ elsewhere }) => {
    for (const path of [elsewhere, `${elsewhere}/%zz`]) expectHeaders(await server.call('GET', path));
    for (const bytes of [
      `BREW ${elsewhere} HTTP/1.1\r\nHost: x\r\n\r\n`,
      `GET ${elsewhere} HTTP/1.1\r\nHost: x\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`,
      `GET ${elsewhere} HTTP/1.1\r\nConnection: close\r\n\r\n`,
    ])
      expectHeaders(await sendRaw(server.url, bytes));
  });

  it.each(['/recover', '/confirm/signup/nothing', '/confirm/email/nothing', '/confirm/recovery/nothing'])(
    'of the page %s, which nothing can frame',
    async (path) => {
      for (const method of ['GET', 'POST']) {
        const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
        const answer = await server.call(method, `${path}?token=nothing`, {
          headers,
          body: method === 'GET' ? '' : 'a=b',
        });
        expectHeaders(answer);
        if (!String(answer.headers['content-type']).startsWith('text/html')) continue;
        expect(answer.headers).toMatchObject({
          'content-security-policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
          'x-frame-options': 'DENY',
        });
      }
    },
  );

  it('of the metrics port', async () => {
    const { MetricsListener } = await import('../../src/platform/monitoring/metrics-listener.js');
    const { port } = server.app.get(MetricsListener, { strict: false });
    for (const path of ['/metrics', '/nowhere']) {
      const bytes = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
      expectHeaders(await sendRaw(`http://127.0.0.1:${port}`, bytes));
    }
  });

  it('of a server with TLS before it name https for a year, but for verifications, which no browser asks for', async () => {
    const secure = await server.another({ PUBLIC_URL: 'https://keys.example' });
    const over = (await secure.call('GET', '/health/live')).headers;
    const check = (await secure.call('GET', '/api/v1/keys/check')).headers;
    await secure.close();
    const plain = (await server.call('GET', '/health/live')).headers;
    const name = 'strict-transport-security';
    expect([over[name], check[name], plain[name]]).toEqual(['max-age=31536000', undefined, undefined]);
  });
});
