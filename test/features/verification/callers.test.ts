/** Guarantees for those who verify keys: who may ask, about whose keys, and that asking about a foreign key has no effect on it. */

import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import type { RequestOptions } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';

describe('POST /api/v1/keys/verify: callers', () => {
  let server: TestServer;
  let user: User;
  let stranger: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
    stranger = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const verify = (key: string, caller: RequestOptions) =>
    server.call('POST', '/api/v1/keys/verify', { json: { key }, ...caller });
  const basicOf = ({ apikey, apisecret }: { apikey: string; apisecret: string }) => `${apikey}:${apisecret}`;
  const withLevel = async (level: number): Promise<string> => {
    const { id, fullKey } = await server.newFullKey(user, application);
    await server.dataSource.getRepository(ApiKey).update(id, { level });
    return fullKey;
  };
  const usesOf = async (owner: User, ofApplication: string, keyId: string) => {
    const path = `/api/v1/applications/${ofApplication}/api-keys/${keyId}/usage`;
    const { body } = await server.call('GET', path, { token: owner.token });
    return body.intervals;
  };

  it('authenticates its caller by login token, Bearer, Basic and X-API-Key alike', async () => {
    const { fullKey } = await server.newFullKey(user, application);
    const pair = basicOf(await server.newPair(user));
    const { basic } = await server.newPersonalKey(user);
    const verifiers: RequestOptions[] = [
      { token: user.token },
      { token: fullKey },
      { token: pair },
      { basic: fullKey },
      { basic: `${fullKey}:` },
      { basic: pair },
      { basic },
      { headers: { 'x-api-key': fullKey } },
      { headers: { 'x-api-key': basic } },
      { headers: { authorization: `bEaReR ${fullKey}` } },
    ];
    for (const caller of verifiers) {
      const { status, body } = await verify(fullKey, caller);
      expect([status, body.outcome]).toEqual([200, 'VALID']);
    }
  });

  it('refuses a caller whose own key is unknown, disabled, expired or too low', async () => {
    const { fullKey } = await server.newFullKey(user, application);
    const set = async (row: Partial<ApiKey>) => {
      const caller = await server.newFullKey(user, application);
      await server.dataSource.getRepository(ApiKey).update(caller.id, row);
      return caller.fullKey;
    };
    const refused: [string, number][] = [
      ['garbage', 401],
      [`${fullKey}x`, 401],
      [await set({ isActive: false }), 401],
      [await set({ expiresAt: new Date(server.clock.nowMs() - 1000) }), 401],
      [await set({ level: 0 }), 403],
    ];
    for (const [token, expected] of refused) {
      const { status, body } = await verify(fullKey, { token });
      expect([status, body.code, body.outcome]).toEqual([expected, expected, undefined]);
    }
    expect((await verify(fullKey, { token: await set({ level: 1 }) })).body.outcome).toBe('VALID');
  });

  it('refuses a caller who has withdrawn consent, until it is given again', async () => {
    const member = await server.newMember(user, 'user');
    const { fullKey } = await server.newFullKey(user, application);
    const asks = async (consent: number) => {
      await server.call('PATCH', '/account/jwt', { token: member.token, json: { consent } });
      const one = await verify(fullKey, { token: member.token });
      const json = { keys: [{ key: fullKey }] };
      const many = await server.call('POST', '/api/v1/keys/verify/batch', { token: member.token, json });
      return [one.status, many.status];
    };
    expect(await asks(0)).toEqual([403, 403]);
    expect(await asks(1)).toEqual([200, 200]);
  });

  it('accepts a caller whose key is bound to addresses from these alone', async () => {
    const { fullKey } = await server.newFullKey(user, application);
    const here = await server.newFullKey(user, application, { allowedIps: ['127.0.0.0/8'] });
    const elsewhere = await server.newFullKey(user, application, { allowedIps: ['192.0.2.1'] });
    expect((await verify(fullKey, { token: here.fullKey })).body.outcome).toBe('VALID');
    expect((await verify(fullKey, { token: elsewhere.fullKey })).status).toBe(401);
  });

  it("shows levels 1 to 4 only their own merchant's keys, and level 5 all", async () => {
    const foreignApplication = await server.newApplication(stranger);
    const foreign = await server.newFullKey(stranger, foreignApplication);
    const { fullKey } = await server.newFullKey(user, application);
    for (const level of [1, 2, 3, 4]) {
      const token = await withLevel(level);
      expect((await verify(fullKey, { token })).body).toMatchObject({ outcome: 'VALID' });
      expect((await verify(foreign.fullKey, { token })).body).toMatchObject({ outcome: 'NOT_FOUND', keyId: null });
    }
    for (const token of [await withLevel(5), server.admin.token]) {
      const { body } = await verify(foreign.fullKey, { token });
      expect(body).toMatchObject({ outcome: 'VALID', keyId: foreign.id, merchantId: stranger.merchantId });
    }
  });

  it("leaves a foreign key's limits, counts and last use untouched", async () => {
    const foreignApplication = await server.newApplication(stranger);
    const limits = { rateLimit: { limit: 2, windowSeconds: 3600 }, quota: { limit: 2, period: 'month' } };
    const foreign = await server.newFullKey(stranger, foreignApplication, limits);
    for (let time = 0; time < 5; time += 1)
      expect((await verify(foreign.fullKey, { token: user.token })).body.outcome).toBe('NOT_FOUND');
    await server.flushed();
    expect(await usesOf(stranger, foreignApplication, foreign.id)).toEqual([]);
    const path = `/api/v1/applications/${foreignApplication}/api-keys/${foreign.id}`;
    expect((await server.call('GET', path, { token: stranger.token })).body.lastUsedAt).toBeNull();
    const { body } = await verify(foreign.fullKey, { token: stranger.token });
    expect(body).toMatchObject({ outcome: 'VALID', rateLimit: { remaining: 1 } });
  });

  it('verifies a hundred keys at once, each like a single one, in their order', async () => {
    const limited = await server.newFullKey(user, application, { rateLimit: { limit: 30, windowSeconds: 3600 } });
    const foreign = await server.newFullKey(stranger, await server.newApplication(stranger));
    const plain = await server.newFullKey(user, application);
    const keys = Array.from({ length: 100 }, (_, index) =>
      index % 2 === 0
        ? { key: limited.fullKey }
        : ({ 1: { key: plain.fullKey, level: 8 }, 3: { key: foreign.fullKey }, 5: { key: 'garbage' } }[index % 6] ?? {
            key: plain.fullKey,
          }),
    );
    const { status, body } = await server.call('POST', '/api/v1/keys/verify/batch', {
      token: user.token,
      json: { keys },
    });
    expect(status).toBe(200);
    expect(body.results).toHaveLength(100);
    const outcomes = (body.results as { outcome: string; keyId: string | null }[]).map(({ outcome }) => outcome);
    const odd = outcomes.filter((_, index) => index % 2 === 1);
    expect(odd).toEqual(odd.map((_, index) => ['INSUFFICIENT_LEVEL', 'NOT_FOUND', 'NOT_FOUND'][index % 3]));
    const even = outcomes.filter((_, index) => index % 2 === 0);
    expect(even).toEqual(even.map((_, index) => (index < 30 ? 'VALID' : 'RATE_LIMITED')));
  });
});
