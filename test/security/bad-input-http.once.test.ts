/** Guarantee: hostile paths, queries and headers are refused or ignored, never obeyed, logged or mailed. */

import { randomUUID } from 'node:crypto';
import { Account } from '../../src/accounts/account.entity.js';
import { surfaceAt } from '../../src/platform/http/surfaces/surfaces.js';
import { expectEnvelope, JSON_TYPE, refusal } from '../support/envelope.js';
import { OPERATIONS } from '../support/operations.js';
import { sendRaw } from '../support/raw.js';
import { TestServer, type User } from '../support/server.js';

const METHODS = ['OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Bodies that no route takes, with their content types. */
const BODIES = [
  ['multipart/form-data', '{}'],
  ['application/json', '{'],
  ['application/json; charset=nonsense', '{}'],
  ['nonsense', 'x'],
] as const;

/** One path of each surface. */
const PATHS = ['/api/clients/api-keys', '/api/v1/applications', '/apikeys/jwt', '/oauth/token'];

describe('invalid input around the body', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const get = (path: string, headers: Record<string, string> = {}) =>
    server.call('GET', path, { token: user.token, headers });

  it.each([...new Set(OPERATIONS.map(({ path }) => path))])(
    'around a method that %s does not have has an answer of its surface',
    async (path) => {
      const has = OPERATIONS.filter((operation) => operation.path === path).map(({ method }) => method);
      for (const method of METHODS.filter((each) => !has.includes(each)))
        for (const [type, body] of BODIES) {
          const answer = await server.call(method, path.replaceAll(/\{\w+\}/g, '1'), {
            headers: { 'content-type': type },
            body,
          });
          expect(answer.status).toBeLessThan(500);
          if (answer.status >= 400) expectEnvelope(path, answer);
        }
    },
  );

  describe.each(PATHS)('%s', (path) => {
    it.each(['%', '%zz', '%c3%28', '%ed%a0%80', '%c0%ae%c0%ae', '%ff'])(
      'refuses the path segment %s',
      async (segment) => {
        const answer = await get(`${path}/${segment}`);
        expectEnvelope(path, answer);
        expect(answer.status).toBe(400);
      },
    );

    it.each([
      '%00',
      '..%2f..%2fetc%2fpasswd',
      '%0d%0aSet-Cookie:%20a=b',
      '../whoami/jwt',
      'x'.repeat(600),
      '__proto__',
    ])('answers 404 to the path segment %s', async (segment) => {
      const answer = await get(`${path}/${segment}`);
      expectEnvelope(path, answer);
      expect(answer.status).toBe(404);
      expect(answer.headers['set-cookie']).toBeUndefined();
    });

    it.each([
      ['no HTTP at all', 'hello\r\n\r\n'],
      ['an unknown method', `BREW ${path} HTTP/1.1\r\nHost: x\r\n\r\n`],
      ['a header without a colon', `GET ${path} HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n`],
      ['a line break in a header', `GET ${path} HTTP/1.1\r\nHost: x\r\nX-A: b\rc\r\n\r\n`],
      ['a NUL in a header', `GET ${path} HTTP/1.1\r\nHost: x\r\nX-A: b\0c\r\n\r\n`],
      ['a space in the path', `GET ${path} x HTTP/1.1\r\nHost: x\r\n\r\n`],
      ['two lengths', `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
      [
        'a length beside a transfer encoding',
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ],
      ['a negative length', `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n`],
    ])('refuses %s in the envelope', async (name, bytes) => {
      const answer = await sendRaw(server.url, bytes);
      const known = name === 'no HTTP at all' ? '/' : path;
      expect([answer.status, answer.headers['content-type'], answer.headers.connection]).toEqual([
        400,
        JSON_TYPE,
        'close',
      ]);
      expect(answer.body).toEqual(refusal(known, 400));
    });
  });

  const LISTS = ['/api/v1/applications', '/api/v1/members', '/api/v1/audit-events', '/api/clients/api-keys'];

  it.each(['1&page=2', '1&page=1', '', '%00', '1e1', '0x1', '%2B1', '%EF%BC%99', '%', '1%20', "1'"])(
    'refuses the page %s',
    async (page) => {
      for (const path of LISTS) {
        const answer = await get(`${path}?page=${page}`);
        expectEnvelope(path, answer);
        expect(answer.status).toBe(400);
      }
    },
  );

  it.each([
    'page[]=2',
    'page[a]=2',
    '__proto__=2',
    '__proto__[page]=2',
    'constructor.prototype.page=2',
    '%zz',
    '&&&',
    'x'.repeat(8000),
  ])('ignores %s in a query, or refuses it as an unknown name', async (query) => {
    for (const path of LISTS) {
      const isRefused = surfaceAt(path).unknownNames === 'refused' && query !== '&&&';
      const answer = await get(`${path}?${query}`);
      expect(answer.status).toBe(isRefused ? 400 : 200);
      if (isRefused) expectEnvelope(path, answer);
    }
    expect(({} as Record<string, unknown>).page).toBeUndefined();
  });

  it('answers with an empty page beyond the last, up to nine digits', async () => {
    const { status, body } = await get('/api/v1/applications?page=999999999&limit=100');
    expect([status, body.items]).toEqual([200, []]);
    expect((await get('/api/v1/applications?page=1000000000')).status).toBe(400);
  });

  it.each(["' OR 1=1 --", "x' UNION SELECT 1,2 --", '%', '_%', '\\'])('finds nothing by %j', async (text) => {
    for (const name of ['action', 'targetId']) {
      const { status, body } = await get(`/api/v1/audit-events?${name}=${encodeURIComponent(text)}`);
      expect([status, body.items]).toEqual([200, []]);
    }
  });

  it.each(['%00', 'a%00b', 'x'.repeat(100)])('refuses to look for %s', async (text) => {
    const answer = await get(`/api/v1/audit-events?targetId=${text}`);
    expectEnvelope('/api/v1/audit-events', answer);
    expect(answer.status).toBe(400);
  });

  it.each([
    ['no scheme', 'x'],
    ['only a scheme', 'Bearer '],
    ['many tokens', 'Bearer a b c'],
    ['a very long token', `Bearer ${'x'.repeat(8000)}`],
    ['Latin letters above ASCII', 'Bearer \xff\xfe'],
    ['Basic without a colon', `Basic ${btoa('x')}`],
    ['Basic that is no base64', 'Basic ****'],
    ['a NUL in a Basic pair', `Basic ${btoa('\0:\0')}`],
    ['SQL in a Basic pair', `Basic ${btoa("' OR 1=1 --:x")}`],
  ])('refuses an Authorization with %s', async (_, authorization) => {
    for (const path of [
      '/api/clients/api-keys',
      '/api/v1/applications',
      '/apikeys/jwt',
      '/apikeys/key',
      '/whoami/key',
    ]) {
      const answer = await server.call('GET', path, { headers: { authorization } });
      expectEnvelope(path, answer);
      expect(answer.status).toBe(401);
    }
    expect((await server.call('GET', '/api/v1/keys/check', { headers: { authorization } })).status).toBe(401);
  });

  it('does not obey headers that would change the method, the path or the address', async () => {
    const application = await server.newApplication(user);
    const { status } = await get(`/api/v1/applications/${application}`, {
      'x-http-method-override': 'DELETE',
      'x-original-url': '/api/v1/merchants',
      'x-forwarded-for': "1.2.3.4' OR 1=1",
      'x-forwarded-host': 'evil.example',
    });
    expect(status).toBe(200);
    const deletion = { token: user.token, headers: { 'x-forwarded-for': '1.2.3.4' } };
    expect((await server.call('DELETE', `/api/v1/applications/${application}`, deletion)).status).toBe(204);
    const { body } = await get(`/api/v1/audit-events?targetId=${application}&action=application.deleted`);
    expect(body.items).toHaveLength(1);
    expect(JSON.stringify(body.items)).not.toContain('1.2.3.4');
  });

  it.each(['evil.example"><script>', 'a b', '@', 'user:pass@evil.example', '[::1', ''])(
    'puts no host such as %j into a link',
    async (host) => {
      const { status, body } = await server.call('POST', '/api/v1/merchants/invite', {
        token: server.admin.token,
        headers: { host },
        json: {},
      });
      expect([status, new URL(body.signupLink).hostname]).toEqual([201, '127.0.0.1']);
    },
  );

  it('writes no line break of an address into a mail', async () => {
    const email = `victim-${randomUUID()}@shop.example`;
    for (const injected of [
      `${email}\r\nBcc: third@shop.example`,
      `${email}\nSubject: x`,
      `${email}, third@shop.example`,
    ]) {
      const json = { email: injected, role: 'readSome' };
      expect((await server.call('POST', '/api/v1/members', { token: user.token, json })).status).toBe(400);
      const signup = await server.call('POST', '/signup', { json: { email: injected, language: 'en' } });
      expect(signup.status).toBe(400);
    }
    expect(server.mailbox.mails.filter(({ to, text }) => /third|victim/.test(to + text))).toEqual([]);
  });

  it('truncates an odd user agent of any length in the audit record', async () => {
    const headers = { 'user-agent': `\xff'"; DROP TABLE audit_event; -- ${'x'.repeat(6000)}` };
    const name = `named ${randomUUID()}`;
    const { status, body } = await server.call('POST', '/api/v1/applications', {
      token: user.token,
      headers,
      json: { name },
    });
    expect(status).toBe(201);
    const events = await get(`/api/v1/audit-events?targetId=${body.id}`);
    expect(events.body.items).toHaveLength(1);
    expect(await server.dataSource.getRepository(Account).count()).toBeGreaterThan(1);
  });
});
