/**
 * Guarantees of the exposure detector: a key in a query or over plain HTTP is noticed, whatever answers the request, and the answer stays
 * the same.
 */

import { exposureEvents, forgedKey, setPolicy, settled, sourceOf } from '../../support/exposures.js';
import { foreignKey, importLines, outcomeOf, sha256Row } from '../../support/imports.js';
import { mailsSent, mailsTo } from '../../support/mails.js';
import { TestServer, type User } from '../../support/server.js';

const CHECK = '/api/v1/keys/check';

describe('keys in the wrong place', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let key: { id: string; fullKey: string };
  beforeAll(async () => {
    server = await TestServer.start({ TRUSTED_PROXIES: '10.0.0.0/8,127.0.0.1' });
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  beforeEach(async () => (key = await server.newFullKey(user, application)));
  afterAll(() => server.stop());

  const newKey = async (owner: User) => server.newFullKey(owner, await server.newApplication(owner));

  it.each([
    ['a check', 'GET', CHECK, 400],
    ['a check that asks for nonsense', 'GET', `${CHECK}?level=9`, 400],
    ['a verification', 'POST', '/api/v1/keys/verify', 400],
    ['a guarded route', 'GET', '/api/v1/applications', 401],
    ['a public route', 'POST', '/api/v1/auth/login', 400],
    ['a route of another surface', 'GET', '/whoami/key', 401],
    ['no route at all', 'GET', '/nowhere', 404],
  ])('notices a key in the query of %s, without changing the answer', async (_, method, path, status) => {
    const url = `${path}${path.includes('?') ? '&' : '?'}api_key=${key.fullKey}`;
    const answer = await server.call(method, url, { json: method === 'POST' ? {} : undefined });
    expect(answer.status).toBe(status);
    expect(await sourceOf(server, key.id)).toBe('query');
    const [event] = await exposureEvents(server, key.id);
    const where = `${method} ${path.split('?')[0]}?…`;
    expect(event?.details).toMatchObject({ source: 'query', where, policy: 'notify', action: 'none' });
  });

  it.each([
    ['under another name', (fullKey: string) => `?x=1&Access_Token=${fullKey}`],
    ['under a name of its own', (fullKey: string) => `?q=${fullKey}`],
    ['within an address', (fullKey: string) => `?next=https%3A%2F%2Fapi.example%2F%3Fkey%3D${fullKey}%26x`],
  ])('notices a key %s', async (_, query) => {
    await server.call('GET', `/api/v1/applications${query(key.fullKey)}`, { token: user.token });
    expect(await sourceOf(server, key.id)).toBe('query');
  });

  it('notices pairs, in one parameter or in two, and imported keys', async () => {
    const [one, two] = [await server.newPair(user), await server.newPair(user)];
    const imported = foreignKey();
    await importLines(server, user, [sha256Row(imported)]);
    await server.call('GET', `/nowhere?key=${encodeURIComponent(`${one.apikey}:${one.apisecret}`)}`);
    await server.call('GET', `${CHECK}?apikey=${two.apikey}&apisecret=${two.apisecret}`);
    await server.call('GET', `/nowhere?token=${imported}`);
    const three = await server.newPair(user);
    await server.call('GET', `/oauth/token?client_id=${three.apikey}&client_secret=${three.apisecret}`);
    expect(await sourceOf(server, three.id)).toBe('query');
    expect(await Promise.all([one, two].map(({ id }) => sourceOf(server, id)))).toEqual(['query', 'query']);
    const { body } = await server.call('GET', '/api/v1/api-keys?q=from%20before', { token: user.token });
    expect(body.items[0].exposedSource).toBe('query');
  });

  it.each(['x-original-uri', 'x-forwarded-uri', 'x-original-url'])(
    'notices a key in the query that a gateway forwards in %s, and accepts a valid key',
    async (header) => {
      const { fullKey } = await server.newFullKey(user, application);
      const headers = { [header]: `/orders?page=2&api_key=${key.fullKey}` };
      expect((await server.call('GET', CHECK, { token: fullKey, headers })).status).toBe(204);
      expect(await sourceOf(server, key.id)).toBe('query');
      const [event] = await exposureEvents(server, key.id);
      expect(event?.details.where).toBe('GET /orders?…');
    },
  );

  it('ignores a part of a key, an unknown key, and any other text in a query', async () => {
    for (const value of [key.fullKey.slice(0, 24), key.fullKey.slice(0, -1), `${key.fullKey}x`, forgedKey(), 'x'])
      await server.call('GET', `/nowhere?api_key=${value}&token=${'y'.repeat(2000)}`);
    await server.call('GET', `/nowhere/${key.fullKey}`);
    expect(await sourceOf(server, key.id)).toBeNull();
  });

  it.each([
    ['Bearer', (token: string) => ({ token })],
    ['Basic', (token: string) => ({ basic: `${token}:` })],
    ['X-API-Key', (token: string) => ({ headers: { 'x-api-key': token } })],
  ])('notices a key that reached a trusted proxy over plain HTTP as %s', async (_, present) => {
    const { headers, ...options } = { headers: {}, ...present(key.fullKey) };
    const plain = { ...options, headers: { ...headers, 'x-forwarded-proto': 'http' } };
    expect((await server.call('GET', CHECK, plain)).status).toBe(204);
    expect(await sourceOf(server, key.id)).toBe('http');
    const [event] = await exposureEvents(server, key.id);
    expect(event?.details).toMatchObject({ source: 'http', where: `GET ${CHECK}`, policy: 'notify' });
  });

  it('notices a key that came over plain HTTP in a body: of an OAuth client, and of a verification', async () => {
    const headers = { 'x-forwarded-proto': 'http' };
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
    const client = (id: string, secret: string) =>
      `grant_type=client_credentials&client_id=${id}&client_secret=${secret}`;
    const [pair, ...keys] = [await server.newPair(user), await newKey(user), await newKey(user), await newKey(user)];
    const [whole, asked, several] = keys as [typeof key, typeof key, typeof key];
    const grant = (body: string) => server.call('POST', '/oauth/token', { body, headers: form });
    expect((await grant(client(pair.apikey, pair.apisecret))).status).toBe(200);
    expect((await grant(client(whole.fullKey.slice(0, 24), whole.fullKey))).status).toBe(200);
    const ask = (path: string, json: object) => server.call('POST', path, { token: user.token, json, headers });
    await ask('/api/v1/keys/verify', { key: asked.fullKey });
    await ask('/api/v1/keys/verify/batch', { keys: [{ key: 'x' }, { key: several.fullKey }] });
    const basic = `${key.fullKey.slice(0, 12)}:${key.fullKey}`;
    await server.call('POST', '/oauth/token', { basic, body: 'grant_type=client_credentials', headers: form });
    for (const { id } of [pair, ...keys, key]) expect(await sourceOf(server, id)).toBe('http');
  });

  it('notices a pair that came over plain HTTP to another surface', async () => {
    const { key: id, basic } = await server.newPersonalKey(user);
    const { status } = await server.call('GET', '/whoami/key', { basic, headers: { 'x-forwarded-proto': 'HTTP' } });
    expect(status).toBe(200);
    expect(await sourceOf(server, id)).toBe('http');
  });

  it.each([
    ['says https', { 'x-forwarded-proto': 'https' }, '127.0.0.1'],
    ['says that the client came by https', { 'x-forwarded-proto': 'https, http' }, '127.0.0.1'],
    ['says nothing', {}, '127.0.0.1'],
    ['is not trusted', { 'x-forwarded-proto': 'http' }, '127.0.0.2'],
  ])('ignores requests whose proxy %s', async (_, headers, from) => {
    expect((await server.call('GET', CHECK, { token: key.fullKey, headers, from })).status).toBe(204);
    expect(await sourceOf(server, key.id)).toBeNull();
  });

  it('ignores a login token that came over plain HTTP', async () => {
    const headers = { 'x-forwarded-proto': 'http' };
    expect((await server.call('GET', '/api/v1/applications', { token: user.token, headers })).status).toBe(200);
    await settled(server);
  });

  it.each([
    ['off', null, 'VALID'],
    ['notify', 'query', 'VALID'],
    ['disable', 'query', 'DISABLED'],
    ['revoke', 'query', 'NOT_FOUND'],
  ])('applies the policy "%s" to a key in a query', async (inQuery, source, outcome) => {
    const owner = await server.newMerchant();
    await setPolicy(server, owner, { inQuery, overHttp: 'off', reported: 'disable' });
    const { id, fullKey } = await newKey(owner);
    await server.call('GET', `/nowhere?key=${fullKey}`);
    expect([await sourceOf(server, id), await outcomeOf(server, fullKey)]).toEqual([source, outcome]);
  });

  it.each([
    ['off', null, 'VALID'],
    ['disable', 'http', 'DISABLED'],
    ['revoke', 'http', 'NOT_FOUND'],
  ])('applies the policy "%s" to a key over plain HTTP', async (overHttp, source, outcome) => {
    const owner = await server.newMerchant();
    await setPolicy(server, owner, { overHttp, inQuery: 'off' });
    const { id, fullKey } = await newKey(owner);
    const headers = { 'x-forwarded-proto': 'http' };
    for (let use = 0; use < 3; use += 1) await server.call('GET', CHECK, { token: fullKey, headers });
    expect([await sourceOf(server, id), await outcomeOf(server, fullKey)]).toEqual([source, outcome]);
    expect(await exposureEvents(server, id)).toHaveLength(source === null ? 0 : 1);
  });

  it('notifies of several keys that keep working in one mail, and of a disabled one at once', async () => {
    const owner = await server.newMerchant();
    const exposed = async (): Promise<string> => {
      const { id, fullKey } = await newKey(owner);
      await server.call('GET', `/nowhere?key=${fullKey}`);
      await settled(server);
      return id;
    };
    const toOwner = () => mailsTo(server, owner).map(({ text }) => text);
    const ids = [await exposed(), await exposed()];
    await server.sealed();
    server.clock.advance(300);
    ids.push(await exposed());
    await mailsSent(server, 61);
    expect(toOwner()).toEqual([expect.stringContaining('Subject: 3 API keys were exposed')]);
    for (const id of ids) expect(toOwner()[0]).toContain(id);
    await exposed();
    await server.sealed();
    await setPolicy(server, owner, { inQuery: 'disable' });
    await exposed();
    await mailsSent(server);
    expect(toOwner()).toHaveLength(2);
    expect(toOwner()[1]).toContain('It has been disabled');
  });
});
