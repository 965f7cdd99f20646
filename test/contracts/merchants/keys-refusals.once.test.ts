/** Contracts M7–M12 and M14: what `POST /api/v1/applications/{id}/api-keys` refuses, with which answer, in which order. */

import { randomUUID } from 'node:crypto';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import type { RequestOptions } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';

const UNAUTHORIZED = {
  error: 'Unauthorized',
  message: 'Authentication required. Please provide a valid API token',
  code: 401,
};
const FORBIDDEN = { error: 'Forbidden', message: "You don't have permission to access this resource", code: 403 };
const NOT_FOUND = { error: 'Not Found', message: 'The requested resource was not found', code: 404 };
const BAD_REQUEST = {
  error: 'Bad Request',
  message: 'The request contains invalid parameters or malformed data',
  code: 400,
};
const GOOD = { description: 'A key' };

describe('merchants surface: refusals to create a key', () => {
  let server: TestServer;
  let user: User;
  let weak: User;
  let application: string;
  /** Another merchant's. */
  let foreign: string;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    weak = await server.newMember(user, 'writeSome');
    application = await server.newApplication(user);
    foreign = await server.newApplication(await server.newMerchant());
  });
  afterAll(async () => {
    // None of the refusals in this file made a key.
    const made = await server.dataSource.getRepository(ApiKey).countBy({ surface: 'merchants' });
    await server.stop();
    expect(made).toBe(keysMade);
  });

  let keysMade = 0;
  const create = (id: string, options: RequestOptions) =>
    server.call('POST', `/api/v1/applications/${id}/api-keys`, options);

  it.each<[string, () => RequestOptions | Promise<RequestOptions>]>([
    ['no Authorization', () => ({})],
    ['an empty token', () => ({ headers: { authorization: 'Bearer ' } })],
    ['garbage', () => ({ token: 'garbage' })],
    ['the scheme Token', () => ({ headers: { authorization: `Token ${user.token}` } })],
    ['HTTP Basic with e-mail and password', () => ({ basic: `${user.email}:${user.password}` })],
    ['a personal key', async () => ({ basic: (await server.newPersonalKey(user)).basic })],
    ['the token in another header', () => ({ headers: { 'x-token': user.token } })],
    ['a tampered signature', () => ({ token: `${user.token.slice(0, -4)}AAAA` })],
    ['a tampered claim', () => ({ token: withPart(user.token, 1, { _id: server.admin.accountId }) })],
    ['alg none', () => ({ token: withPart(user.token, 0, { alg: 'none' }).replace(/[^.]*$/, '') })],
    ['a Service ID', async () => ({ token: await newServiceId() })],
    ['the session of a key', async () => ({ token: await newSession() })],
  ])('M7: refuses %s', async (_, options) => {
    const { status, body } = await create(application, { json: GOOD, ...(await options()) });
    expect([status, body]).toEqual([401, UNAUTHORIZED]);
  });

  it.each(['live', 'test'])('M8: refuses a %s key in place of a login token', async (environment) => {
    const own = await server.newApplication(user, environment);
    const { fullKey } = await server.newFullKey(user, own);
    keysMade += 1;
    const { status, body } = await create(own, { json: GOOD, token: fullKey });
    expect([status, body]).toEqual([401, UNAUTHORIZED]);
  });

  it.each<[string, () => string]>([
    ['a uuid', () => randomUUID()],
    ['the nil uuid', () => '00000000-0000-0000-0000-000000000000'],
    ['a word', () => 'checkout'],
    ['a number', () => '1'],
    ['a NUL byte', () => '%00'],
    ['SQL', () => encodeURIComponent("' OR '1'='1")],
    ['a wildcard', () => '%25'],
    ['the right id and a space', () => `${application}%20`],
    ['the right id and a tab', () => `${application}%09`],
    ['an emoji', () => encodeURIComponent('🛒')],
    ['500 characters', () => 'a'.repeat(500)],
    ['2000 characters', () => 'a'.repeat(2000)],
  ])('M9: answers 404 to an application id that is %s', async (_, id) => {
    const { status, body } = await create(id(), { json: GOOD, token: user.token });
    expect([status, body]).toEqual([404, NOT_FOUND]);
  });

  it("M10: refuses another merchant's application", async () => {
    const { status, body } = await create(foreign, { json: GOOD, token: user.token });
    expect([status, body]).toEqual([403, FORBIDDEN]);
  });

  it.each(['readSome', 'readOnly', 'writeSome'] as const)('M10: refuses a member with the role %s', async (role) => {
    const { token } = await server.newMember(user, role);
    const { status, body } = await create(application, { json: GOOD, token });
    expect([status, body]).toEqual([403, FORBIDDEN]);
  });

  it.each([
    ['missing', { level: 1 }],
    ['null', { description: null }],
    ['empty', { description: '' }],
    ['blank', { description: ' \t\n' }],
    ['a number', { description: 7 }],
    ['true', { description: true }],
    ['an array', { description: ['A key'] }],
    ['an object', { description: { text: 'A key' } }],
    ['51 characters', { description: 'x'.repeat(51) }],
    ['51 code points of two units each', { description: '🔑'.repeat(51) }],
    ['a text with a NUL byte', { description: 'A\0key' }],
    ['half of a surrogate pair', { description: 'A \ud83d key' }],
  ])('M11: refuses a description that is %s', async (_, json) => {
    const { status, body } = await create(application, { json, token: user.token });
    expect([status, body]).toEqual([
      400,
      { ...BAD_REQUEST, details: [{ field: 'description', message: expect.stringMatching(/\S/) }] },
    ]);
  });

  it.each(['x'.repeat(50), '🔑'.repeat(50), '7'])('M11: accepts the description %s', async (description) => {
    const { status, body } = await create(application, { json: { description }, token: user.token });
    keysMade += 1;
    expect([status, body.description]).toEqual([201, description]);
  });

  it.each([
    ['malformed JSON', '{"description":'],
    ['an array', '[{"description":"A key"}]'],
    ['a string', '"A key"'],
    ['null', 'null'],
    ['an empty object', '{}'],
    ['an empty body', ''],
  ])('M12: refuses %s', async (_, text) => {
    const headers = { 'content-type': 'application/json' };
    const { status, body } = await create(application, { headers, body: text, token: user.token });
    expect(status).toBe(400);
    expect(body).toMatchObject(BAD_REQUEST);
  });

  it('M12: refuses a request without a body and without a content type', async () => {
    const { status, body } = await create(application, { token: user.token });
    expect(status).toBe(400);
    expect(body).toMatchObject(BAD_REQUEST);
  });

  describe('M14: the order of refusals', () => {
    const INVALID = { json: { description: '' } };
    const MALFORMED = { headers: { 'content-type': 'application/json' }, body: '{"description":' };

    it.each<[string, object, () => [string, RequestOptions]]>([
      ['401 before 404', UNAUTHORIZED, () => [randomUUID(), { json: GOOD }]],
      ["401 before 403 for another merchant's", UNAUTHORIZED, () => [foreign, { json: GOOD }]],
      ['401 before 400', UNAUTHORIZED, () => [application, INVALID]],
      ['401 before 400 for malformed JSON', UNAUTHORIZED, () => [application, MALFORMED]],
      ['403 for the level before 404', FORBIDDEN, () => [randomUUID(), { json: GOOD, token: weak.token }]],
      ['403 for the level before 400', FORBIDDEN, () => [application, { ...INVALID, token: weak.token }]],
      ['403 for the level before malformed', FORBIDDEN, () => [application, { ...MALFORMED, token: weak.token }]],
      ['404 before 400', NOT_FOUND, () => [randomUUID(), { ...INVALID, token: user.token }]],
      ['404 before 400 for malformed JSON', NOT_FOUND, () => [randomUUID(), { ...MALFORMED, token: user.token }]],
      ["403 for another merchant's before 400", FORBIDDEN, () => [foreign, { ...INVALID, token: user.token }]],
      ["403 for another merchant's before malformed", FORBIDDEN, () => [foreign, { ...MALFORMED, token: user.token }]],
    ])('M14: answers %s', async (_, refusal, request) => {
      const { status, body } = await create(...request());
      expect([status, body]).toEqual([(refusal as { code: number }).code, refusal]);
    });
  });

  it('M7: refuses an expired token', async () => {
    const { token } = await server.logIn(user.email, user.password);
    server.clock.advance(3601);
    const { status, body } = await create(application, { json: GOOD, token });
    expect([status, body]).toEqual([401, UNAUTHORIZED]);
  });

  async function newServiceId(): Promise<string> {
    const { body } = await server.call('POST', '/api/clients/generate-service-id', { token: user.token });
    return body.data.SERVICE_ID;
  }

  async function newSession(): Promise<string> {
    const { basic } = await server.newPersonalKey(user);
    const form = { grant_type: 'client_credentials' };
    return (await server.call('POST', '/oauth/token', { basic, form })).body.access_token;
  }
});

/** The token with other claims (part 1) or another header (part 0), and the signature that it had. */
function withPart(token: string, part: 0 | 1, changes: object): string {
  const parts = token.split('.');
  const before: unknown = JSON.parse(Buffer.from(parts[part] ?? '', 'base64url').toString());
  parts[part] = Buffer.from(JSON.stringify({ ...(before as object), ...changes })).toString('base64url');
  return parts.join('.');
}
