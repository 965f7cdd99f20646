/** Guarantees for limits that all keys of an external id share: set, read, kept within their merchant, and counted together, on every instance. */

import { setTimeout as sleep } from 'node:timers/promises';
import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import { TestServer, type User } from '../../support/server.js';

describe('limits that keys share', () => {
  let server: TestServer;
  let other: TestServer;
  let user: User;
  let application: string;
  let names = 0;
  beforeAll(async () => {
    server = await TestServer.start({ MAX_SHARED_LIMITS_PER_MERCHANT: '12' });
    user = await server.newMerchant();
    application = await server.newApplication(user);
    other = await server.another();
    // Until each knows of the other.
    await sleep(3500);
  });
  beforeEach(async () => {
    // Of each test's own, so that none meets the number that a merchant may have.
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(async () => {
    await other.close();
    await server.stop();
  });

  const pathOf = (externalId: string) => `/api/v1/shared-limits/${encodeURIComponent(externalId)}`;
  const call = (method: string, path: string, json?: unknown, { token } = user) =>
    server.call(method, path, { token, json });
  const put = (externalId: string, json: unknown) => call('PUT', pathOf(externalId), json);
  const newName = () => `customer ${(names += 1)}`;
  const newKey = (externalId: string | null, limits: object = {}) =>
    server.newFullKey(user, application, { externalId, ...limits });
  const verify = async (key: string, by = server, cost = 1) =>
    (await by.call('POST', '/api/v1/keys/verify', { token: user.token, json: { key, cost } })).body;
  const allowed = async (key: string, times: number, by = server) => {
    const all = await Promise.all(Array.from({ length: times }, () => verify(key, by)));
    return all.filter(({ valid }) => valid).length;
  };
  const hourly = (limit: number) => ({ limit, windowSeconds: 3600 });
  const quota = (limit: number) => ({ limit, period: 'month' });

  it('are set, read, listed, replaced and deleted, whatever the external id holds', async () => {
    const odd = 'a/b %2F ?ü#&=+ 100%';
    const first = await put(odd, { rateLimits: [hourly(5)] });
    const shown = { externalId: odd, rateLimits: [hourly(5)], quota: null };
    expect([first.status, first.body]).toEqual([
      200,
      { ...shown, createdAt: expect.any(String), updatedAt: expect.any(String) },
    ]);
    expect((await call('GET', pathOf(odd))).body).toEqual(first.body);
    const second = await put(odd, { quota: quota(7) });
    expect(second.body).toMatchObject({ rateLimits: null, quota: quota(7), createdAt: first.body.createdAt });
    await put('A', { quota: quota(1) });
    await put('a', { quota: quota(2) });
    const { body } = await call('GET', '/api/v1/shared-limits?limit=2&page=1');
    expect([body.items.map(({ externalId }: { externalId: string }) => externalId), body.totalItems]).toEqual([
      ['A', 'a'],
      3,
    ]);
    expect((await call('DELETE', pathOf(odd))).status).toBe(204);
    for (const method of ['GET', 'DELETE']) {
      const { status, headers } = await call(method, pathOf(odd));
      expect([status, headers['x-error-code']]).toEqual([404, 'shared_limit.not_found']);
    }
    const records = await server.dataSource
      .getRepository(AuditEvent)
      .findBy({ merchantId: user.merchantId, targetType: 'shared_limit' });
    expect(records.map(({ action }) => action).sort()).toEqual(
      [...Array<string>(4).fill('shared_limit.set'), 'shared_limit.deleted'].sort(),
    );
  });

  const wrong: [string, unknown, string][] = [
    ['no limit', {}, 'rateLimits'],
    ['limits that are none', { rateLimits: null, quota: null }, 'rateLimits'],
    ['one window twice', { rateLimits: [hourly(1), hourly(2)] }, 'rateLimits'],
    ['an empty list', { rateLimits: [] }, 'rateLimits'],
    ['a quota of nothing', { quota: quota(0) }, 'quota.limit'],
  ];

  it.each(wrong)('refuse %s', async (_, json, field) => {
    const { status, body } = await put('x', json);
    expect([status, body.details]).toEqual([400, [{ field, message: expect.any(String) }]]);
    expect((await call('GET', '/api/v1/shared-limits')).body.totalItems).toBe(0);
  });

  it('refuse an external id that no key can have, and more than a merchant may have', async () => {
    for (const externalId of ['x'.repeat(256), 'a\u202eb', ' '])
      expect((await put(externalId, { quota: quota(1) })).body.details[0].field).toBe('externalId');
    for (let n = 0; n < 12; n += 1) expect((await put(`n ${n}`, { quota: quota(1) })).status).toBe(200);
    const { status, headers } = await put('one more', { quota: quota(1) });
    expect([status, headers['x-error-code']]).toEqual([409, 'shared_limit.limit_reached']);
    expect((await put('n 0', { quota: quota(2) })).status).toBe(200);
  });

  it('belong to their merchant alone', async () => {
    const name = newName();
    await put(name, { quota: quota(1) });
    const stranger = await server.newMerchant();
    expect((await call('GET', pathOf(name), undefined, stranger)).status).toBe(404);
    expect((await call('GET', '/api/v1/shared-limits', undefined, stranger)).body.items).toEqual([]);
    const path = `${pathOf(name)}?merchantId=${user.merchantId}`;
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect((await call(method, path, method === 'PUT' ? { quota: quota(9) } : undefined, stranger)).status).toBe(403);
    const reader = await server.newMember(user, 'readSome');
    expect((await call('GET', pathOf(name), undefined, reader)).status).toBe(200);
    expect((await call('PUT', pathOf(name), { quota: quota(9) }, reader)).status).toBe(403);
    expect((await call('PUT', path, { quota: quota(3) }, server.admin)).body.quota).toEqual(quota(3));
    const foreignApplication = await server.newApplication(stranger);
    const foreign = await server.newFullKey(stranger, foreignApplication, { externalId: name });
    const { body } = await server.call('POST', '/api/v1/keys/verify', {
      token: stranger.token,
      json: { key: foreign.fullKey },
    });
    expect(body).toMatchObject({ valid: true, quota: null });
  });

  it('are not set over the heads of stronger keys', async () => {
    const name = newName();
    const admin = await server.newMember(server.admin, 'admin');
    const path = `/api/v1/api-keys?merchantId=${user.merchantId}`;
    await server.call('POST', path, { token: admin.token, json: { description: 'x', level: 8, externalId: name } });
    const { status, headers } = await put(name, { quota: quota(1) });
    expect([status, headers['x-error-code']]).toEqual([403, 'access.stronger_key']);
  });

  it('are used up by all keys of the external id together, from the moment that they are set', async () => {
    const name = newName();
    const [a, b, c] = [await newKey(name), await newKey(name), await newKey(`${name}0`)];
    expect([await allowed(a.fullKey, 3), await allowed(b.fullKey, 3), await allowed(c.fullKey, 3)]).toEqual([3, 3, 3]);
    await put(name, { rateLimits: [hourly(10)], quota: quota(100) });
    expect([await allowed(a.fullKey, 6), await allowed(b.fullKey, 6), await allowed(c.fullKey, 6)]).toEqual([5, 0, 6]);
    const later = await newKey(name);
    expect(await allowed(later.fullKey, 2)).toBe(0);
    await put(name, { rateLimits: [hourly(12)] });
    // Half of the limit is the other instance's until it is moved.
    expect(await allowed(later.fullKey, 3)).toBe(1);
    await call('DELETE', pathOf(name));
    expect([await allowed(a.fullKey, 20), await verify(b.fullKey)]).toMatchObject([
      20,
      { rateLimits: null, quota: null },
    ]);
  });

  it('stand beside the limits of the key: all must admit, one that refuses uses up none, and is named', async () => {
    const name = newName();
    await put(name, { rateLimits: [{ limit: 1000, windowSeconds: 60 }], quota: quota(5) });
    const a = await newKey(name, { rateLimit: { limit: 200, windowSeconds: 60 }, quota: quota(3) });
    const b = await newKey(name);
    expect(await allowed(a.fullKey, 5)).toBe(3);
    expect(await verify(a.fullKey)).toMatchObject({
      outcome: 'QUOTA_EXCEEDED',
      limitedBy: 'key',
      quota: { appliesTo: 'key', limit: 3, remaining: 0 },
      rateLimits: [
        { appliesTo: 'key', limit: 200, remaining: 97 },
        { appliesTo: 'externalId', limit: 1000, remaining: 497 },
      ],
    });
    expect(await allowed(b.fullKey, 5)).toBe(2);
    expect(await verify(b.fullKey)).toMatchObject({
      outcome: 'QUOTA_EXCEEDED',
      limitedBy: 'externalId',
      quota: { appliesTo: 'externalId', limit: 5, remaining: 0 },
    });
    const { headers } = await server.call('GET', '/api/v1/keys/check', { token: a.fullKey });
    expect(headers['ratelimit-policy']).toBe('"key";q=200;w=60, "external-60";q=1000;w=60');
    const json = { key: b.fullKey, cost: 6 };
    const { status, body } = await server.call('POST', '/api/v1/keys/verify', { token: user.token, json });
    expect([status, body.details[0].message]).toEqual([400, "cost must be at most 5, its external id's quota"]);
  });

  it('hold on every instance from the answer on, together', async () => {
    const name = newName();
    const [a, b] = [await newKey(name), await newKey(name)];
    expect([await allowed(a.fullKey, 2), await allowed(b.fullKey, 2, other)]).toEqual([2, 2]);
    await put(name, { quota: quota(40) });
    const [here, there] = await Promise.all([allowed(a.fullKey, 35), allowed(b.fullKey, 35, other)]);
    expect(here + there).toBeGreaterThanOrEqual(38);
    expect(here + there + (await allowed(b.fullKey, 4, other))).toBeLessThanOrEqual(40);
    expect(await verify(b.fullKey, other)).toMatchObject({ limitedBy: 'externalId' });
    await other.call('DELETE', pathOf(name), { token: user.token });
    expect([await allowed(a.fullKey, 5), await allowed(b.fullKey, 5, other)]).toEqual([5, 5]);
  });

  it('follow a key whose external id changes', async () => {
    const [full, empty] = [newName(), newName()];
    await put(full, { quota: quota(1) });
    const { id, fullKey } = await newKey(full);
    expect(await allowed(fullKey, 2)).toBe(1);
    const path = `/api/v1/api-keys/${id}`;
    await call('PATCH', path, { externalId: empty });
    expect(await allowed(fullKey, 2)).toBe(2);
    await call('PATCH', path, { externalId: full });
    expect(await allowed(fullKey, 2)).toBe(0);
  });
});
