/** Guarantees of a key's limits on one instance: settings, windows, quotas, costs, and exactness under concurrency. */

import { setTimeout as sleep } from 'node:timers/promises';
import { TestServer, type User } from '../../support/server.js';

const DAY_SECONDS = 86_400;

describe('limits of a key', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let path: string;
  beforeAll(async () => {
    server = await TestServer.start({ JWT_TTL_SECONDS: '100000000' });
    user = await server.newMerchant();
    application = await server.newApplication(user);
    path = `/api/v1/applications/${application}/api-keys`;
  });
  afterAll(() => server.stop());

  const create = (json: unknown) => server.call('POST', path, { token: user.token, json });
  const patch = (id: string, json: unknown) => server.call('PATCH', `${path}/${id}`, { token: user.token, json });
  const read = async (id: string) => (await server.call('GET', `${path}/${id}`, { token: user.token })).body;
  const verify = async (key: string, requirements: Record<string, unknown> = {}, by = server) => {
    const json = { key, ...requirements };
    return (await by.call('POST', '/api/v1/keys/verify', { token: user.token, json })).body;
  };
  const outcomes = async (key: string, times: number, by = server) => {
    const all: string[] = [];
    for (let time = 0; time < times; time += 1) all.push((await verify(key, {}, by)).outcome);
    return all;
  };
  const rateLimit = { limit: 3, windowSeconds: 3600 };
  const quota = { limit: 3, period: 'day' };

  it('do not change the answer to a creation unless limits are asked for', async () => {
    const { status, body } = await create({ description: 'Plain' });
    expect(status).toBe(201);
    expect(Object.keys(body)).toEqual(['id', 'applicationId', 'fullKey', 'keyPrefix', 'description', 'createdAt']);
    expect(await read(body.id)).toMatchObject({ rateLimit: null, quota: null, allowedIps: null });
  });

  it('are set at creation and shown from then on', async () => {
    const limits = { rateLimit, quota: { limit: 100, period: 'month' }, allowedIps: ['203.0.113.0/24', '2001:db8::1'] };
    const { status, body } = await create({ description: 'Limited', ...limits });
    expect([status, body]).toMatchObject([201, limits]);
    expect(await read(body.id)).toMatchObject(limits);
    const list = await server.call('GET', `${path}?limit=100`, { token: user.token });
    expect(list.body.items.find(({ id }: { id: string }) => id === body.id)).toMatchObject(limits);
  });

  it('change one at a time, from the next verification on, and are removed by null', async () => {
    const { id, fullKey } = await server.newFullKey(user, application);
    expect(await outcomes(fullKey, 3)).toEqual(['VALID', 'VALID', 'VALID']);
    expect((await patch(id, { rateLimit: { limit: 1, windowSeconds: 3600 } })).status).toBe(200);
    expect(await outcomes(fullKey, 2)).toEqual(['VALID', 'RATE_LIMITED']);
    expect((await patch(id, { quota: { limit: 1, period: 'month' }, rateLimit: null })).body).toMatchObject({
      rateLimit: null,
      quota: { limit: 1, period: 'month' },
    });
    expect(await outcomes(fullKey, 2)).toEqual(['VALID', 'QUOTA_EXCEEDED']);
    await patch(id, { description: 'Another name' });
    expect(await outcomes(fullKey, 1)).toEqual(['QUOTA_EXCEEDED']);
    await patch(id, { quota: { limit: 2, period: 'month' } });
    expect(await outcomes(fullKey, 2)).toEqual(['VALID', 'QUOTA_EXCEEDED']);
    await patch(id, { quota: null, allowedIps: ['192.0.2.1'] });
    expect(await verify(fullKey, { ip: '192.0.2.2' })).toMatchObject({ outcome: 'IP_NOT_ALLOWED' });
    await patch(id, { allowedIps: null });
    expect(await outcomes(fullKey, 3)).toEqual(['VALID', 'VALID', 'VALID']);
  });

  const wrong: [string, unknown, string][] = [
    ['no number of requests', { rateLimit: { windowSeconds: 60 } }, 'rateLimit.limit'],
    ['no window', { rateLimit: { limit: 1 } }, 'rateLimit.windowSeconds'],
    ['no requests', { rateLimit: { limit: 0, windowSeconds: 60 } }, 'rateLimit.limit'],
    ['half a request', { rateLimit: { limit: 1.5, windowSeconds: 60 } }, 'rateLimit.limit'],
    ['a number as text', { rateLimit: { limit: '1', windowSeconds: 60 } }, 'rateLimit.limit'],
    ['too many requests', { rateLimit: { limit: 1e10, windowSeconds: 60 } }, 'rateLimit.limit'],
    ['no time', { rateLimit: { limit: 1, windowSeconds: 0 } }, 'rateLimit.windowSeconds'],
    ['more than a day', { rateLimit: { limit: 1, windowSeconds: DAY_SECONDS + 1 } }, 'rateLimit.windowSeconds'],
    ['a rate that is a number', { rateLimit: 5 }, 'rateLimit'],
    ['a rate that is a list', { rateLimit: [] }, 'rateLimit'],
    ['a quota by the week', { quota: { limit: 1, period: 'week' } }, 'quota.period'],
    ['a quota of nothing', { quota: { limit: 0, period: 'day' } }, 'quota.limit'],
    ['a quota that no column holds', { quota: { limit: 2_000_000_001, period: 'day' } }, 'quota.limit'],
    ['a quota without a period', { quota: { limit: 1 } }, 'quota.period'],
    ['no addresses', { allowedIps: [] }, 'allowedIps'],
    ['an address alone', { allowedIps: '192.0.2.1' }, 'allowedIps'],
    ['51 addresses', { allowedIps: Array(51).fill('192.0.2.1') }, 'allowedIps'],
    ['a name', { allowedIps: ['localhost'] }, 'allowedIps'],
    ['a network with host bits', { allowedIps: ['203.0.113.1/24'] }, 'allowedIps'],
    ['an IPv6 network with host bits', { allowedIps: ['2001:db8::1/64'] }, 'allowedIps'],
    ['a prefix that is too long', { allowedIps: ['203.0.113.0/33'] }, 'allowedIps'],
    ['an empty prefix', { allowedIps: ['203.0.113.0/'] }, 'allowedIps'],
    ['two prefixes', { allowedIps: ['203.0.113.0/24/24'] }, 'allowedIps'],
    ['an address with a zone', { allowedIps: ['fe80::1%eth0'] }, 'allowedIps'],
    ['an octet over 255', { allowedIps: ['203.0.113.256'] }, 'allowedIps'],
    ['a number', { allowedIps: [1] }, 'allowedIps'],
  ];

  it.each(wrong)('refuse %s, at creation and afterwards, and name the field', async (_, limits, field) => {
    const { id } = await server.newFullKey(user, application);
    for (const { status, body } of [
      await create({ description: 'x', ...(limits as object) }),
      await patch(id, limits),
    ]) {
      expect([status, body.error]).toEqual([400, 'Bad Request']);
      expect(body.details).toContainEqual({ field, message: expect.any(String) });
    }
    expect(await read(id)).toMatchObject({ rateLimit: null, quota: null, allowedIps: null });
  });

  it.each(['0.0.0.0/0', '203.0.113.7/32', '203.0.113.128/25', '::/0', '2001:db8::/32', '::1', '::ffff:192.0.2.0/120'])(
    'accept the network %s',
    async (network) => {
      expect((await create({ description: 'x', allowedIps: [network] })).status).toBe(201);
    },
  );

  it('count down within a window and report what remains', async () => {
    const { fullKey } = await server.newFullKey(user, application, { rateLimit });
    const seen = [];
    for (let time = 0; time < 5; time += 1) {
      const { outcome, rateLimit: state } = await verify(fullKey);
      seen.push([outcome, state.limit, state.remaining]);
      expect(state.resetSeconds).toBeGreaterThan(3590);
    }
    expect(seen).toEqual([
      ['VALID', 3, 2],
      ['VALID', 3, 1],
      ['VALID', 3, 0],
      ['RATE_LIMITED', 3, 0],
      ['RATE_LIMITED', 3, 0],
    ]);
  });

  it('begin a new window when the old one is over', async () => {
    const { fullKey } = await server.newFullKey(user, application, { rateLimit: { limit: 2, windowSeconds: 1 } });
    expect(await outcomes(fullKey, 3)).toEqual(['VALID', 'VALID', 'RATE_LIMITED']);
    await sleep(1050);
    expect(await outcomes(fullKey, 3)).toEqual(['VALID', 'VALID', 'RATE_LIMITED']);
  });

  it('count a request by its cost, and a refused one not at all', async () => {
    const limits = { rateLimit: { limit: 20, windowSeconds: 3600 }, quota: { limit: 8, period: 'month' } };
    const { id, fullKey } = await server.newFullKey(user, application, limits);
    expect(await verify(fullKey, { cost: 6 })).toMatchObject({ outcome: 'VALID', rateLimit: { remaining: 14 } });
    expect(await verify(fullKey, { cost: 8 })).toMatchObject({
      outcome: 'QUOTA_EXCEEDED',
      rateLimit: { remaining: 14 },
    });
    expect(await verify(fullKey, { cost: 3 })).toMatchObject({ outcome: 'QUOTA_EXCEEDED' });
    expect(await verify(fullKey, { level: 8 })).toMatchObject({ outcome: 'INSUFFICIENT_LEVEL' });
    await patch(id, { rateLimit: { limit: 10, windowSeconds: 3600 }, quota: { limit: 100, period: 'month' } });
    const tooMuch = { outcome: 'RATE_LIMITED', rateLimit: { remaining: 4 } };
    expect(await verify(fullKey, { cost: 5 })).toMatchObject(tooMuch);
    expect(await verify(fullKey, { cost: 5 })).toMatchObject(tooMuch);
    await patch(id, { rateLimit: { limit: 20, windowSeconds: 3600 }, quota: { limit: 8, period: 'month' } });
    expect(await verify(fullKey, { cost: 2 })).toMatchObject({ outcome: 'VALID' });
    expect(await verify(fullKey)).toMatchObject({ outcome: 'QUOTA_EXCEEDED' });
  });

  it('are kept under a hundred simultaneous requests', async () => {
    const limits = { rateLimit: { limit: 40, windowSeconds: 3600 }, quota: { limit: 30, period: 'day' } };
    const { fullKey } = await server.newFullKey(user, application, limits);
    const all = await Promise.all(Array.from({ length: 100 }, () => verify(fullKey)));
    const count = (outcome: string) => all.filter((answer) => answer.outcome === outcome).length;
    expect([count('VALID'), count('QUOTA_EXCEEDED') + count('RATE_LIMITED')]).toEqual([30, 70]);
    expect(await verify(fullKey)).toMatchObject({ outcome: 'QUOTA_EXCEEDED', rateLimit: { remaining: 10 } });
  });

  it('admit no more than the rate in any window, and a client that has waited for Retry-After', async () => {
    const { fullKey } = await server.newFullKey(user, application, { rateLimit: { limit: 10, windowSeconds: 2 } });
    const admitted: number[] = [];
    const check = async () => {
      const { status, headers } = await server.call('GET', '/api/v1/keys/check', { token: fullKey });
      if (status === 204) admitted.push(performance.now());
      return { status, retryAfterSeconds: Number(headers['retry-after']), rateLimit: headers.ratelimit };
    };
    await check();
    await sleep(1900);
    for (let time = 0; time < 9; time += 1) expect((await check()).status).toBe(204);
    await sleep(150);
    // The first request has left the window; the nine late ones have not.
    expect([(await check()).status, (await check()).status]).toEqual([204, 429]);
    const { retryAfterSeconds, rateLimit: state } = await check();
    expect(retryAfterSeconds).toBe(2);
    expect(state).toBe('"key";r=0;t=2');
    await sleep(retryAfterSeconds * 1000);
    expect((await check()).status).toBe(204);
    for (const start of admitted)
      expect(admitted.filter((at) => at >= start && at < start + 1990).length).toBeLessThanOrEqual(10);
  });

  it('refuse a cost above a limit as a wrong request, which counts nothing', async () => {
    const limits = { rateLimit: { limit: 20, windowSeconds: 3600 }, quota: { limit: 8, period: 'month' } };
    const { fullKey } = await server.newFullKey(user, application, limits);
    for (const [cost, message] of [
      [21, "cost must be at most 20, the key's rate limit"],
      [9, "cost must be at most 8, the key's quota"],
    ]) {
      const json = { key: fullKey, cost };
      const { status, body } = await server.call('POST', '/api/v1/keys/verify', { token: user.token, json });
      expect([status, body.details]).toEqual([400, [{ field: 'cost', message }]]);
    }
    const json = { keys: [21, 9, 8].map((cost) => ({ key: fullKey, cost })) };
    const { status, body } = await server.call('POST', '/api/v1/keys/verify/batch', { token: user.token, json });
    expect([status, body.results.map(({ outcome }: { outcome: string }) => outcome)]).toEqual([
      200,
      ['RATE_LIMITED', 'QUOTA_EXCEEDED', 'VALID'],
    ]);
    expect(body.results[2].rateLimit.remaining).toBe(12);
    const unknown = await verify(fullKey.slice(0, -1) + (fullKey.endsWith('x') ? 'y' : 'x'), { cost: 21 });
    expect(unknown.outcome).toBe('NOT_FOUND');
  });

  it('neither count nor refuse a request that costs nothing', async () => {
    const limits = { rateLimit: { limit: 2, windowSeconds: 3600 }, quota: { limit: 2, period: 'month' } };
    const { fullKey } = await server.newFullKey(user, application, limits);
    const free = () => verify(fullKey, { cost: 0 });
    expect(await free()).toMatchObject({ outcome: 'VALID', rateLimit: { remaining: 2 } });
    expect(await outcomes(fullKey, 3)).toEqual(['VALID', 'VALID', 'RATE_LIMITED']);
    expect(await free()).toMatchObject({ outcome: 'VALID', rateLimit: { remaining: 0 } });
  });

  it('renew a quota every day and every month', async () => {
    const daily = await server.newFullKey(user, application, { quota });
    const monthly = await server.newFullKey(user, application, { quota: { limit: 3, period: 'month' } });
    expect(await outcomes(daily.fullKey, 4)).toEqual(['VALID', 'VALID', 'VALID', 'QUOTA_EXCEEDED']);
    expect(await outcomes(monthly.fullKey, 4)).toEqual(['VALID', 'VALID', 'VALID', 'QUOTA_EXCEEDED']);
    const until = (next: (now: Date) => number) => {
      const now = server.clock.now();
      server.clock.advance((next(now) - now.getTime()) / 1000);
    };
    until((now) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 15));
    const used = await outcomes(monthly.fullKey, 1);
    until((now) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1) - 5000);
    await outcomes(daily.fullKey, 3);
    expect(await outcomes(daily.fullKey, 1)).toEqual(['QUOTA_EXCEEDED']);
    server.clock.advance(6);
    expect(await outcomes(daily.fullKey, 4)).toEqual(['VALID', 'VALID', 'VALID', 'QUOTA_EXCEEDED']);
    expect([used, await outcomes(monthly.fullKey, 1)]).toEqual([['QUOTA_EXCEEDED'], ['QUOTA_EXCEEDED']]);
    until((now) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
    expect(await outcomes(monthly.fullKey, 4)).toEqual(['VALID', 'VALID', 'VALID', 'QUOTA_EXCEEDED']);
  });
});
