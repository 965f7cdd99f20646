/** Guarantees of OAuth sessions: never more than their key at any time, refused at once with it, revocable for good, and no login. */

import { RevokedSession } from '../../../src/verification/cache/revoked-session.entity.js';
import { OAuth, partOf } from '../../support/oauth.js';
import { TestServer, type User } from '../../support/server.js';

describe('sessions', () => {
  let server: TestServer;
  let oauth: OAuth;
  let user: User;
  let application: string;
  let asker: string;
  let id: string;
  let basic: string;
  beforeAll(async () => {
    server = await TestServer.start({ JWT_TTL_SECONDS: '86400' });
    oauth = new OAuth(server);
    user = await server.newMerchant();
    application = await server.newApplication(user);
    asker = (await server.newPersonalKey(user, 1, 86_400)).basic;
  });
  beforeEach(async () => {
    const made = await server.newFullKey(user, application);
    id = made.id;
    basic = `${made.fullKey}:`;
  });
  afterAll(() => server.stop());

  const verify = async (key: string, json: object = {}) =>
    (await server.call('POST', '/api/v1/keys/verify', { basic: asker, json: { key, ...json } })).body;
  const own = (method: string, json?: unknown) =>
    server.call(method, `/api/v1/applications/${application}/api-keys/${id}`, { token: user.token, json });
  const expectGood = async (token: string): Promise<void> => {
    expect((await oauth.check(token)).status).toBe(204);
    expect((await verify(token)).outcome).toBe('VALID');
    expect((await oauth.introspect(asker, token)).body.active).toBe(true);
  };
  const expectRefused = async (token: string): Promise<void> => {
    expect((await oauth.check(token)).status).toBe(401);
    expect((await verify(token)).valid).toBe(false);
    expect((await oauth.introspect(asker, token)).body).toEqual({ active: false });
  };

  it('are verified like their keys, with their own scopes, and count as the key', async () => {
    await own('PATCH', { rateLimit: { limit: 3, windowSeconds: 3600 } });
    const token = await oauth.open(basic, { scope: 'payments:read' });
    const { status, headers } = await oauth.check(token, `?application=${application}&level=4&scope=payments:read`);
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'x-key-id': id,
      'x-merchant-id': user.merchantId,
      'x-application-id': application,
      'x-key-level': '4',
      'x-key-scopes': 'payments:read',
    });
    const { valid, keyId, scopes, rateLimit } = await verify(token);
    expect({ valid, keyId, scopes, remaining: rateLimit.remaining }).toEqual({
      valid: true,
      keyId: id,
      scopes: ['payments:read'],
      remaining: 1,
    });
    expect((await server.call('GET', '/api/v1/keys/check', { basic })).status).toBe(204);
    expect((await oauth.check(token)).status).toBe(429);
    expect((await verify(token, { level: 5 })).outcome).toBe('INSUFFICIENT_LEVEL');
    expect((await verify(token, { scopes: ['payments:write'] })).outcome).toBe('MISSING_SCOPE');
  });

  it('are introspected with the fields of RFC 7662', async () => {
    const token = await oauth.open(basic, { scope: 'payments:read' });
    const { status, headers, body } = await oauth.introspect(asker, token);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect({ ...body, level: 4 }).toEqual({ active: true, token_type: 'Bearer', ...partOf(token, 1) });
  });

  it('are introspected by their merchant from level 1, and by others from level 5', async () => {
    const token = await oauth.open(basic);
    const other = await server.newMerchant();
    const admin = async (level: number) => (await server.newPersonalKey(server.admin, level)).basic;
    const asked = [
      (await server.newPersonalKey(user, 0)).basic,
      asker,
      (await server.newPersonalKey(other, 4)).basic,
      await admin(4),
      await admin(5),
    ];
    const answers = await Promise.all(asked.map(async (client) => (await oauth.introspect(client, token)).body.active));
    expect(answers).toEqual([false, true, false, false, true]);
    const { status, body } = await oauth.introspect('garbage', token);
    expect([status, body]).toEqual([401, { error: 'invalid_client', error_description: expect.any(String) }]);
  });

  it('are all that introspection knows: no API key, login token or garbage', async () => {
    for (const token of [basic.slice(0, -1), user.token, 'garbage', 'a.b.c']) {
      expect((await oauth.introspect(asker, token)).body).toEqual({ active: false });
    }
    const missing = await server.call('POST', '/oauth/introspect', { basic: asker, form: { token: '' } });
    expect([missing.status, missing.body.error]).toEqual([400, 'invalid_request']);
  });

  it('expire in time', async () => {
    const token = await oauth.open(basic);
    server.clock.advance(899);
    await expectGood(token);
    server.clock.advance(1);
    await expectRefused(token);
  });

  it('are refused at once when their key is deleted', async () => {
    const token = await oauth.open(basic);
    await expectGood(token);
    expect((await own('DELETE')).status).toBe(204);
    await expectRefused(token);
  });

  it('are refused while their key is disabled', async () => {
    const token = await oauth.open(basic);
    await own('PATCH', { isEnabled: false });
    await expectRefused(token);
    await own('PATCH', { isEnabled: true });
    await expectGood(token);
  });

  it.each<[string, string[] | null, string | undefined, string[]]>([
    ['one of their scopes is taken from their key', ['a:*', 'b'], 'a:read b', ['b', 'a:write']],
    ['their key was not limited and is', null, undefined, ['a']],
    ['a wildcard of theirs is narrowed', ['a:*'], undefined, ['a:read', 'a:write']],
  ])('are refused at once when %s', async (_, before, scope, after) => {
    await oauth.change(id, { scopes: before });
    const token = await oauth.open(basic, scope === undefined ? {} : { scope });
    await expectGood(token);
    await oauth.change(id, { scopes: after });
    await expectRefused(token);
    await oauth.change(id, { scopes: before });
    await expectGood(token);
  });

  it('continue when their key loses what they never had, and gain nothing when it gains', async () => {
    await oauth.change(id, { scopes: ['a', 'b'] });
    const token = await oauth.open(basic, { scope: 'a' });
    await oauth.change(id, { scopes: ['a', 'c'] });
    await expectGood(token);
    expect((await oauth.check(token, '?scope=c')).status).toBe(403);
  });

  it('are refused at once when the level of their key is lowered, and have its level when it is raised', async () => {
    await oauth.change(id, { level: 3 });
    const token = await oauth.open(basic);
    await oauth.change(id, { level: 4 });
    expect((await oauth.check(token)).headers['x-key-level']).toBe('4');
    await oauth.change(id, { level: 2 });
    await expectRefused(token);
  });

  it('can be revoked by their own client alone, for good and without affecting others', async () => {
    const [token, another] = [await oauth.open(basic), await oauth.open(basic)];
    const foreign = await oauth.revoke(asker, token);
    expect([foreign.status, foreign.body]).toEqual([
      400,
      { error: 'unauthorized_client', error_description: expect.any(String) },
    ]);
    expect((await oauth.revoke('garbage', token)).status).toBe(401);
    await expectGood(token);
    for (const attempt of [1, 2]) {
      const { status, text } = await oauth.revoke(basic, token);
      expect([attempt, status, text]).toEqual([attempt, 200, '']);
      await expectRefused(token);
    }
    await expectGood(another);
    const path = `/api/v1/audit-events?targetId=${id}&action=session.revoked`;
    const { items } = (await server.call('GET', path, { token: user.token })).body;
    expect(items[0].actor.keyId).toBe(id);
    expect(items[0].details.sessionId).toBe(partOf(token, 1).jti);
  });

  it('can be revoked even if unknown (RFC 7009)', async () => {
    for (const token of ['garbage', 'a.b.c', user.token]) expect((await oauth.revoke(basic, token)).status).toBe(200);
  });

  it('remain revoked after a restart, and are deleted when they would have expired', async () => {
    const token = await oauth.open(basic);
    await oauth.revoke(basic, token);
    await server.close();
    await server.open();
    expect((await oauth.check(token)).status).toBe(401);
    const revoked = server.dataSource.getRepository(RevokedSession);
    const prune = () => server.keepHouse('revoked_sessions');
    await prune();
    expect(await revoked.countBy({ keyId: id })).toBe(1);
    server.clock.advance(900 + 3601);
    await prune();
    expect(await revoked.count()).toBe(0);
  });

  it('can be revoked up to a thousand per key, and further ones when these have expired', async () => {
    const token = await oauth.open(basic);
    const rows = Array.from({ length: 1000 }, (_, n) => ({ id: `r-${n}`, keyId: id, expiresAt: server.clock.in(60) }));
    await server.dataSource.getRepository(RevokedSession).insert(rows);
    const { status, headers } = await oauth.revoke(basic, token);
    expect([status, headers['retry-after']]).toEqual([503, '60']);
    await expectGood(token);
    server.clock.advance(61);
    expect((await oauth.revoke(basic, token)).status).toBe(200);
    await expectRefused(token);
  });

  it('are valid neither as a login nor to verify keys', async () => {
    const token = await oauth.open(basic);
    for (const path of ['/api/clients/api-keys', '/api/v1/applications', '/whoami/jwt', '/whoami/key']) {
      expect((await server.call('GET', path, { token })).status).toBe(401);
    }
    const asked = await server.call('POST', '/api/v1/keys/verify', { token, json: { key: token } });
    expect(asked.status).toBe(401);
    expect((await oauth.check(user.token)).status).toBe(401);
  });
});
