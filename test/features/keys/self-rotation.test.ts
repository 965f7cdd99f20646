/** Guarantees of a key that rotates itself: only one that may, only with its current credential, for nothing more than it had. */

import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import type { RequestOptions } from '../../support/http.js';
import { foreignKey, importLines, sha256Row } from '../../support/imports.js';
import { TestServer, type User } from '../../support/server.js';

interface Key {
  id: string;
  fullKey: string;
}

const PATH = '/api/v1/keys/rotate';

describe('a key that rotates itself', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let key: Key;
  beforeAll(async () => {
    server = await TestServer.start({ JWT_TTL_SECONDS: '100000000' });
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  beforeEach(async () => (key = await newKey()));
  afterAll(() => server.stop());

  const newKey = (settings: object = {}): Promise<Key> =>
    server.newFullKey(user, application, { selfRotate: true, ...settings });
  const call = (method: string, path: string, json?: object) => server.call(method, path, { token: user.token, json });
  const patch = (json: object, id = key.id) => call('PATCH', `/api/v1/api-keys/${id}`, json);
  const read = async (id = key.id) => (await call('GET', `/api/v1/api-keys/${id}`)).body;
  const rotate = (token = key.fullKey, json: object | undefined = { overlapSeconds: 100 }, options?: RequestOptions) =>
    server.call('POST', PATH, { token, json, ...options });
  const statuses = (...keys: string[]) =>
    Promise.all(keys.map(async (token) => (await server.call('GET', '/api/v1/keys/check', { token })).status));
  const eventsOf = (action: string, id = key.id) =>
    server.dataSource.getRepository(AuditEvent).findBy({ targetId: id, action });

  it('gets a new full key, keeps everything else, and is the actor', async () => {
    const narrow = { level: 2, scopes: ['orders:read'], expiresInSeconds: 5000, allowedIps: ['127.0.0.1', '::1'] };
    key = await newKey(narrow);
    const before = await read();
    const { status, body, headers } = await rotate();
    expect([status, headers.etag]).toEqual([201, '"2"']);
    expect(body).toEqual({
      id: key.id,
      applicationId: application,
      fullKey: expect.stringMatching(/^ks_live_[A-Za-z0-9]{54}$/),
      keyPrefix: body.fullKey.slice(0, 12),
      description: before.description,
      createdAt: before.createdAt,
      expiresAt: before.expiresAt,
      previousKey: { keyPrefix: before.keyPrefix, validUntil: expect.any(String), lastUsedAt: expect.any(String) },
    });
    const left = Date.parse(body.previousKey.validUntil) - server.clock.now().getTime();
    expect(Math.abs(left - 100_000)).toBeLessThan(3000);
    await server.flushed();
    expect(await read()).toEqual({
      ...before,
      keyPrefix: body.keyPrefix,
      lastFour: body.fullKey.slice(-4),
      lastUsedAt: expect.anything(),
      lastUsedFrom: { network: '127.0.0.0/24', agent: null },
      previousKey: { ...body.previousKey, lastUsedAt: expect.anything() },
    });
    expect(await statuses(key.fullKey, body.fullKey)).toEqual([204, 204]);
    server.clock.advance(101);
    expect(await statuses(key.fullKey, body.fullKey)).toEqual([401, 204]);
    const [event] = await eventsOf('api_key.rotated');
    expect(event).toMatchObject({ actorKeyId: key.id, details: { mode: 'after_overlap', overlapSeconds: 100 } });
    for (const secret of [key.fullKey, body.fullKey]) expect(JSON.stringify(event)).not.toContain(secret.slice(24));
  });

  it.each<[string, (fullKey: string) => RequestOptions]>([
    ['Bearer', (token) => ({ token })],
    ['X-API-Key', (fullKey) => ({ token: undefined, headers: { 'x-api-key': fullKey } })],
    ['Basic', (fullKey) => ({ token: undefined, basic: `${fullKey}:` })],
  ])('may present itself by %s', async (_, options) => {
    const { status, body } = await server.call('POST', PATH, { json: { overlapSeconds: 60 }, ...options(key.fullKey) });
    expect(status).toBe(201);
    expect(await statuses(body.fullKey)).toEqual([204]);
  });

  it('is refused in the query, and two credentials are', async () => {
    const json = { overlapSeconds: 60 };
    expect((await server.call('POST', `${PATH}?key=${key.fullKey}`, { json })).status).toBe(400);
    const other = (await newKey()).fullKey;
    expect((await rotate(key.fullKey, json, { headers: { 'x-api-key': other } })).status).toBe(400);
    expect((await read()).previousKey).toBeNull();
  });

  it.each([
    [undefined],
    [{}],
    [{ overlapSeconds: 0 }],
    [{ overlapSeconds: 2_592_001 }],
    [{ overlapSeconds: null }],
    [{ mode: 'on_first_use' }],
    [{ mode: 'immediately', overlapSeconds: 60 }],
  ])('is told that it must give an overlap: %j', async (json) => {
    expect((await server.call('POST', PATH, { token: key.fullKey, json })).status).toBe(400);
    expect(await statuses(key.fullKey)).toEqual([204]);
    expect((await read()).previousKey).toBeNull();
  });

  it.each([{ expiresInSeconds: 9000 }, { expiresAt: null }, { endPrevious: true }, { level: 8 }, { scopes: null }])(
    'gains nothing by asking for more: %j',
    async (more) => {
      key = await newKey({ level: 1, scopes: ['orders:read'], expiresInSeconds: 1000 });
      const before = await read();
      await rotate(key.fullKey, { overlapSeconds: 60, ...more });
      const { level, scopes, expiresAt } = await read();
      expect({ level, scopes, expiresAt }).toEqual({
        level: before.level,
        scopes: before.scopes,
        expiresAt: before.expiresAt,
      });
    },
  );

  it('never keeps its old credential longer than itself', async () => {
    key = await newKey({ expiresInSeconds: 50 });
    const { expiresAt } = await read();
    expect((await rotate(key.fullKey, { overlapSeconds: 86_400 })).body.previousKey.validUntil).toBe(expiresAt);
  });

  it('cannot churn: while the overlap runs, neither credential rotates it', async () => {
    const next = (await rotate()).body;
    for (const credential of [key.fullKey, next.fullKey]) {
      const { status, body } = await rotate(credential);
      expect([status, body.message]).toEqual([409, expect.stringContaining(next.previousKey.validUntil)]);
    }
    expect(await eventsOf('api_key.rotated')).toHaveLength(1);
    server.clock.advance(101);
    expect((await rotate(key.fullKey)).status).toBe(401);
    expect((await rotate(next.fullKey)).status).toBe(201);
  });

  it('is rotated by one of several requests', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => rotate()));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it('may rotate again once its new credential was used, if that ended the overlap', async () => {
    const next = (await rotate(key.fullKey, { mode: 'on_first_use', overlapSeconds: 86_400 })).body.fullKey;
    expect(await statuses(key.fullKey)).toEqual([204]);
    expect(await statuses(next)).toEqual([204]);
    expect(await statuses(key.fullKey)).toEqual([401]);
    expect((await rotate(next)).status).toBe(201);
  });

  it('is either rotated or revoked, and in the end revoked', async () => {
    const [rotated, deleted] = await Promise.all([rotate(), call('DELETE', `/api/v1/api-keys/${key.id}`)]);
    expect([deleted.status, [201, 401].includes(rotated.status)]).toEqual([204, true]);
    expect(new Set(await statuses(key.fullKey, rotated.body.fullKey ?? key.fullKey))).toEqual(new Set([401]));
  });

  describe('is refused', () => {
    it('without the permission, with 403', async () => {
      const plain = await server.newFullKey(user, application);
      const personal = await server.newPersonalKey(user);
      const pair = await server.newPair(user);
      for (const options of [
        { token: plain.fullKey },
        { token: undefined, basic: personal.basic },
        { token: undefined, basic: `${pair.apikey}:${pair.apisecret}` },
      ]) {
        const { status, headers } = await server.call('POST', PATH, { json: { overlapSeconds: 60 }, ...options });
        expect([status, headers['x-error-code']]).toEqual([403, 'api_key.self_rotation_not_allowed']);
      }
    });

    it('at once when the permission is taken away, and not when it is given back', async () => {
      expect((await patch({ selfRotate: false })).body.selfRotate).toBe(false);
      expect((await rotate()).status).toBe(403);
      expect((await patch({ selfRotate: true })).body.selfRotate).toBe(true);
      expect((await rotate()).status).toBe(201);
      const changes = (await eventsOf('api_key.updated')).map(({ details }) => details.changes);
      expect(changes).toContainEqual({ selfRotate: { from: true, to: false } });
      expect(changes).toContainEqual({ selfRotate: { from: false, to: true } });
    });

    it.each([
      ['disabled', { isEnabled: false }],
      ['expired', { expiresAt: '2020-01-01T00:00:00Z' }],
      ['used from elsewhere', { allowedIps: ['192.0.2.1'] }],
    ])('when it is %s', async (_, change) => {
      await patch(change);
      expect((await rotate()).status).toBe(401);
      expect((await read()).previousKey).toBeNull();
    });

    it('when it is revoked, forged or a login token', async () => {
      await call('DELETE', `/api/v1/api-keys/${key.id}`);
      for (const token of [key.fullKey, `${key.fullKey.slice(0, -6)}AAAAAA`, user.token, 'a text'])
        expect((await rotate(token)).status).toBe(401);
      expect((await server.call('POST', PATH, { json: { overlapSeconds: 60 } })).status).toBe(401);
    });

    it('when its application is disabled', async () => {
      const own = await server.newApplication(user);
      const ofOwn = await server.newFullKey(user, own, { selfRotate: true });
      await call('PATCH', `/api/v1/applications/${own}/status`, { isEnabled: false });
      expect((await rotate(ofOwn.fullKey)).status).toBe(401);
    });
  });

  it('does not depend on the member who created it', async () => {
    const member = await server.newMember(user, 'user');
    const theirs = await server.newFullKey(member, application, { selfRotate: true });
    await call('DELETE', `/api/v1/members/${member.uuid}`);
    expect((await rotate(theirs.fullKey)).status).toBe(201);
  });

  it('calls no other route of this surface', async () => {
    for (const path of ['/api/v1/api-keys', '/api/v1/applications', '/api/v1/merchants/me'])
      expect((await server.call('GET', path, { token: key.fullKey })).status).toBe(401);
  });

  it('is repeated safely with an Idempotency-Key, which shows the full key once', async () => {
    const headers = { 'idempotency-key': '"renewal 1"' };
    const first = await rotate(key.fullKey, { overlapSeconds: 100 }, { headers });
    const again = await rotate(key.fullKey, { overlapSeconds: 100 }, { headers });
    expect([first.status, again.status, again.headers.replayed]).toEqual([201, 201, 'true']);
    expect(again.body).toEqual({ ...first.body, fullKey: null });
    expect(await eventsOf('api_key.rotated')).toHaveLength(1);
  });

  it('is given the permission by those who create or import it, and lists say so', async () => {
    const without = await server.newFullKey(user, application);
    expect((await read(without.id)).selfRotate).toBe(false);
    const json = { description: 'A key', selfRotate: true };
    expect((await call('POST', '/api/v1/api-keys', json)).body.selfRotate).toBe(true);
    const foreign = foreignKey();
    await importLines(server, user, [sha256Row(foreign, { selfRotate: true, externalId: 'rotates' })]);
    const { items } = (await call('GET', '/api/v1/api-keys?limit=100')).body;
    const imported = items.find(({ externalId }: { externalId: string | null }) => externalId === 'rotates');
    expect(imported.selfRotate).toBe(true);
    const { status, body } = await rotate(foreign);
    expect([status, body.id]).toEqual([201, imported.id]);
    expect(await statuses(foreign, body.fullKey)).toEqual([204, 204]);
    const row = await server.dataSource.getRepository(ApiKey).findOneByOrFail({ id: imported.id });
    expect(row.secretIssuedAt).not.toBeNull();
    for (const wrong of [null, 'true', 1])
      expect((await call('POST', '/api/v1/api-keys', { description: 'A key', selfRotate: wrong })).status).toBe(400);
  });
});
