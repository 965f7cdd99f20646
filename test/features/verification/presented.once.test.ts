/** Guarantees of how requests present keys: headers that may hold one, and what may accompany it. */

import { randomBase62 } from '../../../src/api-keys/credentials/credential.js';
import { loadConfig } from '../../../src/platform/config/config.js';
import { createRedactor } from '../../../src/platform/observability/logs/redaction.js';
import type { RequestOptions } from '../../support/http.js';
import { foreignKey, importLines, sha256Row } from '../../support/imports.js';
import { TestServer, type User } from '../../support/server.js';
import { forge } from '../../support/tokens.js';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

const HEADERS = ['x-api-key', 'apikey'];

describe('a request that presents a key', () => {
  let server: TestServer;
  let user: User;
  let key: string;
  let other: string;
  let pair: string;
  let imported: string;
  beforeAll(async () => {
    server = await TestServer.start({ KEY_HEADER: 'ApiKey' });
    user = await server.newMerchant();
    const application = await server.newApplication(user);
    key = (await server.newFullKey(user, application)).fullKey;
    other = (await server.newFullKey(user, application)).fullKey;
    const { apikey, apisecret } = await server.newPair(user);
    pair = `${apikey}:${apisecret}`;
    imported = foreignKey();
    await importLines(server, user, [sha256Row(imported)]);
  });
  afterAll(() => server.stop());

  /** The statuses of everything that takes a key so. */
  const statuses = async (headers: Record<string, string>): Promise<number[]> => {
    const plans: [string, string, RequestOptions][] = [
      ['GET', '/api/v1/keys/check', { headers }],
      ['POST', '/api/v1/keys/check', { headers, body: 'anything' }],
      ['POST', '/api/v1/keys/verify', { headers, json: { key } }],
      ['POST', '/api/v1/keys/verify/batch', { headers, json: { keys: [{ key }] } }],
    ];
    const all: number[] = [];
    for (const plan of plans) all.push((await server.call(...plan)).status);
    return all;
  };
  const TAKEN = [204, 204, 200, 200];
  const REFUSED = [400, 400, 400, 400];

  it('Q3: takes it from X-API-Key and from the header of KEY_HEADER alike', async () => {
    for (const name of HEADERS)
      for (const value of [key, pair, imported]) expect(await statuses({ [name]: value })).toEqual(TAKEN);
    expect(await statuses({ 'x-api-key': key, apikey: key })).toEqual(TAKEN);
    expect(await statuses({ 'x-api-key': '', apikey: key })).toEqual(TAKEN);
    expect(await statuses({ 'x-other-key': key })).toEqual([401, 401, 401, 401]);
  });

  it.each([
    ["somebody else's token", () => `Bearer ${forge(user.token, 'a secret of another server')}`],
    ['an opaque token', () => `Bearer ${randomBase62(40)}`],
    ['the login of a site', () => basic('site:password')],
    ['a login as long as a key pair', () => basic(`${randomBase62(20)}:${randomBase62(64)}`)],
    ['a mistyped key', () => `Bearer ${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`],
    ['a key that only looks like an imported one', () => `Bearer ${foreignKey()}`],
    ['another scheme', () => 'Digest username="a"'],
    ['a scheme alone', () => 'Bearer'],
    ['an empty Authorization', () => ''],
    ['the same key', () => `Bearer ${key}`],
    ['the same key by Basic', () => basic(key)],
    ['the same key by Basic without a password', () => basic(`${key}:`)],
  ])('Q3: takes it beside %s', async (_, authorization) => {
    for (const name of HEADERS) {
      expect(await statuses({ [name]: key, authorization: authorization() })).toEqual(TAKEN);
      const { status } = await server.call('GET', '/api/v1/keys/check', {
        headers: { [name]: 'garbage', authorization: authorization() },
      });
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });

  it('Q3: takes an Authorization beside empty headers of keys', async () => {
    expect(await statuses({ authorization: `Bearer ${key}`, 'x-api-key': '', apikey: '' })).toEqual(TAKEN);
  });

  it('Q3: refuses two different keys, in whichever headers', async () => {
    for (const value of [other, pair, imported]) {
      expect(await statuses({ 'x-api-key': key, apikey: value })).toEqual(REFUSED);
      for (const authorization of [`Bearer ${value}`, basic(value), basic(value === pair ? value : `${value}:`)])
        for (const name of HEADERS) expect(await statuses({ [name]: key, authorization })).toEqual(REFUSED);
    }
    expect(await statuses({ 'x-api-key': imported, authorization: `Bearer ${key}` })).toEqual(REFUSED);
  });

  it.each([
    'Authorization',
    'Host',
    'cookie',
    'Content-Type',
    'X-Forwarded-For',
    'if-match',
    'X-Key-Id',
    'two words',
    'a:b',
    'ä',
  ])('KEY_HEADER is never %s', (name) => {
    expect(() => loadConfig({ ...server.variables, KEY_HEADER: name })).toThrow(
      'KEY_HEADER must be the name of a header',
    );
  });

  it.each(['x.shop-key: a-foreign-secret', '"x.shop-key":"a-foreign-secret"', "{ 'x.shop-key': 'a-foreign-secret' }"])(
    'KEY_HEADER is redacted in logs: %s',
    (line) => {
      expect(createRedactor()(line)).toContain('a-foreign-secret');
      expect(createRedactor('x.shop-key')(line)).not.toContain('a-foreign-secret');
      expect(createRedactor('x.shop-key')(line)).toContain('[redacted]');
    },
  );
});
