/** Guarantees for keys with several rate limits: all must admit, one that refuses uses up none, and every answer shows all of them. */

import { setTimeout as sleep } from 'node:timers/promises';
import { TestServer, type User } from '../../support/server.js';

describe('several rate limits of a key', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let path: string;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    application = await server.newApplication(user);
    path = `/api/v1/applications/${application}/api-keys`;
  });
  afterAll(() => server.stop());

  const create = (json: object) =>
    server.call('POST', path, { token: user.token, json: { description: 'x', ...json } });
  const patch = (id: string, json: object) => server.call('PATCH', `${path}/${id}`, { token: user.token, json });
  const read = async (id: string) => (await server.call('GET', `${path}/${id}`, { token: user.token })).body;
  const verify = async (key: string, requirements: object = {}, by = server) =>
    (await by.call('POST', '/api/v1/keys/verify', { token: user.token, json: { key, ...requirements } })).body;
  const check = (token: string, by = server) => by.call('GET', '/api/v1/keys/check', { token });
  const burst = { limit: 3, windowSeconds: 1 };
  const hourly = { limit: 5, windowSeconds: 3600 };
  const daily = { limit: 100, windowSeconds: 86_400 };

  it('are set, shown in their order with the first of them apart, changed, and removed', async () => {
    const { status, body } = await create({ rateLimits: [hourly, burst, daily] });
    expect([status, body.rateLimits, 'rateLimit' in body]).toEqual([201, [hourly, burst, daily], false]);
    expect(await read(body.id)).toMatchObject({ rateLimits: [hourly, burst, daily], rateLimit: hourly });
    expect((await patch(body.id, { rateLimits: [burst] })).body).toMatchObject({
      rateLimits: [burst],
      rateLimit: burst,
    });
    expect((await patch(body.id, { rateLimits: [hourly, daily] })).body.rateLimits).toEqual([hourly, daily]);
    expect((await patch(body.id, { rateLimit: burst })).body).toMatchObject({ rateLimits: [burst], rateLimit: burst });
    await patch(body.id, { rateLimits: [hourly, daily] });
    for (const none of [{ rateLimits: null }, { rateLimit: null }])
      expect((await patch(body.id, none)).body).toMatchObject({ rateLimits: null, rateLimit: null });
  });

  const wrong: [string, object, string][] = [
    ['five of them', { rateLimits: [1, 2, 3, 4, 5].map((n) => ({ limit: n, windowSeconds: n })) }, 'rateLimits'],
    ['none of them', { rateLimits: [] }, 'rateLimits'],
    ['one window twice', { rateLimits: [burst, { limit: 4, windowSeconds: 1 }] }, 'rateLimits'],
    ['a longer window with less', { rateLimits: [daily, { limit: 101, windowSeconds: 60 }] }, 'rateLimits'],
    ['the shorthand beside them', { rateLimit: burst, rateLimits: [burst] }, 'rateLimits'],
    ['the shorthand that removes beside them', { rateLimit: null, rateLimits: [burst] }, 'rateLimits'],
    ['one without a window', { rateLimits: [burst, { limit: 4 }] }, 'rateLimits.1.windowSeconds'],
    ['one that is null', { rateLimits: [null] }, 'rateLimits'],
    ['a limit that is no list', { rateLimits: burst }, 'rateLimits'],
  ];

  it.each(wrong)('refuse %s', async (_, limits, field) => {
    const { id } = await server.newFullKey(user, application);
    for (const { status, body } of [await create(limits), await patch(id, limits)]) {
      expect([status, body.error]).toEqual([400, 'Bad Request']);
      expect(body.details).toContainEqual({ field, message: expect.any(String) });
    }
    expect(await read(id)).toMatchObject({ rateLimits: null });
  });

  it('use up none of them by a request that one refuses, and say which one did', async () => {
    const { fullKey } = (await create({ rateLimits: [hourly, { limit: 3, windowSeconds: 2 }] })).body;
    const outcomes = [];
    for (let time = 0; time < 6; time += 1) outcomes.push((await verify(fullKey)).outcome);
    expect(outcomes).toEqual(['VALID', 'VALID', 'VALID', 'RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED']);
    const refused = await verify(fullKey);
    expect(refused).toMatchObject({
      limitedBy: 'key',
      rateLimit: { limit: 3, windowSeconds: 2, remaining: 0 },
      rateLimits: [
        { appliesTo: 'key', limit: 5, windowSeconds: 3600, remaining: 2 },
        { appliesTo: 'key', limit: 3, windowSeconds: 2, remaining: 0 },
      ],
    });
    await sleep(2050);
    expect([await verify(fullKey), await verify(fullKey), await verify(fullKey)]).toMatchObject([
      { outcome: 'VALID', limitedBy: null, rateLimit: { limit: 5, remaining: 1 } },
      { outcome: 'VALID', rateLimits: [{ remaining: 0 }, { remaining: 1 }] },
      {
        outcome: 'RATE_LIMITED',
        rateLimit: { limit: 5, remaining: 0 },
        rateLimits: [{ remaining: 0 }, { remaining: 1 }],
      },
    ]);
  });

  it('stand in the headers of a check, each under a name of its own', async () => {
    const { fullKey } = (await create({ rateLimits: [burst, hourly] })).body;
    const policy = '"key";q=3;w=1, "key-3600";q=5;w=3600';
    expect((await check(fullKey)).headers).toMatchObject({
      ratelimit: '"key";r=2;t=1, "key-3600";r=4;t=3600',
      'ratelimit-policy': policy,
    });
    await Promise.all(Array.from({ length: 6 }, () => check(fullKey)));
    await sleep(1050);
    await Promise.all(Array.from({ length: 3 }, () => check(fullKey)));
    const { status, headers } = await check(fullKey);
    expect([status, headers['ratelimit-policy']]).toEqual([429, policy]);
    // The longer wait counts.
    expect(Number(headers['retry-after'])).toBeGreaterThan(3590);
  });

  it('refuse a cost above any of them, and neither count nor refuse one of 0', async () => {
    const { fullKey } = (await create({ rateLimits: [hourly, burst], quota: { limit: 50, period: 'day' } })).body;
    const json = { key: fullKey, cost: 4 };
    const { status, body } = await server.call('POST', '/api/v1/keys/verify', { token: user.token, json });
    expect([status, body.details[0].message]).toEqual([400, "cost must be at most 3, the key's rate limit"]);
    expect(await verify(fullKey, { cost: 3 })).toMatchObject({ outcome: 'VALID' });
    const free = { outcome: 'VALID', rateLimits: [{ remaining: 2 }, { remaining: 0 }], quota: { remaining: 47 } };
    expect(await verify(fullKey, { cost: 0 })).toMatchObject(free);
  });

  it('are all kept under a hundred simultaneous requests, and given back when the quota refuses', async () => {
    const limits = {
      rateLimits: [
        { limit: 40, windowSeconds: 600 },
        { limit: 60, windowSeconds: 3600 },
      ],
    };
    const { fullKey } = (await create({ ...limits, quota: { limit: 30, period: 'day' } })).body;
    const all = await Promise.all(Array.from({ length: 100 }, () => verify(fullKey)));
    expect(all.filter(({ valid }) => valid)).toHaveLength(30);
    expect(await verify(fullKey)).toMatchObject({
      outcome: 'QUOTA_EXCEEDED',
      limitedBy: 'key',
      rateLimits: [{ remaining: 10 }, { remaining: 30 }],
      quota: { limit: 30, remaining: 0 },
    });
  });

  it('count on when one of them is changed or another one is added', async () => {
    const { id, fullKey } = (await create({ rateLimits: [hourly] })).body;
    for (let time = 0; time < 4; time += 1) await verify(fullKey);
    await patch(id, {
      rateLimits: [
        { limit: 2, windowSeconds: 60 },
        { limit: 6, windowSeconds: 3600 },
      ],
    });
    expect([await verify(fullKey), await verify(fullKey), await verify(fullKey)]).toMatchObject([
      { outcome: 'VALID', rateLimits: [{ remaining: 1 }, { remaining: 1 }] },
      { outcome: 'VALID', rateLimits: [{ remaining: 0 }, { remaining: 0 }] },
      { outcome: 'RATE_LIMITED' },
    ]);
  });

  it('are never exceeded by two instances together, and move to where requests arrive', async () => {
    const other = await server.another();
    // Until each knows of the other.
    await sleep(3500);
    const { fullKey } = (
      await create({
        rateLimits: [
          { limit: 40, windowSeconds: 4 },
          { limit: 90, windowSeconds: 3600 },
        ],
      })
    ).body;
    const allowed = async (by: TestServer, times: number) => {
      const all = await Promise.all(Array.from({ length: times }, () => check(fullKey, by)));
      return all.filter(({ status }) => status === 204).length;
    };
    const [here, there] = await Promise.all([allowed(server, 40), allowed(other, 40)]);
    expect([here, there]).toEqual([20, 20]);
    await sleep(4100);
    // One instance alone, until the hour is used up: the other one's half of it comes over.
    let total = here + there;
    for (const end = performance.now() + 14_000; performance.now() < end && total < 85;) {
      total += await allowed(server, 10);
      await sleep(200);
    }
    // The other one keeps what it has used, and a quarter of that.
    expect(total).toBeGreaterThanOrEqual(85);
    total += (await allowed(other, 10)) + (await allowed(server, 10));
    expect(total).toBeLessThanOrEqual(90);
    await other.close();
  }, 40_000);
});
