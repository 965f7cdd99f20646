/** Guarantees of the error codes: one catalogue, sent with every refusal and documented. */

import { request } from 'node:http';
import { ERROR_CATALOGUE, type ErrorCode } from '../../src/platform/events/error-catalogue.js';
import { MetricsListener } from '../../src/platform/monitoring/metrics-listener.js';
import type { RequestOptions } from '../support/http.js';
import { sendRaw } from '../support/raw.js';
import { RefusalsSeen } from '../support/refusals.js';
import { TestServer } from '../support/server.js';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('error codes', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ METRICS_PORT: '0', METRICS_TOKEN: 'for-the-metrics-port' });
  });
  afterAll(() => server.stop());

  it.each<[ErrorCode, string, string, RequestOptions]>([
    ['route.not_found', 'GET', '/nowhere', {}],
    ['route.not_found', 'PUT', '/login', {}],
    ['request.malformed', 'GET', '/api/v1/members/%zz', {}],
    ['request.malformed', 'POST', '/login', { headers: JSON_TYPE, body: '{' }],
    ['request.body_missing', 'POST', '/login', { headers: JSON_TYPE }],
    ['request.too_large', 'POST', '/login', { headers: JSON_TYPE, body: ' '.repeat(300_000) }],
    [
      'request.unsupported_media_type',
      'POST',
      '/oauth/token',
      { headers: { 'content-type': 'text/plain' }, body: 'x' },
    ],
    ['credential.invalid', 'GET', '/whoami/key', {}],
    ['credential.invalid', 'GET', '/api/v1/keys/check', {}],
    ['credential.in_query', 'GET', '/api/v1/keys/check?key=x', {}],
    ['request.invalid', 'GET', '/api/v1/keys/check?level=9', {}],
    ['credential.invalid', 'POST', '/api/v1/keys/verify', { json: { key: 'x' } }],
    ['request.invalid', 'POST', '/api/v1/keys/verify', { json: {} }],
    ['credential.invalid', 'GET', '/metrics', {}],
  ])('has %s in the header of its answer to %s %s', async (code, method, path, options) => {
    const { status, headers } = await server.call(method, path, options);
    expect([status, headers['x-error-code']]).toEqual([ERROR_CATALOGUE[code].status, code]);
  });

  it('has a code for what is no HTTP', async () => {
    const { status, headers } = await sendRaw(server.url, 'hello\r\n\r\n');
    expect([status, headers['x-error-code']]).toEqual([400, 'request.malformed']);
  });

  it('has none in the header of a success', async () => {
    expect((await server.call('GET', '/health/live')).headers).not.toHaveProperty('x-error-code');
  });

  it.each<[ErrorCode, number, string, string]>([
    ['route.not_found', 404, 'GET', '/'],
    ['route.not_found', 405, 'POST', '/metrics'],
    ['credential.invalid', 401, 'GET', '/metrics'],
  ])('has %s and status %i on the metrics port for %s %s', async (code, status, method, path) => {
    const { port } = server.app.get(MetricsListener);
    const answer = await new Promise<{ statusCode?: number; headers: Record<string, unknown> }>((resolve, reject) => {
      request({ port, method, path, agent: false }, (response) => resolve(response.resume()))
        .on('error', reject)
        .end();
    });
    expect([answer.statusCode, answer.headers['x-error-code']]).toEqual([status, code]);
  });
});

describe('a server under test', () => {
  const noted = (status: number, code: string | undefined, body?: unknown): string[] => {
    const seen = new RefusalsSeen();
    seen.note('POST', '/login?x=1', { status, headers: { 'x-error-code': code }, body });
    return seen.undocumented;
  };

  it('may refuse as its route is documented to', () => {
    expect(noted(401, 'login.failed', { result: 'error', error: 'loginFailed' })).toEqual([]);
  });

  it.each([
    ['with an error of another route', 409, 'email.taken', /is not documented/],
    ['with another status', 403, 'login.failed', /is not documented/],
    ['without a code', 401, undefined, /is no code/],
  ])('may not refuse %s', (_, status, code, complaint) => {
    expect(noted(status, code)).toContainEqual(expect.stringMatching(complaint));
  });

  it('may not refuse in other words', () => {
    expect(noted(401, 'login.failed', { result: 'error', error: 'signInFailed' })).toEqual([
      'POST /login: 401 login.failed is documented as "loginFailed", and says "signInFailed"',
    ]);
  });
});
