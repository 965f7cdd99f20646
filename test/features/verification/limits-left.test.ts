/** Guarantees for what is left of a key's limits: the same as verifications say, and unchanged by reading it. */

import { randomUUID } from 'node:crypto';
import { TestServer, type User } from '../../support/server.js';

describe("what is left of a key's limits", () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const read = (id: string, token = user.token) => server.call('GET', `/api/v1/api-keys/${id}/limits`, { token });
  const verify = async (key: string, cost: number) =>
    (await server.call('POST', '/api/v1/keys/verify', { token: user.token, json: { key, cost } })).body;

  it('is that of every limit, its own and shared ones, and reading uses nothing', async () => {
    const externalId = `customer ${randomUUID()}`;
    const { id, fullKey } = await server.newFullKey(user, application, {
      rateLimits: [
        { limit: 10, windowSeconds: 60 },
        { limit: 100, windowSeconds: 3600 },
      ],
      quota: { limit: 1000, period: 'day' },
      externalId,
    });
    await server.call('PUT', `/api/v1/shared-limits/${encodeURIComponent(externalId)}`, {
      token: user.token,
      json: { rateLimits: [{ limit: 50, windowSeconds: 60 }], quota: { limit: 5000, period: 'month' } },
    });
    expect((await verify(fullKey, 7)).valid).toBe(true);
    expect((await verify(fullKey, 4)).outcome).toBe('RATE_LIMITED');
    const now = server.clock.now();
    const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1);
    const monthEnd = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
    const resetSeconds = expect.any(Number);
    const left = {
      keyId: id,
      rateLimits: [
        { appliesTo: 'key', limit: 10, windowSeconds: 60, remaining: 3, resetSeconds },
        { appliesTo: 'key', limit: 100, windowSeconds: 3600, remaining: 93, resetSeconds },
        { appliesTo: 'externalId', limit: 50, windowSeconds: 60, remaining: 43, resetSeconds },
      ],
      quotas: [
        { appliesTo: 'key', limit: 1000, period: 'day', remaining: 993, resetsAt: new Date(midnight).toISOString() },
        {
          appliesTo: 'externalId',
          limit: 5000,
          period: 'month',
          remaining: 4993,
          resetsAt: new Date(monthEnd).toISOString(),
        },
      ],
    };
    for (let times = 0; times < 5; times += 1) {
      const { status, body } = await read(id);
      expect([status, body]).toEqual([200, left]);
    }
    expect((await verify(fullKey, 3)).valid).toBe(true);
    expect((await read(id)).body.rateLimits[0].remaining).toBe(0);
  });

  it('is nothing for a key without limits, and is told of one that is disabled, but not of one that is revoked', async () => {
    const { id } = await server.newFullKey(user, application);
    expect((await read(id)).body).toEqual({ keyId: id, rateLimits: [], quotas: [] });
    const limited = await server.newFullKey(user, application, { quota: { limit: 5, period: 'month' } });
    const path = `/api/v1/applications/${application}/api-keys/${limited.id}`;
    await server.call('PATCH', path, { token: user.token, json: { isActive: false } });
    expect((await read(limited.id)).body.quotas).toMatchObject([{ remaining: 5 }]);
    await server.call('DELETE', path, { token: user.token });
    expect((await read(limited.id)).status).toBe(404);
  });
});
