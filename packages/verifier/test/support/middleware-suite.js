// What every middleware guarantees, over HTTP.
import assert from 'node:assert/strict';
import { request as ask } from 'node:http';
import { VerifierError, VerifierUnavailableError } from '@keywright/verifier';
import { fakeVerifier } from '@keywright/verifier/testing';

const RATE = { appliesTo: 'key', limit: 100, windowSeconds: 60, remaining: 98, resetSeconds: 1 };
const USED_UP = { appliesTo: 'externalId', limit: 1000, windowSeconds: 3600, remaining: 0, resetSeconds: 41 };

export const KEYS = {
  'a-key': { keyId: 'k1', level: 3, scopes: ['orders:*'] },
  'a-user:a-password': { keyId: 'k2', level: 3, scopes: ['orders:read'] },
  'a-weak-key': { level: 1, scopes: null },
  'a-narrow-key': { level: 3, scopes: ['stock:read'] },
  'a-bound-key': { level: 3, scopes: null, allowedIps: ['203.0.113.0/24', '127.0.0.0/8'] },
  'a-remote-key': { level: 3, scopes: null, allowedIps: ['203.0.113.0/24'] },
  'a-limited-key': { level: 3, scopes: null, rateLimits: [RATE], rateLimit: RATE },
  'a-busy-key': { outcome: 'RATE_LIMITED', limitedBy: 'externalId', rateLimits: [RATE, USED_UP], rateLimit: USED_UP },
  'an-expired-key': { outcome: 'EXPIRED' },
  'an-unlucky-key': { outcome: 'UNAVAILABLE' },
};

/** Knows the keys, and throws for the key `a-thrown-key` as a verifier does that is to throw when the server is away. */
const known = fakeVerifier(KEYS);
export const verify = (presented, requirements) =>
  presented === 'a-thrown-key'
    ? Promise.reject(new VerifierUnavailableError(new VerifierError('away', { code: 'unavailable' })))
    : known(presented, requirements);

/** Sends a request whose headers may come several times. */
async function get(url, headers = [], path = '/orders') {
  const { promise, resolve, reject } = Promise.withResolvers?.() ?? withResolvers();
  ask(`${url}${path}`, { headers: ['Host', new URL(url).host, 'Connection', 'close', ...headers.flat()] }, resolve)
    .on('error', reject)
    .end();
  const response = await promise;
  const text = (await response.toArray()).join('');
  return { status: response.statusCode, headers: response.headers, text, body: text === '' ? null : JSON.parse(text) };
}

function withResolvers() {
  const resolvers = {};
  resolvers.promise = new Promise((resolve, reject) => Object.assign(resolvers, { resolve, reject }));
  return resolvers;
}

const bearer = (key) => ['Authorization', `Bearer ${key}`];
const basic = (text) => ['Authorization', `Basic ${Buffer.from(text).toString('base64')}`];

/**
 * @param it that of the test runner
 * @param urlOf the URL of the application
 * @param facts whether the framework joins the values of a header that came twice, how two `Authorization` are answered, and whether it knows the address of
 *   a connection
 */
export function describeMiddleware(
  it,
  urlOf,
  { joinsHeaders = false, twoAuthorizations = 400, knowsConnection = true } = {},
) {
  const send = (...headers) => get(urlOf(), headers);

  it('lets a valid key pass, and passes it on', async () => {
    const first = { keyId: 'k1', level: 3, scopes: ['orders:*'] };
    for (const headers of [
      bearer('a-key'),
      ['authorization', 'bearer a-key'],
      ['X-API-Key', 'a-key'],
      basic('a-key:'),
    ]) {
      const { status, body } = await send(headers);
      assert.deepEqual([status, body], [200, first]);
    }
    assert.equal((await send(basic('a-user:a-password'))).body.keyId, 'k2');
    assert.equal((await send(['X-API-Key', 'a-key'], bearer('another-site'))).status, 200);
    assert.equal((await send(['X-API-Key', 'a-key'], basic('site:login'))).status, 200);
  });

  it('refuses requests without a valid key with 401 and a challenge', async () => {
    for (const headers of [
      [],
      bearer('unknown'),
      bearer('an-expired-key'),
      ['Authorization', 'Digest a-key'],
      bearer(''),
    ]) {
      const { status, headers: answered, body } = await send(headers);
      assert.equal(status, 401);
      assert.equal(answered['www-authenticate'], 'Bearer realm="keywright"');
      assert.equal(body.code, 'credential.invalid');
    }
  });

  it('refuses two credentials, and keys in the query', async () => {
    const twice = await send(['X-API-Key', 'a-key'], ['X-API-Key', 'a-weak-key']);
    assert.equal(twice.status, joinsHeaders ? 401 : 400);
    const both = await send(bearer('a-key'), bearer('a-weak-key'));
    assert.equal(both.status, twoAuthorizations);
    const { status, body } = await get(urlOf(), [bearer('a-key')], '/orders?Api_Key=a-key');
    assert.deepEqual([status, body.code], [400, 'credential.in_query']);
  });

  it('names what is missing with 403', async () => {
    const weak = await send(bearer('a-weak-key'));
    assert.deepEqual([weak.status, weak.body.message], [403, 'The API key must have level 2.']);
    const narrow = await send(bearer('a-narrow-key'));
    assert.deepEqual([narrow.status, narrow.body.message], [403, 'The API key lacks the scope orders:read.']);
    assert.equal(narrow.headers['x-error-code'], 'access.level_lacking');
  });

  it('tells of limits in the headers, and refuses with 429', async () => {
    const { status, headers } = await send(bearer('a-limited-key'));
    assert.deepEqual(
      [status, headers.ratelimit, headers['ratelimit-policy']],
      [200, '"key";r=98;t=1', '"key";q=100;w=60'],
    );
    const busy = await send(bearer('a-busy-key'));
    assert.deepEqual(
      [busy.status, busy.headers.ratelimit, busy.headers['ratelimit-policy'], busy.headers['retry-after']],
      [429, '"key";r=98;t=1, "external-3600";r=0;t=41', '"key";q=100;w=60, "external-3600";q=1000;w=3600', '41'],
    );
  });

  it('refuses with 503 what can’t be verified', async () => {
    for (const key of ['an-unlucky-key', 'a-thrown-key']) {
      const { status, headers, body } = await send(bearer(key));
      assert.deepEqual([status, headers['retry-after'], body.code], [503, '1', 'unavailable']);
    }
  });

  it('verifies the address that the framework knows', async () => {
    assert.equal((await send(bearer('a-bound-key'))).status, knowsConnection ? 200 : 403);
    assert.equal((await send(bearer('a-remote-key'))).status, 403);
  });

  it('shows a key in no answer', async () => {
    for (const key of Object.keys(KEYS)) {
      const { text, headers } = await send(bearer(key));
      assert.ok(!(text + JSON.stringify(headers)).includes(key));
    }
  });
}

export { bearer, get };
