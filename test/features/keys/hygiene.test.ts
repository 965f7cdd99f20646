/**
 * Guarantees of counts and hygiene: every number is the number of keys that the filter beside it lists and bulk operations select, for a few keys
 * at once, and for many as of a time that is shown.
 */

import { randomUUID } from 'node:crypto';
import { Account } from '../../../src/accounts/account.entity.js';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { insertRows } from '../../../src/platform/database/rows.js';
import { inBatches } from '../../../src/platform/runtime/batches.js';
import { TestServer, type User } from '../../support/server.js';

const DAY_MS = 86_400_000;
const KINDS = ['exposed', 'plainHttp', 'ownerGone', 'expiring', 'neverExpires', 'overScoped', 'idle', 'neverUsed'];

interface Finding {
  kind: string;
  count: number;
  filter: Record<string, unknown>;
  list: string;
}

describe('hygiene', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.start({ JWT_TTL_SECONDS: '100000000' });
  });
  beforeEach(async () => {
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const get = async (path: string, token = user.token) => {
    const { status, body } = await server.call('GET', path, { token });
    expect([path, status]).toEqual([path, 200]);
    return body;
  };
  const repository = () => server.dataSource.getRepository(ApiKey);
  const daysAgo = (days: number) => new Date(server.clock.now().getTime() - days * DAY_MS);
  const used = { lastUsedAt: new Date(), expiresAt: new Date(Date.now() + 300 * DAY_MS) };
  /** Makes a key that needs no attention, but for what the values say. */
  const newKey = async (values: Partial<ApiKey> = {}, owner = user): Promise<string> => {
    const { id } = await server.newFullKey(owner, application);
    await repository().update(id, { ...used, ...values });
    return id;
  };
  const idsOf = async (list: string, token = user.token): Promise<string[]> =>
    (await get(`${list}&limit=100`, token)).items.map(({ id }: { id: string }) => id).sort();
  const findings = async (token = user.token, query = ''): Promise<Finding[]> =>
    (await get(`/api/v1/hygiene${query}`, token)).findings;

  it('finds nothing where there are no keys, and counts zero', async () => {
    expect((await findings()).map(({ kind, count }) => [kind, count])).toEqual(KINDS.map((kind) => [kind, 0]));
    const none = { total: 0, active: 0, disabled: 0, expired: 0, expiring: 0, unused: 0, rotating: 0 };
    const { asOf, ...counts } = await get('/api/v1/api-keys/counts');
    expect(counts).toEqual({ merchantId: user.merchantId, ...none });
    expect(Math.abs(server.clock.now().getTime() - Date.parse(asOf))).toBeLessThan(5000);
  });

  it('finds each kind of key, by a filter that lists exactly those and that bulk operations select', async () => {
    const gone = await server.newMember(user, 'user');
    const expected: Record<string, string[]> = {
      exposed: [
        await newKey({ exposedAt: new Date(), exposedSource: 'github' }),
        await newKey({ exposedAt: new Date(), exposedSource: 'http' }),
      ],
      ownerGone: [await newKey({}, gone)],
      expiring: [await newKey({ expiresAt: daysAgo(-29) })],
      neverExpires: [await newKey({ expiresAt: null }), await newKey({ expiresAt: null })],
      idle: [await newKey({ lastUsedAt: daysAgo(91) })],
      neverUsed: [await newKey({ lastUsedAt: null })],
    };
    expected.plainHttp = [expected.exposed?.[1] ?? ''];
    for (const values of [
      { lastUsedAt: daysAgo(89) },
      { expiresAt: daysAgo(-31) },
      { isActive: false, expiresAt: null, exposedAt: new Date(), exposedSource: 'http' as const, lastUsedAt: null },
      { expiresAt: daysAgo(1), lastUsedAt: daysAgo(91) },
    ])
      await newKey(values);
    await newKey({ expiresAt: null, deletedAt: new Date() });
    await server.dataSource.getRepository(Account).update({ id: gone.accountId }, { status: -1 });
    const found = await findings();
    expect(found.map(({ kind }) => kind)).toEqual(KINDS);
    for (const { kind, count, filter, list } of found) {
      const ids = expected[kind]?.toSorted() ?? [];
      expect([kind, count, await idsOf(list)]).toEqual([kind, ids.length, ids]);
      const json = { filter, dryRun: true };
      const { body } = await server.call('POST', '/api/v1/api-keys/bulk-disable', { token: user.token, json });
      expect([kind, body.count]).toEqual([kind, ids.length]);
    }
  });

  it('counts the keys by status as the lists do', async () => {
    for (const values of [
      {},
      {},
      { isActive: false },
      { expiresAt: daysAgo(1) },
      { expiresAt: daysAgo(-1) },
      { lastUsedAt: null },
      { previousPublicId: randomUUID(), previousSecretHash: 'x', previousValidUntil: daysAgo(-1) },
    ])
      await newKey(values);
    const { asOf, merchantId, total, ...counts } = await get('/api/v1/api-keys/counts');
    expect([merchantId, total, Date.parse(asOf) > 0]).toEqual([user.merchantId, 7, true]);
    expect(counts).toEqual({ active: 5, disabled: 1, expired: 1, expiring: 1, unused: 1, rotating: 1 });
    for (const [status, count] of Object.entries(counts))
      expect([status, (await idsOf(`/api/v1/api-keys?status=${status}`)).length]).toEqual([status, count]);
  });

  it('filters by what was never set, and combines that with other criteria', async () => {
    const [never, ends] = [await newKey({ expiresAt: null, lastUsedAt: null }), await newKey()];
    const of = (query: string) => idsOf(`/api/v1/api-keys?${query}`);
    expect(await of('neverExpires=true')).toEqual([never]);
    expect(await of('neverExpires=false')).toEqual([ends]);
    expect(await of('neverUsed=true&status=unused')).toEqual([never]);
    expect(await of('neverUsed=false&sort=lastUsedAt')).toEqual([ends]);
    expect(await of('neverUsed=true&neverExpires=true&sort=expiresAt')).toEqual([never]);
    expect(await of('neverExpires=true&expiresAfter=2000-01-01')).toEqual([]);
    expect(await of('neverExpires=true&status=expired')).toEqual([]);
    expect(await of('exposed=false')).toEqual([never, ends].sort());
    expect(await of('ownerGone=false')).toEqual([never, ends].sort());
    for (const query of ['neverUsed=yes', 'exposedSource=mail', 'ownerGone=', 'exposed=1'])
      expect((await server.call('GET', `/api/v1/api-keys?${query}`, { token: user.token })).status).toBe(400);
  });

  it("counts personal keys for their owner, and for those who may read other merchants' keys", async () => {
    const owner = await server.newMember(user, 'user');
    await server.newPersonalKey(owner, 1);
    const reader = await server.newMember(server.admin, 'bughunter');
    const stranger = await server.newMerchant();
    const query = `?merchantId=${user.merchantId}`;
    const total = async (token: string) => (await get(`/api/v1/api-keys/counts${query}`, token)).total;
    expect([await total(user.token), await total(owner.token), await total(reader.token)]).toEqual([0, 1, 1]);
    for (const path of ['/api/v1/api-keys/counts', '/api/v1/hygiene'])
      expect((await server.call('GET', path + query, { token: stranger.token })).status).toBe(403);
    const [finding] = (await findings(reader.token, query)).filter(({ kind }) => kind === 'neverUsed');
    expect(await idsOf(finding?.list ?? '', reader.token)).toHaveLength(1);
  });

  it('counts many keys some at a time, keeps the numbers, and counts anew when they are old', async () => {
    const id = await newKey({ expiresAt: null });
    await newKey({ isActive: false });
    const model = await repository().findOneByOrFail({ id });
    const createdAt = (index: number) => new Date(model.createdAt.getTime() + Math.floor(index / 3000));
    const rows = Array.from({ length: 11_000 }, (_, index) => ({
      ...model,
      id: randomUUID(),
      publicId: randomUUID(),
      createdAt: createdAt(index),
      expiresAt: index % 2 === 0 ? null : model.createdAt,
    }));
    for (const batch of inBatches(rows, 500)) await insertRows(server.dataSource.manager, ApiKey, batch);
    const read = () => get('/api/v1/api-keys/counts');
    const counted = await read();
    expect(counted).toMatchObject({ total: 11_002, active: 5501, expired: 5500, disabled: 1 });
    expect((await findings()).find(({ kind }) => kind === 'neverExpires')?.count).toBe(5501);
    await repository().update(id, { isActive: false });
    expect(await read()).toEqual(counted);
    server.clock.advance(16 * 60);
    expect(await read()).toEqual(counted);
    for (let tries = 0; (await read()).asOf === counted.asOf; tries += 1) expect(tries).toBeLessThan(200);
    expect(await read()).toMatchObject({ total: 11_002, active: 5500, disabled: 2 });
    await repository().update(id, { isActive: true });
    // The first may share the count that has just been kept, while it ends.
    for (let runs = 0; runs < 2; runs += 1) await server.keepHouse('key_census');
    expect(await read()).toMatchObject({ active: 5501 });
  });
});
