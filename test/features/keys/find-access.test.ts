/** Guarantees of finding keys: cursors neither repeat nor skip, filters are checked, and no key is shown to those who may not read it. */

import { aKey, insertKeys } from '../../support/keys.js';
import { TestServer, type User } from '../../support/server.js';

describe('merchants surface: finding keys, access and cursors', () => {
  let server: TestServer;
  let user: User;
  let stranger: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
    stranger = await server.newMerchant();
    await insertKeys(server, [...Array.from({ length: 30 }, () => aKey(user)), aKey(stranger)]);
  });
  afterAll(() => server.stop());

  const get = (query: string, { token } = user) => server.call('GET', `/api/v1/api-keys?${query}`, { token });
  const idsOf = ({ body }: { body: { items: { id: string }[] } }): string[] => body.items.map(({ id }) => id);

  it('neither repeats nor skips keys when others are created and revoked in between', async () => {
    for (const sort of ['createdAt', '-createdAt', 'name']) {
      const before = idsOf(await get('limit=100'));
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const part = await get(`sort=${sort}&limit=7&cursor=${cursor}`);
        seen.push(...idsOf(part));
        cursor = part.body.nextCursor;
        await insertKeys(server, [aKey(user), aKey(user, { createdAt: new Date(0) })]);
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(before));
      await server.dataSource.query(`DELETE FROM api_key WHERE created_at < '2000-01-01'`);
    }
  });

  it('accepts a cursor for the list that it came from and for no other', async () => {
    const { nextCursor } = (await get('level=4&sort=name&limit=2&cursor=')).body;
    expect((await get(`sort=name&level=4&limit=5&cursor=${nextCursor}`)).status).toBe(200);
    for (const other of ['sort=name', 'level=3&sort=name', 'level=4', 'level=4&sort=-name', 'level=4&sort=name&q=A']) {
      const { status, body } = await get(`${other}&cursor=${nextCursor}`);
      expect([status, body.details]).toEqual([
        400,
        [{ field: 'cursor', message: 'cursor must come from a list with the same filter and the same sort' }],
      ]);
    }
    const others = await get(`level=4&sort=name&cursor=${nextCursor}`, stranger);
    expect([others.status, others.body.details[0].field]).toEqual([400, 'cursor']);
  });

  const forged = (content: unknown): string => `cursor=${Buffer.from(JSON.stringify(content)).toString('base64url')}`;

  it.each([
    ['cursor', 'cursor=garbage'],
    ['cursor', `cursor=${'x'.repeat(1001)}`],
    ['cursor', 'cursor=&cursor='],
    ['cursor', forged(null)],
    ['cursor', forged({})],
    ['cursor', forged(['list', 'time', 'text', 'id'])],
    ['cursor', forged(['list', 'time', 1e300, 'id'])],
    ['page', 'page=1&cursor='],
    ['page', 'page=0'],
    ['limit', 'limit=101'],
    ['limit', 'limit=1&limit=2'],
    ['sort', 'sort=level'],
    ['sort', 'sort=name&sort=name'],
    ['status', 'status=good'],
    ['status', 'status='],
    ['status', 'status=active&status=active'],
    ['application', 'application=mine'],
    ['level', 'level=9'],
    ['level', 'level=-1'],
    ['level', 'level=four'],
    ['level', 'level=4&level=4'],
    ['scope', 'scope=Not%20a%20scope'],
    ['scope', 'scope=a%27%20OR%201=1'],
    ['scope', 'scope=a&scope=b'],
    ['environment', 'environment=prod'],
    ['surface', 'surface=all'],
    ['createdAfter', 'createdAfter=yesterday'],
    ['createdBefore', 'createdBefore=2026-13-01'],
    ['createdBefore', 'createdBefore=2026-02-29'],
    ['expiresAfter', 'expiresAfter='],
    ['expiresBefore', 'expiresBefore=1'],
    ['lastUsedAfter', 'lastUsedAfter=2026'],
    ['lastUsedBefore', 'lastUsedBefore=2026-01-01&lastUsedBefore=2026-01-01'],
    ['q', 'q='],
    ['q', `q=${'x'.repeat(51)}`],
    ['q', 'q=%00'],
    ['merchantId', 'merchantId=mine'],
  ])('refuses a wrong %s, as in %s, and names it', async (field, query) => {
    const { status, body } = await get(query);
    expect([status, body.details]).toEqual([400, [{ field, message: expect.stringContaining(field) }]]);
  });

  it.each(['createdAfter=0001-01-01', 'createdBefore=9999-12-31T23:59:59.999Z', 'lastUsedAfter=0000-01-01'])(
    'accepts the earliest and the latest times: %s',
    async (query) => {
      for (const part of ['', '&cursor=']) expect((await get(query + part)).status).toBe(200);
    },
  );

  it("shows another merchant's keys to nobody below level 5", async () => {
    const others = `merchantId=${stranger.merchantId}`;
    for (const path of [`?${others}`, `?${others}&cursor=`, `/export?${others}`]) {
      const refused = await server.call('GET', `/api/v1/api-keys${path}`, { token: user.token });
      expect([refused.status, refused.body?.code]).toEqual([403, 403]);
    }
    const reader = await server.newMember(server.admin, 'bughunter');
    const own = idsOf(await get('', stranger));
    expect(own).toHaveLength(1);
    expect(idsOf(await get(others, reader))).toEqual(own);
    expect(idsOf(await get('', reader))).not.toContain(own[0]);
  });

  it('shows personal keys to their owners, and to those who may read all keys', async () => {
    const member = await server.newMember(user, 'user');
    const { key } = await server.newPersonalKey(member);
    const seenBy = async (who: User) =>
      idsOf(await get(`surface=accounts&cursor=&merchantId=${user.merchantId}`, who)).includes(key);
    expect([await seenBy(member), await seenBy(user), await seenBy(server.admin)]).toEqual([true, false, true]);
    const allOf = async (who: User) => idsOf(await get('limit=100&sort=-createdAt', who));
    expect([(await allOf(member)).includes(key), (await allOf(user)).includes(key)]).toEqual([true, false]);
  });
});
