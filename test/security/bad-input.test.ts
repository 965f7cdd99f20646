/** Guarantee: texts are stored exactly as sent or refused; wrong types, deep nesting, prototype keys and invalid UTF-8 are refused. */

import { expectEnvelope } from '../support/envelope.js';
import { TEXTS } from '../support/hostile.js';
import { TestServer, type User } from '../support/server.js';

const PATHS = ['/api/auth/login', '/api/v1/auth/login', '/login', '/oauth/token'];

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('invalid input', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const post = (path: string, body: string | Buffer) =>
    server.call('POST', path, { token: user.token, headers: { 'content-type': 'application/json' }, body });

  /** A request for each text field that is stored, with the status for a valid text. */
  const STORED: [name: string, path: () => string, json: (text: string) => unknown][] = [
    ['an application’s name', () => '/api/v1/applications', (name) => ({ name })],
    [
      'an application’s description',
      () => '/api/v1/applications',
      (description) => ({ name: `for ${JSON.stringify(description).slice(0, 90)}`, description }),
    ],
    ['a key’s description', () => `/api/v1/applications/${application}/api-keys`, (description) => ({ description })],
    ['a personal key’s name', () => '/apikeys/jwt', (name) => ({ name, level: 1, expiresIn: 60 })],
  ];

  describe.each(STORED)('%s', (_, path, json) => {
    it.each(TEXTS)('is stored exactly as sent, or refused: %j', async (text) => {
      const answer = await post(path(), JSON.stringify(json(text)));
      if (answer.status !== 201) {
        expect(answer.status).toBe(400);
        expectEnvelope(path(), answer);
        return;
      }
      const { name, description } = answer.body.apikey ?? answer.body;
      expect([name, description]).toContain(text);
    });
  });

  it.each([
    ['quotes', "Robert'); DROP TABLE account;--"],
    ['emoji', '👩‍👩‍👧‍👦 née Zoë'],
    ['right to left', 'שלום‏'],
    ['what looks like markup', '<b>&amp;</b>'],
  ])('stores a text with %s unchanged', async (_, name) => {
    const { status, body } = await post('/api/v1/applications', JSON.stringify({ name }));
    expect(status).toBe(201);
    const { body: read } = await server.call('GET', `/api/v1/applications/${body.id}`, { token: user.token });
    expect(read.name).toBe(name);
  });

  it.each(TEXTS)('finds no account for a username such as %j', async (username) => {
    const json = { username, password: 'a wrong password' };
    for (const path of PATHS.slice(0, 3)) {
      const answer = await server.call('POST', path, { json });
      expect([400, 401]).toContain(answer.status);
      expectEnvelope(path, answer);
    }
  });

  it.each([
    ['a lone surrogate', '{"name":"\\ud800"}'],
    ['a NUL', '{"name":"a\\u0000b"}'],
    ['101 characters', JSON.stringify({ name: '👍'.repeat(101) })],
    ['a number', '{"name":1}'],
    ['an array', '{"name":["x"]}'],
    ['an object', '{"name":{"toString":"x"}}'],
    ['a boolean', '{"name":true}'],
    ['null', '{"name":null}'],
  ])('refuses %s in place of a string', async (_, body) => {
    const answer = await post('/api/v1/applications', body);
    expect(answer.status).toBe(400);
    expect(answer.body.details).toEqual([{ field: 'name', message: expect.any(String) }]);
  });

  it.each(['1e309', '-1', '"4"', '"NaN"', '1e15', '99999999999999999999999', '4.000001', '[4]', 'true', '{}'])(
    'refuses %s in place of a number',
    async (number) => {
      const answer = await post('/apikeys/jwt', `{"name":"x","level":${number},"expiresIn":60}`);
      expect(answer.status).toBe(400);
      expect(['invalidLevel', 'levelNotNumeric']).toContain(answer.body.error);
    },
  );

  it.each(PATHS)('refuses nesting that is too deep, at %s', async (path) => {
    for (const body of [
      nested(17),
      nested(5000),
      '['.repeat(100_000),
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    ]) {
      const answer = await post(path, body);
      expect(answer.status).toBe(400);
      expectEnvelope(path, answer);
    }
  });

  it.each([
    '{"__proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"\\u005f_proto__":{"polluted":1}}',
  ])('refuses %s, and no object is changed by it', async (body) => {
    for (const path of PATHS) expect((await post(path, body)).status).toBe(400);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('refuses invalid UTF-8', async () => {
    const body = Buffer.from([...Buffer.from('{"name":"'), 0xff, ...Buffer.from('"}')]);
    for (const path of PATHS) {
      const answer = await post(path, body);
      expect(answer.status).toBe(400);
      expectEnvelope(path, answer);
    }
  });
});
