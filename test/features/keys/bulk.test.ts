/**
 * Guarantees of bulk calls: a dry run changes nothing; what is revoked is refused when the response is sent; each key is answered for and
 * audited.
 */

import { randomUUID } from 'node:crypto';
import { IsNull } from 'typeorm';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { aKey, insertKeys } from '../../support/keys.js';
import { TestServer, type User } from '../../support/server.js';

describe('merchants surface: bulk changes of keys', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  type Action = 'revoke' | 'disable' | 'enable';
  const bulk = (action: Action, json: unknown, { token } = user, query = '') =>
    server.call('POST', `/api/v1/api-keys/bulk-${action}${query}`, { token, json });
  const statusOf = async (fullKey: string) =>
    (await server.call('GET', '/api/v1/keys/check', { token: fullKey })).status;
  const newKeys = (count: number) =>
    Promise.all(Array.from({ length: count }, () => server.newFullKey(user, application)));
  const eventsOf = async (targetId: string, { token } = user): Promise<{ action: string; details: object }[]> =>
    (await server.call('GET', `/api/v1/audit-events?targetId=${targetId}`, { token })).body.items;
  const fine = (ids: string[]) => ids.map((id) => ({ id, status: 200 }));

  it('reports what it would do, and does nothing', async () => {
    const name = randomUUID();
    await insertKeys(
      server,
      Array.from({ length: 130 }, () => aKey(user, { name })),
    );
    const { status, body } = await bulk('revoke', { filter: { q: name }, dryRun: true });
    const list = await server.call('GET', `/api/v1/api-keys?q=${name}&limit=100`, { token: user.token });
    expect([status, body]).toEqual([200, { count: 130, keys: list.body.items }]);
    expect(list.body.totalItems).toBe(130);
  });

  it('revokes the keys of a filter if the expected count is right, and refuses them from the response on', async () => {
    const keys = await newKeys(3);
    const [others] = await newKeys(1);
    for (const { fullKey } of keys) expect(await statusOf(fullKey)).toBe(204);
    const name = randomUUID();
    const ids = keys.map(({ id }) => id);
    await server.dataSource.getRepository(ApiKey).update(ids, { name });
    const filter = { q: name };
    for (const expectedCount of [0, 2, 4]) {
      const { status, body } = await bulk('revoke', { filter, expectedCount });
      expect([status, body.code, body.error]).toEqual([409, 409, 'Conflict']);
      expect(body.message).toContain('is 3,');
    }
    expect(await statusOf(keys[0]?.fullKey ?? '')).toBe(204);
    const { status, body } = await bulk('revoke', { filter, expectedCount: 3 });
    expect(status).toBe(200);
    expect(body.results).toHaveLength(3);
    expect(body.results).toEqual(expect.arrayContaining(fine(ids)));
    for (const { fullKey } of keys) expect(await statusOf(fullKey)).toBe(401);
    expect(await statusOf(others?.fullKey ?? '')).toBe(204);
    const rows = await server.dataSource.getRepository(ApiKey).findBy(ids.map((id) => ({ id })));
    for (const { secretHash, deletedAt } of rows) expect([secretHash, deletedAt]).toEqual([null, expect.any(Date)]);
    expect((await bulk('revoke', { filter, expectedCount: 3 })).status).toBe(409);
    expect((await bulk('revoke', { filter, expectedCount: 0 })).body).toEqual({ results: [] });
  });

  it('reports the outcome of each id, in their order', async () => {
    const stranger = await server.newMerchant();
    const foreign = aKey(stranger);
    await insertKeys(server, [foreign]);
    const member = await server.newMember(user, 'user');
    const { key: personal } = await server.newPersonalKey(member);
    const [first, second, gone] = (await newKeys(3)).map(({ id }) => id);
    await server.call('DELETE', `/api/v1/applications/${application}/api-keys/${gone}`, { token: user.token });
    const unknown = randomUUID();
    const ids = [unknown, second, foreign.id, gone, first, personal, second?.toUpperCase()];
    expect((await bulk('revoke', { ids, expectedCount: 7 })).body.message).toContain('is 2,');
    const { status, body } = await bulk('revoke', { ids, expectedCount: 2 });
    const missing = { status: 404, message: 'The requested resource was not found' };
    const forbidden = { status: 403, message: "You don't have permission to access this resource" };
    expect([status, body]).toEqual([
      200,
      {
        results: [
          { id: unknown, ...missing },
          { id: second, status: 200 },
          { id: foreign.id, ...forbidden },
          { id: gone, ...missing },
          { id: first, status: 200 },
          { id: personal, ...forbidden },
        ],
      },
    ]);
    const alive = await server.dataSource.getRepository(ApiKey).findBy([{ id: foreign.id }, { id: personal }]);
    expect(alive.map(({ deletedAt }) => deletedAt)).toEqual([null, null]);
    expect((await bulk('revoke', { ids: [personal], expectedCount: 1 }, member)).body.results).toEqual(
      fine([personal]),
    );
  });

  it('disables and enables keys at once, any number of times', async () => {
    const keys = await newKeys(3);
    const ids = keys.map(({ id }) => id);
    const statuses = () => Promise.all(keys.map(({ fullKey }) => statusOf(fullKey)));
    for (const [action, expected] of [
      ['disable', 401],
      ['disable', 401],
      ['enable', 204],
    ] as const) {
      expect((await bulk(action, { ids, expectedCount: 3 })).body).toEqual({ results: fine(ids) });
      expect(await statuses()).toEqual([expected, expected, expected]);
    }
    const changes = (await eventsOf(ids[0] ?? '')).filter(({ action }) => action === 'api_key.updated');
    expect(changes.map(({ details }) => details)).toEqual([
      expect.objectContaining({ fields: ['isActive'], isActive: true }),
      // A key that was disabled already passes the barrier as well: another caller's change may still be on its way to the instances.
      expect.objectContaining({ fields: ['isActive'], isActive: false }),
      expect.objectContaining({ fields: ['isActive'], isActive: false }),
    ]);
  });

  it("G8: neither enables, disables nor revokes a key above the caller's level", async () => {
    const [weak, strong, disabled] = await newKeys(3);
    const ids = [weak, strong, disabled].map((key) => key?.id ?? '');
    for (const [key, isEnabled] of [
      [strong, true],
      [disabled, false],
    ] as const) {
      const json = { level: 7, isEnabled };
      await server.call('PATCH', `/api/v1/api-keys/${key?.id}`, { token: server.admin.token, json });
    }
    const message = "You don't have permission to access this resource";
    const refused = (id = '') => ({ id, status: 403, message });
    const ask = (action: Action, by?: User, query?: string) => bulk(action, { ids, expectedCount: 3 }, by, query);
    expect((await ask('disable')).body.results).toEqual([fine([ids[0] ?? ''])[0], refused(ids[1]), refused(ids[2])]);
    // A key that is enabled already is not changed by enabling it.
    expect((await ask('enable')).body.results).toEqual([...fine(ids.slice(0, 2)), refused(ids[2])]);
    expect((await ask('revoke')).body.results).toEqual([fine([ids[0] ?? ''])[0], refused(ids[1]), refused(ids[2])]);
    expect(await statusOf(weak?.fullKey ?? '')).toBe(401);
    expect(await statusOf(strong?.fullKey ?? '')).toBe(204);
    const others = `?merchantId=${user.merchantId}`;
    const left = { ids: ids.slice(1), expectedCount: 2 };
    expect((await bulk('enable', left, server.admin, others)).body).toEqual({ results: fine(left.ids) });
    expect(await statusOf(disabled?.fullKey ?? '')).toBe(204);
    expect((await bulk('revoke', left, server.admin, others)).body).toEqual({ results: fine(left.ids) });
    expect(await statusOf(strong?.fullKey ?? '')).toBe(401);
  });

  it('leaves an audit record for each key', async () => {
    const ids = (await newKeys(3)).map(({ id }) => id);
    await bulk('revoke', { ids, expectedCount: 3 });
    for (const id of ids) {
      expect((await eventsOf(id)).map(({ action }) => action).sort()).toEqual(['api_key.created', 'api_key.deleted']);
    }
  });

  it.each([
    ['ids', { expectedCount: 1 }],
    ['filter', { ids: [randomUUID()], filter: { q: 'x' }, expectedCount: 1 }],
    ['ids', { ids: [], expectedCount: 0 }],
    ['ids', { ids: 'all', expectedCount: 0 }],
    ['ids', { ids: ['mine'], expectedCount: 1 }],
    ['ids', { ids: [null], expectedCount: 1 }],
    ['ids', { ids: Array.from({ length: 10_001 }, () => randomUUID()), expectedCount: 1 }],
    ['filter', { filter: {}, expectedCount: 1 }],
    ['filter', { filter: [], expectedCount: 1 }],
    ['filter', { filter: 'all', expectedCount: 1 }],
    ['filter', { filter: { q: null }, expectedCount: 1 }],
    ['filter', { filter: { q: 'x', createdBefore: null }, expectedCount: 1 }],
    ['filter', { filter: { q: 'x', status: null }, expectedCount: 1 }],
    ['filter.aplication', { filter: { q: 'x', aplication: randomUUID() }, expectedCount: 1 }],
    ['filter.status', { filter: { status: 'good' }, expectedCount: 1 }],
    ['filter.level', { filter: { level: 9 }, expectedCount: 1 }],
    ['expectedCount', { ids: [randomUUID()] }],
    ['expectedCount', { ids: [randomUUID()], dryRun: false }],
    ['expectedCount', { ids: [randomUUID()], expectedCount: '1' }],
    ['expectedCount', { ids: [randomUUID()], expectedCount: -1 }],
    ['dryRun', { ids: [randomUUID()], dryRun: 'yes' }],
  ])('refuses a wrong %s and names it', async (field, json) => {
    for (const action of ['revoke', 'disable', 'enable'] as const) {
      const { status, body } = await bulk(action, json);
      expect([status, body.details?.[0]]).toEqual([400, { field, message: expect.any(String) }]);
    }
  });

  it("is limited to the caller's merchant, except for level 8", async () => {
    const [key] = await newKeys(1);
    const body = { ids: [key?.id], expectedCount: 1 };
    const others = `?merchantId=${user.merchantId}`;
    const support = await server.newMember(server.admin, 'support');
    expect((await bulk('revoke', body, support, others)).status).toBe(403);
    expect((await bulk('revoke', body, await server.newMerchant(), others)).status).toBe(403);
    expect((await bulk('revoke', { ...body, expectedCount: 0 }, server.admin)).body.results[0].status).toBe(403);
    expect(await statusOf(key?.fullKey ?? '')).toBe(204);
    expect((await bulk('revoke', body, server.admin, others)).body).toEqual({ results: fine([key?.id ?? '']) });
    expect(await statusOf(key?.fullKey ?? '')).toBe(401);
  });

  it('accepts 10000 keys, in several transactions, and not one more', async () => {
    const owner = await server.newMerchant();
    await insertKeys(
      server,
      Array.from({ length: 10_001 }, () => aKey(owner, { name: 'one of many' })),
    );
    const filter = { q: 'one of many' };
    for (const json of [
      { filter, dryRun: true },
      { filter, expectedCount: 10_001 },
    ]) {
      const { status, body } = await bulk('revoke', json, owner);
      expect([status, body.details]).toEqual([
        400,
        [{ field: 'filter', message: 'filter must not match more than 10000 keys' }],
      ]);
    }
    const [one] = (await server.call('GET', '/api/v1/api-keys?cursor=&limit=1', { token: owner.token })).body.items;
    await bulk('revoke', { ids: [one.id], expectedCount: 1 }, owner);
    const nobodys = Array.from({ length: 10_000 }, () => randomUUID());
    const { results } = (await bulk('revoke', { ids: nobodys, expectedCount: 0 }, owner)).body;
    expect([results.length, results[0].status]).toEqual([10_000, 404]);
    const { status, body } = await bulk('revoke', { filter, expectedCount: 10_000 }, owner);
    expect([status, body.results.length]).toEqual([200, 10_000]);
    expect(body.results.every((result: { status: number }) => result.status === 200)).toBe(true);
    expect((await server.call('GET', '/api/v1/api-keys', { token: owner.token })).body.totalItems).toBe(0);
  });

  it('revokes all keys of an application that is deleted, however many they are', async () => {
    const owner = await server.newMerchant();
    const applicationId = await server.newApplication(owner);
    const { fullKey } = await server.newFullKey(owner, applicationId);
    expect(await statusOf(fullKey)).toBe(204);
    // More than fit into one statement: SQLite takes 32766 values, and each change has four.
    await insertKeys(
      server,
      Array.from({ length: 8200 }, () => aKey(owner, { applicationId })),
    );
    const path = `/api/v1/applications/${applicationId}`;
    expect((await server.call('DELETE', path, { token: owner.token })).status).toBe(204);
    expect(await statusOf(fullKey)).toBe(401);
    const alive = { applicationId, deletedAt: IsNull() };
    expect(await server.dataSource.getRepository(ApiKey).countBy(alive)).toBe(0);
  });

  it('reports each key once to two simultaneous calls', async () => {
    const ids = (await newKeys(20)).map(({ id }) => id);
    const answers = await Promise.all([1, 2].map(() => bulk('revoke', { ids, expectedCount: 20 })));
    const done = answers.flatMap(({ body }) => (body.results ?? []) as { id: string; status: number }[]);
    expect(
      done
        .filter(({ status }) => status === 200)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(ids.sort());
    for (const { status } of answers) expect([200, 409]).toContain(status);
  });
});
