/** Guarantees of the export: every key of the filter, one line each, without secrets, stopping when its reader does. */

import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { KeysService } from '../../../src/api-keys/merchants/list/keys.service.js';
import { aKey, insertKeys } from '../../support/keys.js';
import { TestServer, type User } from '../../support/server.js';

describe('merchants surface: export of keys', () => {
  let server: TestServer;
  let user: User;
  let keys: ApiKey[];
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    const now = Date.now();
    keys = Array.from({ length: 2500 }, (_, n) =>
      aKey(user, { createdAt: new Date(now - n), name: `key ${n}`, isActive: n % 5 !== 0 }),
    );
    await insertKeys(server, [...keys, aKey(await server.newMerchant())]);
  });
  afterAll(() => server.stop());

  const exported = async (query = '') => {
    const { status, headers, text } = await server.call('GET', `/api/v1/api-keys/export${query}`, {
      token: user.token,
    });
    expect([status, headers['content-type']]).toEqual([200, 'application/x-ndjson']);
    expect(text === '' || text.endsWith('\n')).toBe(true);
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it('writes a line for each key, oldest first, over several batches', async () => {
    const ids = (await exported()).map(({ id }) => id);
    expect(ids).toEqual(keys.map(({ id }) => id).reverse());
  });

  it('accepts the filters of the list', async () => {
    const disabled = await exported('?status=disabled');
    expect(disabled).toHaveLength(500);
    expect(new Set(disabled.map(({ status }) => status))).toEqual(new Set(['disabled']));
    expect(await exported('?q=nothing')).toEqual([]);
    const { status, body } = await server.call('GET', '/api/v1/api-keys/export?status=x', { token: user.token });
    expect([status, body.details[0].field]).toEqual([400, 'status']);
  });

  it('contains everything but secrets', async () => {
    const application = await server.newApplication(user);
    const { id, fullKey } = await server.newFullKey(user, application);
    const pair = await server.newPair(user);
    const lines = await exported(`?createdAfter=${new Date(Date.now() - 5000).toISOString()}`);
    expect(lines.find((line) => line.id === id)).toEqual({
      ...{ id, applicationId: application, keyPrefix: fullKey.slice(0, 12), lastFour: fullKey.slice(-4) },
      ...{ surface: 'merchants', environment: 'live', description: 'A key', level: 4, scopes: null, status: 'active' },
      ...{ createdAt: expect.any(String), updatedAt: expect.any(String), expiresAt: null, lastUsedAt: null },
      lastUsedFrom: null,
      ...{ metadata: null, externalId: null, responsibleId: null, previousKey: null },
      ...{ exposedAt: null, exposedSource: null },
      ...{ rateLimit: null, rateLimits: null, quota: null, allowedIps: null, selfRotate: false },
      ...{ merchantId: user.merchantId, accountId: user.accountId, serviceId: null },
    });
    expect(lines.find((line) => line.id === pair.id)).toMatchObject({ surface: 'clients', applicationId: null });
    const text = JSON.stringify(lines);
    for (const secret of [fullKey.slice(24), pair.apisecret]) expect(text).not.toContain(secret);
  });

  it('stops reading when the client disconnects', async () => {
    const reader = await server.newMerchant();
    const long = 'x'.repeat(100);
    await insertKeys(
      server,
      Array.from({ length: 12_000 }, () => aKey(reader, { name: long, scopes: Array(50).fill(long) })),
    );
    const finder = server.app.get(KeysService, { strict: false });
    let read = 0;
    const batches = finder.batches.bind(finder);
    finder.batches = async function* (...which) {
      for await (const batch of batches(...which)) {
        read += batch.length;
        yield batch;
      }
    };
    await new Promise<void>((resolve) => {
      const { hostname, port } = new URL(server.url);
      const headers = { authorization: `Bearer ${reader.token}` };
      const request = httpRequest({ hostname, port, path: '/api/v1/api-keys/export', headers }, (answer) => {
        answer.once('data', () => request.destroy());
        answer.once('error', () => undefined);
        answer.once('close', resolve);
      });
      request.end();
    });
    await sleep(500);
    const soFar = read;
    expect(soFar).toBeGreaterThan(0);
    expect(soFar).toBeLessThan(12_000);
    await sleep(300);
    expect(read).toBe(soFar);
  });
});
