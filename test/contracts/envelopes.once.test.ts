/**
 * Guarantees for every surface: whatever fails before a controller is answered in the surface's envelope, with its status and content
 * type.
 */

import { BODY_LIMIT } from '../../src/platform/http/bodies.js';
import { JSON_TYPE } from '../support/envelope.js';
import type { RequestOptions } from '../support/http.js';
import { TestServer } from '../support/server.js';
import { expectRefusal, SURFACES } from '../support/surfaces.js';

const JSON_HEADERS = { 'content-type': 'application/json' };

describe('envelopes', () => {
  let server: TestServer;
  let weakToken: string;
  beforeAll(async () => {
    server = await TestServer.shared();
    weakToken = (await server.newMember(server.admin, 'readSome')).token;
  });
  afterAll(() => server.stop());

  describe.each(SURFACES)('$surface', ({ surface, open, guarded: [method, path], elsewhere, words }) => {
    it.each(['{"username":', '{]', '"', "{'a': 1}", '{"a": 1}{', '\uFEFF', '{"__proto__": {"level": 8}}'])(
      'answers malformed JSON %j with 400',
      async (body) => {
        const answer = await server.call('POST', open, { headers: JSON_HEADERS, body });
        expectRefusal(open, answer, 400, words[400]);
      },
    );

    it.each<[string, RequestOptions]>([
      ['no credential', {}],
      ['garbage as Bearer', { token: 'garbage' }],
      ['garbage as Basic', { basic: 'garbage' }],
      ['another scheme', { headers: { authorization: 'Digest username="admin"' } }],
    ])('answers %s with 401', async (_, credential) => {
      const body = surface === 'oauth' ? { form: { grant_type: 'client_credentials' } } : { json: {} };
      expectRefusal(path, await server.call(method, path, { ...body, ...credential }), 401, words[401]);
    });

    it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
      'answers %s of an unknown route with 404',
      async (verb) => {
        for (const unknown of [elsewhere, `${elsewhere}/`, `${elsewhere}?page=1`]) {
          expectRefusal(elsewhere, await server.call(verb, unknown), 404, words[404]);
        }
      },
    );

    it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])(
      'answers the wrong method %s with 404',
      async (verb) => {
        expectRefusal(open, await server.call(verb, open), 404, words[404]);
      },
    );

    it('answers a body over 256 KiB with 413, and accepts one of exactly that size', async () => {
      const bodyOf = (bytes: number): string => `{"a":"${'x'.repeat(bytes - 8)}"}`;
      const tooLarge = await server.call('POST', open, { headers: JSON_HEADERS, body: bodyOf(256 * 1024 + 1) });
      expectRefusal(open, tooLarge, 413, words[413]);
      const { status } = await server.call('POST', open, { headers: JSON_HEADERS, body: bodyOf(256 * 1024) });
      expect(status).toBe(400);
    });

    it('answers a body over 256 KiB without a Content-Length with 413', async () => {
      const headers = { ...JSON_HEADERS, 'transfer-encoding': 'chunked' };
      expectRefusal(
        open,
        await server.call('POST', open, { headers, body: 'x'.repeat(BODY_LIMIT + 1) }),
        413,
        words[413],
      );
    });

    it.each(['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'application/jsonp', 'garbage', ''])(
      'answers the content type "%s" with 415',
      async (type) => {
        const answer = await server.call('POST', open, { headers: { 'content-type': type }, body: '{}' });
        expectRefusal(open, answer, 415, words[415]);
      },
    );

    it('answers HEAD like GET, without a body', async () => {
      const { status, headers, text } = await server.call('HEAD', elsewhere);
      expect([status, headers['content-type'], text]).toEqual([404, JSON_TYPE, '']);
    });

    if (surface !== 'oauth') {
      it('answers a level that is too low with 403', async () => {
        expectRefusal(path, await server.call(method, path, { token: weakToken, json: {} }), 403, words[403]);
      });

      it('answers a form with 415', async () => {
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        expectRefusal(open, await server.call('POST', open, { headers, body: 'username=admin' }), 415, words[415]);
      });
    }
  });
});
