/** Guarantees of `POST /api/v1/keys/verify`: the outcome of every kind of key, and which one is named when several things are wrong. */

import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { Application } from '../../../src/applications/application.entity.js';
import { TestServer, type User } from '../../support/server.js';

const HOUR_MS = 3_600_000;

describe('POST /api/v1/keys/verify: outcomes', () => {
  let server: TestServer;
  let user: User;
  let blocked: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    application = await server.newApplication(user);
    blocked = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const verify = async (json: unknown, token = server.admin.token) => {
    const { status, body } = await server.call('POST', '/api/v1/keys/verify', { token, json });
    expect(status).toBe(200);
    return body;
  };
  const set = (id: string, row: Partial<ApiKey>) => server.dataSource.getRepository(ApiKey).update(id, row);

  it('answers with every field of a key of the merchants surface', async () => {
    const { id, fullKey } = await server.newFullKey(user, application, { rateLimit: { limit: 5, windowSeconds: 600 } });
    const expiresAt = new Date(Date.now() + HOUR_MS);
    await set(id, { scopes: ['payments:*', 'refunds:read'], expiresAt });
    const state = { appliesTo: 'key', limit: 5, windowSeconds: 600, remaining: 4, resetSeconds: 600 };
    expect(await verify({ key: fullKey, level: 4, scopes: ['payments:write'], applicationId: application })).toEqual({
      valid: true,
      outcome: 'VALID',
      keyId: id,
      merchantId: user.merchantId,
      clientId: user.clientId,
      accountId: user.uuid,
      applicationId: application,
      serviceId: null,
      environment: 'live',
      level: 4,
      scopes: ['payments:*', 'refunds:read'],
      name: 'A key',
      externalId: null,
      metadata: null,
      expiresAt: expiresAt.toISOString(),
      limitedBy: null,
      rateLimit: state,
      rateLimits: [state],
      quota: null,
    });
  });

  it('marks a key of a test application as such', async () => {
    const { fullKey } = await server.newFullKey(user, await server.newApplication(user, 'test'));
    expect(await verify({ key: fullKey })).toMatchObject({ valid: true, environment: 'test' });
  });

  it('verifies a pair of the clients surface, with its service', async () => {
    const { id, apikey, apisecret } = await server.newPair(user);
    const serviceId = expect.stringMatching(/^[\da-f-]{36}$/);
    expect(await verify({ key: `${apikey}:${apisecret}` })).toMatchObject({
      ...{ valid: true, keyId: id, clientId: user.clientId, applicationId: null, serviceId },
      ...{ scopes: null, rateLimit: null },
    });
  });

  it('verifies a pair of the accounts surface, never above what its account may do now', async () => {
    const member = await server.newMember(user, 'user');
    const { basic } = await server.newPersonalKey(member, 4);
    const other = await server.newPersonalKey(member, 4);
    expect(await verify({ key: basic, level: 4 })).toMatchObject({ valid: true, level: 4, accountId: member.uuid });
    await server.dataSource.query('UPDATE account SET role = ? WHERE id = ?', ['readOnly', member.accountId]);
    expect(await verify({ key: other.basic, level: 3 })).toMatchObject({ outcome: 'INSUFFICIENT_LEVEL', level: 2 });
    expect(await verify({ key: other.basic, level: 2 })).toMatchObject({ outcome: 'VALID', level: 2 });
  });

  it('reveals nothing of a key with a wrong secret, a deleted one, or an unknown one', async () => {
    const gone = await server.newFullKey(user, application);
    const { fullKey } = await server.newFullKey(user, application);
    const other = await server.newFullKey(user, application);
    expect(await verify({ key: gone.fullKey })).toMatchObject({ valid: true });
    const path = `/api/v1/applications/${application}/api-keys/${gone.id}`;
    expect((await server.call('DELETE', path, { token: user.token })).status).toBe(204);
    const nothing = Object.fromEntries(
      ['keyId', 'merchantId', 'clientId', 'accountId', 'applicationId', 'serviceId', 'environment', 'level', 'scopes']
        .concat('name', 'externalId', 'metadata', 'expiresAt', 'limitedBy', 'rateLimit', 'rateLimits', 'quota')
        .map((field) => [field, null]),
    );
    const notFound = { ...nothing, valid: false, outcome: 'NOT_FOUND' };
    const { apikey } = await server.newPair(user);
    const { apisecret } = await server.newPair(user);
    for (const key of [
      gone.fullKey,
      fullKey.slice(0, 24) + other.fullKey.slice(24),
      `${apikey}:${apisecret}`,
      fullKey.slice(0, -1),
      `${fullKey}x`,
      'garbage',
      ':',
      'ks_live_',
      fullKey.toUpperCase(),
    ]) {
      expect(await verify({ key })).toEqual(notFound);
    }
    expect(await verify({ key: fullKey })).toMatchObject({ valid: true });
  });

  it('finds a key only for the required application', async () => {
    const { fullKey } = await server.newFullKey(user, application);
    const another = await server.newApplication(user);
    expect(await verify({ key: fullKey, applicationId: another })).toMatchObject({ outcome: 'NOT_FOUND', keyId: null });
    expect(await verify({ key: fullKey, applicationId: application })).toMatchObject({ outcome: 'VALID' });
  });

  it('Q9: finds a key only for the required merchant, by its id or its client id, in a batch too', async () => {
    const { fullKey } = await server.newFullKey(user, application);
    const stranger = await server.newMerchant();
    for (const merchant of [user.clientId, user.merchantId, user.merchantId.toUpperCase()])
      expect(await verify({ key: fullKey, merchant })).toMatchObject({ outcome: 'VALID' });
    expect(await verify({ key: fullKey, applicationId: application.toUpperCase() })).toMatchObject({
      outcome: 'VALID',
    });
    const unknown = await verify({ key: 'garbage' });
    for (const merchant of [stranger.clientId, stranger.merchantId])
      expect(await verify({ key: fullKey, merchant })).toEqual(unknown);
    const keys = [user, stranger].map(({ clientId }) => ({ key: fullKey, merchant: clientId }));
    const { body } = await server.call('POST', '/api/v1/keys/verify/batch', {
      token: server.admin.token,
      json: { keys },
    });
    expect(body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['VALID', 'NOT_FOUND']);
    const json = { key: fullKey, merchant: '1234567' };
    expect((await server.call('POST', '/api/v1/keys/verify', { token: user.token, json })).status).toBe(400);
  });

  it.each([
    ['203.0.113.9', true],
    ['::ffff:203.0.113.9', true],
    ['2001:db8::7', true],
    ['203.0.114.1', false],
    ['2001:db9::1', false],
    [undefined, false],
  ])('accepts a key that is bound to networks from one of them alone: %s → %s', async (ip, valid) => {
    const allowedIps = ['203.0.113.0/24', '2001:db8::/32'];
    const { fullKey } = await server.newFullKey(user, application, { allowedIps });
    expect(await verify({ key: fullKey, ip })).toMatchObject({ valid, outcome: valid ? 'VALID' : 'IP_NOT_ALLOWED' });
  });

  it.each([
    [null, ['anything'], true],
    [['payments:write'], ['payments:write'], true],
    [['payments:write'], [], true],
    [['payments:*'], ['payments:write', 'payments:read'], true],
    [['payments:write'], ['payments:write', 'payments:read'], false],
    [['payments:*'], ['paymentsx'], false],
    [['payments:write'], ['payments:*'], false],
    [[], ['payments:write'], false],
  ])('grants by the scopes %j the required %j: %s', async (scopes, wanted, valid) => {
    const { id, fullKey } = await server.newFullKey(user, application);
    await set(id, { scopes });
    const outcome = valid ? 'VALID' : 'MISSING_SCOPE';
    expect(await verify({ key: fullKey, scopes: wanted })).toMatchObject({ valid, outcome });
  });

  it('refuses a key from the moment it expires', async () => {
    const { id, fullKey } = await server.newFullKey(user, application);
    const inTenSeconds = new Date(server.clock.now().getTime() + 10_000);
    await set(id, { expiresAt: inTenSeconds });
    const token = await server.newFullKey(server.admin, await server.newApplication(server.admin));
    await set(token.id, { level: 8 });
    expect(await verify({ key: fullKey }, token.fullKey)).toMatchObject({ outcome: 'VALID' });
    server.clock.advance(11);
    expect(await verify({ key: fullKey }, token.fullKey)).toMatchObject({ outcome: 'EXPIRED', keyId: id });
  });

  /** What can be wrong with a key, in the order of the checks. */
  const FAULTS = [
    'DISABLED',
    'EXPIRED',
    'APPLICATION_DISABLED',
    'OWNER_DISABLED',
    'IP_NOT_ALLOWED',
    'INSUFFICIENT_LEVEL',
    'MISSING_SCOPE',
    'RATE_LIMITED',
    'QUOTA_EXCEEDED',
    'VALID',
  ];

  it.each(FAULTS)('answers %s when it and all later checks fail', async (outcome) => {
    const faults = new Set(FAULTS.slice(FAULTS.indexOf(outcome)));
    const owner = faults.has('OWNER_DISABLED') ? blocked : user;
    const ownApplication = await server.newApplication(owner);
    const { id, fullKey } = await server.newFullKey(owner, ownApplication, {
      rateLimit: { limit: faults.has('RATE_LIMITED') ? 3 : 1000, windowSeconds: 3600 },
      quota: { limit: faults.has('QUOTA_EXCEEDED') ? 3 : 1000, period: 'month' },
      allowedIps: faults.has('IP_NOT_ALLOWED') ? ['192.0.2.1'] : ['198.51.100.0/24'],
    });
    await set(id, {
      isActive: !faults.has('DISABLED'),
      expiresAt: new Date(Date.now() + (faults.has('EXPIRED') ? -HOUR_MS : HOUR_MS)),
      level: faults.has('INSUFFICIENT_LEVEL') ? 1 : 2,
      scopes: faults.has('MISSING_SCOPE') ? ['a'] : ['b'],
    });
    const isEnabled = !faults.has('APPLICATION_DISABLED');
    await server.dataSource.getRepository(Application).update(ownApplication, { isEnabled });
    if (owner === blocked) await server.dataSource.query(...blocking(owner.merchantId, 'blocked'));
    const request = { key: fullKey, ip: '198.51.100.7', level: 2, scopes: ['b'], cost: 2 };
    // What has no other fault uses up two of three, which is too much the second time.
    await verify(request);
    const answer = await verify(request);
    if (owner === blocked) await server.dataSource.query(...blocking(owner.merchantId, 'active'));
    expect(answer).toMatchObject({ valid: outcome === 'VALID', outcome, keyId: id, name: 'A key' });
  });

  const blocking = (merchantId: string, status: string): [string, string[]] => [
    'UPDATE merchant SET status = ? WHERE id = ?',
    [status, merchantId],
  ];
});
