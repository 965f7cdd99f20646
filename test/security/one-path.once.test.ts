/** Guarantee: every spelling of a path meets the same route, limit, scheme and envelope as the plain one. Generated from the document. */

import { expectEnvelope, refusal } from '../support/envelope.js';
import type { Answer } from '../support/http.js';
import { OPERATIONS } from '../support/operations.js';
import { sendRaw } from '../support/raw.js';
import { TestServer } from '../support/server.js';

const ID = '00000000-0000-4000-8000-000000000000';

/** Every spelling of a path in which one character of one of its fixed segments is percent-encoded. */
function spellings(path: string): string[] {
  const segments = path.split('/');
  return segments.flatMap((segment, place) => {
    if (segment === '' || segment.startsWith('{')) return [];
    const at = (path.length + place) % segment.length;
    const code = segment.charCodeAt(at).toString(16);
    const written = [code.toUpperCase(), code.toLowerCase()].map(
      (hex) => `${segment.slice(0, at)}%${hex}${segment.slice(at + 1)}`,
    );
    return [...new Set(written)].map((spelt) => segments.with(place, spelt).join('/'));
  });
}

const fill = (path: string): string => path.replaceAll(/\{\w+\}/g, ID);

/** What must not depend on the spelling. */
const shapeOf = ({ status, headers, body }: Answer): object => ({
  status,
  headers: Object.keys(headers)
    .filter((name) => name !== 'keep-alive')
    .sort(),
  code: headers['x-error-code'],
  challenge: headers['www-authenticate'],
  caching: headers['cache-control'],
  body: status < 400 ? Object.keys(body ?? {}).sort() : body,
});

describe('a path', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ EXPOSURE_RATE_LIMIT_PER_MINUTE: '0' });
  });
  afterAll(() => server.stop());

  describe.each(OPERATIONS)('$method $path', ({ method, path, body }) => {
    it.each(spellings(path))('is the same as %s', async (spelt) => {
      const credentials = [{}, { token: 'garbage' }, ...(method === 'GET' ? [{ token: server.admin.token }] : [])];
      for (const credential of credentials) {
        const options = { ...credential, ...(body && { json: {} }) };
        const plain = await server.call(method, fill(path), options);
        expect(shapeOf(await server.call(method, fill(spelt), options))).toEqual(shapeOf(plain));
      }
    });
  });

  it.each([
    '/api/client%73/nowhere',
    '/api/%61uth/nowhere',
    '/%6Fauth/nowhere',
    '/%6fauth/nowhere',
    '/log%69n/nowhere',
    '/%61ccount/nowhere',
    '/apikeys/%6aw%74',
  ])('that leads nowhere is answered in the envelope of its surface: %s', async (path) => {
    const answer = await server.call('PUT', path);
    expectEnvelope(decodeURIComponent(path), answer);
    expect(answer.status).toBe(404);
  });

  it.each(['/api//clients/api-keys', '/api/clients/api-keys/', '/API/clients/api-keys', '/api%2Fclients/api-keys'])(
    'is not %s',
    async (path) => {
      const { status } = await server.call('GET', path, { token: server.admin.token });
      expect(status).toBe(404);
    },
  );

  it.each(['/api/clients/api-keys', '/api/client%73/api-keys'])('meets the limit of clients as %s', async (path) => {
    const limited = await server.another({ CLIENT_RATE_LIMIT_PER_MINUTE: '3' });
    const { token } = server.admin;
    const statuses = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await limited.call('GET', path, { token })).status);
    const last = await limited.call('GET', path, { token });
    await limited.close();
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect(last.body).toEqual(refusal('/api/clients/api-keys', 429));
  });

  it.each(['http://shop.example', 'HTTP://shop.example:80', 'https://shop.example'])(
    'is found in a target that names %s',
    async (origin) => {
      for (const [path, status] of [
        ['/health/live', 200],
        ['/health/l%69ve', 200],
        ['/api/v1/keys/check', 401],
        ['/api/clients/nowhere', 404],
      ] as const) {
        const answer = await sendRaw(
          server.url,
          `GET ${origin}${path} HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n`,
        );
        expect(answer.status).toBe(status);
        if (status >= 400) expectEnvelope(path, answer);
      }
    },
  );

  it('is / in a target that names only a host', async () => {
    const answer = await sendRaw(
      server.url,
      'GET http://shop.example?x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expectEnvelope('/', answer);
    expect(answer.status).toBe(404);
  });

  it('keeps an Idempotency-Key to one request, whatever the spelling', async () => {
    const { token } = server.admin;
    const headers = { 'idempotency-key': 'one-path' };
    const application = await server.newApplication(server.admin);
    const send = (path: string) => server.call('POST', path, { token, headers, json: { description: 'A key' } });
    const first = await send(`/api/v1/applications/${application}/api-keys`);
    const second = await send(`/api/v1/application%73/${application}/api-key%73`);
    expect([first.status, second.status, second.body.id]).toEqual([201, 201, first.body.id]);
  });
});
