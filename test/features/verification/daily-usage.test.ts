/** Guarantees for the days of many keys at once: counted as everywhere else, and shown only to those who may read the keys. */

import { randomUUID } from 'node:crypto';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { TestServer, type User } from '../../support/server.js';

const DAY_SECONDS = 86_400;
const DAY_MS = DAY_SECONDS * 1000;

describe('the usage of keys by day', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.start({
      USAGE_FLUSH_INTERVAL_MS: '60000',
      USAGE_KEPT_DAYS: '400',
      JWT_TTL_SECONDS: '100000000',
    });
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const verify = async (key: string, times: number, requirements: object = {}) => {
    const keys = Array.from({ length: times }, () => ({ key, ...requirements }));
    const json = { keys };
    expect((await server.call('POST', '/api/v1/keys/verify/batch', { token: user.token, json })).status).toBe(200);
  };
  const read = (query: string, token = user.token) => server.call('GET', `/api/v1/usage/daily?${query}`, { token });
  const today = () => Math.floor(server.clock.now().getTime() / DAY_MS) * DAY_MS;

  it('has a count for each day and key, in the order of the request, over the end of a month', async () => {
    const [busy, quiet, unused] = await Promise.all([1, 2, 3].map(() => server.newFullKey(user, application)));
    if (!busy || !quiet || !unused) throw new Error('Three keys are made.');
    await verify(busy.fullKey, 3);
    await verify(busy.fullKey, 2, { level: 8 });
    await server.flushed();
    server.clock.advance(20 * DAY_SECONDS);
    await verify(quiet.fullKey, 1);
    await server.flushed();
    server.clock.advance(15 * DAY_SECONDS);
    await verify(busy.fullKey, 4);
    await server.flushed();
    const ids = [quiet.id, unused.id, busy.id.toUpperCase(), busy.id];
    const { status, body } = await read(`keyIds=${ids.join()}&days=36`);
    const days = (counts: Record<number, number>) => Array.from({ length: 36 }, (_, day) => counts[day] ?? 0);
    expect([status, body]).toEqual([
      200,
      {
        from: new Date(today() - 35 * DAY_MS).toISOString(),
        to: new Date(today() + DAY_MS).toISOString(),
        items: [
          { keyId: quiet.id, total: 1, days: days({ 20: 1 }) },
          { keyId: busy.id, total: 9, days: days({ 0: 5, 35: 4 }) },
        ],
      },
    ]);
    const short = (await read(`keyIds=${busy.id}&days=1`)).body;
    expect(short.items).toEqual([{ keyId: busy.id, total: 4, days: [4] }]);
    expect((await read(`keyIds=${busy.id}`)).body.items[0].days).toHaveLength(30);
  });

  it("leaves out keys of other merchants, and others' personal keys", async () => {
    const { id, fullKey } = await server.newFullKey(user, application);
    await verify(fullKey, 2);
    const member = await server.newMember(user, 'user');
    const { key, basic } = await server.newPersonalKey(member, 1);
    const mine = await server.dataSource.getRepository(ApiKey).findOneByOrFail({ publicId: key });
    await verify(basic, 3);
    await server.flushed();
    const found = async (token: string) =>
      (await read(`keyIds=${id},${mine.id}`, token)).body.items.map(({ keyId }: { keyId: string }) => keyId);
    expect(await found(member.token)).toEqual([id, mine.id]);
    expect(await found(user.token)).toEqual([id]);
    expect(await found((await server.newMerchant()).token)).toEqual([]);
    const foreign = await read(`keyIds=${id},${mine.id}&merchantId=${user.merchantId}`, server.admin.token);
    expect(foreign.body.items).toHaveLength(2);
    const refused = await read(`keyIds=${id}&merchantId=${user.merchantId}`, (await server.newMerchant()).token);
    expect(refused.status).toBe(403);
  });

  it.each([
    ['keyIds', ''],
    ['keyIds', 'keyIds='],
    ['keyIds', 'keyIds=all'],
    ['keyIds', `keyIds=${randomUUID()},`],
    ['keyIds', `keyIds=${Array.from({ length: 101 }, () => randomUUID()).join()}`],
    ['days', `keyIds=${randomUUID()}&days=0`],
    ['days', `keyIds=${randomUUID()}&days=91`],
    ['days', `keyIds=${randomUUID()}&days=1.5`],
  ])('refuses wrong %s (%#)', async (field, query) => {
    const { status, body } = await read(query);
    expect([status, body.details]).toEqual([400, [{ field, message: expect.stringMatching(/\S/) }]]);
  });

  it('takes a hundred keys', async () => {
    const keys = Array.from({ length: 100 }, () => randomUUID()).join();
    expect(await read(`keyIds=${keys}`)).toMatchObject({ status: 200, body: { items: [] } });
  });
});
