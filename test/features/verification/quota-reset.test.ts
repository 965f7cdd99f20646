/** Guarantees for quotas in answers, and for their reset: what was used no longer counts, on any instance, and nothing else changes. */

import { setTimeout as sleep } from 'node:timers/promises';
import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import { TestServer, type User } from '../../support/server.js';

describe('the quota of a key', () => {
  let server: TestServer;
  let other: TestServer;
  let user: User;
  let application: string;
  let path: string;
  beforeAll(async () => {
    server = await TestServer.start({ JWT_TTL_SECONDS: '100000000' });
    user = await server.newMerchant();
    application = await server.newApplication(user);
    path = `/api/v1/applications/${application}/api-keys`;
    other = await server.another();
    // Until each knows of the other.
    await sleep(3500);
  });
  afterAll(async () => {
    await other.close();
    await server.stop();
  });

  const verify = async (key: string, by = server, cost = 1) =>
    (await by.call('POST', '/api/v1/keys/verify', { token: user.token, json: { key, cost } })).body;
  const allowed = async (key: string, times: number, by = server) => {
    const all = await Promise.all(Array.from({ length: times }, () => verify(key, by)));
    return all.filter(({ valid }) => valid).length;
  };
  const reset = (id: string, options: object = {}, base = path) =>
    server.call('POST', `${base}/${id}/quota/reset`, { token: user.token, ...options });
  const nextMonth = () => {
    const now = server.clock.now();
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString();
  };

  it('is in the answer of a verification, with what is left of it and the end of its period', async () => {
    const { fullKey } = await server.newFullKey(user, application, { quota: { limit: 10, period: 'month' } });
    const left = (remaining: number) => ({ appliesTo: 'key', limit: 10, remaining, resetsAt: nextMonth() });
    expect((await verify(fullKey, server, 0)).quota).toEqual(left(10));
    expect((await verify(fullKey)).quota).toEqual(left(9));
    expect((await verify(fullKey, server, 6)).quota).toEqual(left(3));
    expect(await verify(fullKey, server, 5)).toMatchObject({
      outcome: 'QUOTA_EXCEEDED',
      quota: left(3),
      limitedBy: 'key',
    });
    expect((await verify(fullKey, server, 0)).quota).toEqual(left(3));
    const unlimited = await server.newFullKey(user, application);
    expect((await verify(unlimited.fullKey)).quota).toBeNull();
    const daily = await server.newFullKey(user, application, { quota: { limit: 10, period: 'day' } });
    const { quota } = await verify(daily.fullKey);
    expect(new Date(quota.resetsAt).getTime() - server.clock.now().getTime()).toBeLessThanOrEqual(86_400_000);
  });

  it.each(['the application', 'the merchant'])('starts anew on every instance by the route of %s', async (by) => {
    const { id, fullKey } = await server.newFullKey(user, application, { quota: { limit: 50, period: 'month' } });
    expect(await allowed(fullKey, 30)).toBe(30);
    // The first instance may hold a unit.
    expect(await allowed(fullKey, 30, other)).toBeGreaterThanOrEqual(19);
    const base = by === 'the application' ? path : '/api/v1/api-keys';
    const { status, body, headers } = await reset(id, {}, base);
    expect([status, body.id, headers.etag]).toEqual([200, id, '"2"']);
    const [here, there] = [await allowed(fullKey, 35), await allowed(fullKey, 35, other)];
    expect([here, [14, 15]]).toEqual([35, expect.arrayContaining([there])]);
    expect((await verify(fullKey, server, 0)).quota).toMatchObject({ resetsAt: nextMonth() });
  });

  it('starts anew each time, also while it is being used, and is never exceeded', async () => {
    const { id, fullKey } = await server.newFullKey(user, application, { quota: { limit: 20, period: 'day' } });
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all([allowed(fullKey, 15), reset(id), allowed(fullKey, 15, other)]);
      // Requests of before and after the reset: never more than both quotas.
      expect(answers[0] + answers[2]).toBeLessThanOrEqual(40);
      await reset(id);
      const [here, there] = await Promise.all([allowed(fullKey, 15), allowed(fullKey, 15, other)]);
      expect(here + there).toBeLessThanOrEqual(20);
      expect(here + there).toBeGreaterThanOrEqual(18);
    }
  });

  it('is reset for its version, by who may change the key, with a record, and only if there is one', async () => {
    const { id, fullKey } = await server.newFullKey(user, application, { quota: { limit: 2, period: 'month' } });
    expect(await allowed(fullKey, 3)).toBe(2);
    const stale = await reset(id, { headers: { 'if-match': '"7"' } });
    expect([stale.status, await allowed(fullKey, 1)]).toEqual([412, 0]);
    expect((await reset(id, { headers: { 'if-match': '"1"' } })).status).toBe(200);
    const [record] = await server.dataSource
      .getRepository(AuditEvent)
      .findBy({ targetId: id, action: 'api_key.quota_reset' });
    expect(record?.details).toMatchObject({ limit: 2, period: 'month', resetAt: expect.any(String) });
    const reader = await server.newMember(user, 'writeSome');
    const stranger = await server.newMerchant();
    expect((await reset(id, { token: reader.token })).status).toBe(403);
    expect((await reset(id, { token: stranger.token })).status).toBe(403);
    expect((await reset('f7fa38ec-0e19-405c-820f-bf65912ab4ec')).status).toBe(404);
    const none = await server.newFullKey(user, application);
    const { status, headers } = await reset(none.id);
    expect([status, headers['x-error-code']]).toEqual([409, 'api_key.no_quota']);
  });

  it('counts from the beginning in the next period, as without a reset', async () => {
    const { id, fullKey } = await server.newFullKey(user, application, { quota: { limit: 3, period: 'day' } });
    expect(await allowed(fullKey, 4)).toBe(3);
    await reset(id);
    expect(await allowed(fullKey, 4)).toBe(3);
    server.clock.advance(86_400);
    expect(await allowed(fullKey, 4)).toBe(3);
    expect(await allowed(fullKey, 4, other)).toBe(0);
  });
});
