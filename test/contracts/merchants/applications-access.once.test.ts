/** Contracts of `/api/v1/applications`: which levels read and change whose applications, and the list's pages. */

import { randomUUID } from 'node:crypto';
import { ROLE_NAMES, ROLES, type Role } from '../../../src/access/levels.js';
import { TestServer, type User } from '../../support/server.js';

const APPLICATIONS = '/api/v1/applications';
const FORBIDDEN = { error: 'Forbidden', message: "You don't have permission to access this resource", code: 403 };
const NOT_FOUND = { error: 'Not Found', message: 'The requested resource was not found', code: 404 };

describe('merchants surface: lists of applications, and access to them', () => {
  let server: TestServer;
  /** One of each role, all of the administrator's merchant. */
  let staff: Record<Role, User>;
  let owner: User;
  beforeAll(async () => {
    server = await TestServer.start();
    const members = await Promise.all(ROLE_NAMES.map((role) => server.newMember(server.admin, role)));
    staff = Object.fromEntries(ROLE_NAMES.map((role, at) => [role, members[at]])) as Record<Role, User>;
    owner = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const call = (method: string, path: string, { token }: User, json?: unknown) =>
    server.call(method, APPLICATIONS + path, { token, json });

  /** What can be done to an application, by whether it changes something. */
  async function attempts(caller: User, id: string, keyId: string): Promise<{ reads: number[]; writes: number[] }> {
    const reads = [`/${id}`, `/${id}/api-keys`, `/${id}/api-keys/${keyId}`];
    const writes: [string, string, object?][] = [
      ['PATCH', `/${id}`, { description: 'Changed' }],
      ['PATCH', `/${id}/status`, { isEnabled: true }],
      ['POST', `/${id}/api-keys`, { description: 'A key' }],
      ['DELETE', `/${id}/api-keys/${keyId}`],
      ['DELETE', `/${id}`],
    ];
    const statuses = { reads: [] as number[], writes: [] as number[] };
    for (const path of reads) statuses.reads.push((await call('GET', path, caller)).status);
    for (const [method, path, json] of writes) statuses.writes.push((await call(method, path, caller, json)).status);
    return statuses;
  }

  const READ = [200, 200, 200];
  const WRITTEN = [200, 200, 201, 204, 204];
  const REFUSED = { reads: [403, 403, 403], writes: [403, 403, 403, 403, 403] };

  it.each(ROLE_NAMES)("lets %s read its own merchant's from level 1 and change them from level 4", async (role) => {
    const id = await server.newApplication(server.admin);
    const key = await server.newFullKey(server.admin, id);
    expect((await call('GET', '', staff[role])).status).toBe(200);
    expect((await call('POST', '', staff[role], { name: randomUUID() })).status).toBe(ROLES[role] >= 4 ? 201 : 403);
    expect(await attempts(staff[role], id, key.id)).toEqual({
      reads: READ,
      writes: ROLES[role] >= 4 ? WRITTEN : REFUSED.writes,
    });
  });

  it.each(ROLE_NAMES)("lets %s read other merchants' from level 5 and change them with level 8", async (role) => {
    const id = await server.newApplication(owner);
    const { id: keyId, fullKey } = await server.newFullKey(owner, id);
    const before = (await call('GET', `/${id}`, owner)).body;
    expect(await attempts(staff[role], id, keyId)).toEqual({
      reads: ROLES[role] >= 5 ? READ : REFUSED.reads,
      writes: ROLES[role] >= 8 ? WRITTEN : REFUSED.writes,
    });
    if (ROLES[role] < 8) {
      expect((await call('GET', `/${id}`, owner)).body).toEqual(before);
      expect((await call('GET', `/${id}/api-keys`, owner)).body.totalItems).toBe(1);
      expect((await server.call('GET', '/api/v1/keys/check', { token: fullKey })).status).toBe(204);
    }
  });

  it("refuses another merchant's application with the same answer on every route", async () => {
    const id = await server.newApplication(owner);
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['PATCH', '/status'],
      ['DELETE', ''],
      ['GET', '/api-keys'],
      ['GET', `/api-keys/${randomUUID()}`],
      ['DELETE', `/api-keys/${randomUUID()}`],
    ] as const) {
      expect((await call(method, `/${id}${path}`, staff.user, {})).body).toEqual(FORBIDDEN);
      expect((await call(method, `/${randomUUID()}${path}`, staff.user, {})).body).toEqual(NOT_FOUND);
    }
  });

  it('assigns a key that level 8 creates for another merchant to that merchant', async () => {
    const id = await server.newApplication(owner);
    const { fullKey } = await server.newFullKey(server.admin, id);
    const { status, headers } = await server.call('GET', '/api/v1/keys/check', { token: fullKey });
    expect([status, headers['x-merchant-id'], headers['x-key-level']]).toEqual([204, owner.merchantId, '4']);
  });

  describe('the list', () => {
    let caller: User;
    let ids: string[];
    beforeAll(async () => {
      caller = await server.newMerchant();
      ids = [];
      for (let count = 0; count < 7; count += 1) {
        ids.push(await server.newApplication(caller));
        server.clock.advance(1);
      }
    });

    const idsOf = (body: { items: { id: string }[] }) => body.items.map(({ id }) => id);

    it('contains nothing of other merchants', async () => {
      for (const user of [server.admin, owner, caller]) {
        const { items } = (await call('GET', '?limit=100', user)).body;
        const shown = items.map(({ id }: { id: string }) => id).filter((id: string) => ids.includes(id));
        expect(shown).toEqual(user === caller ? ids : []);
      }
    });

    it('is empty for a merchant without applications', async () => {
      const { status, body } = await call('GET', '', await server.newMerchant());
      expect([status, body]).toEqual([
        200,
        {
          items: [],
          page: 1,
          limit: 20,
          totalItems: 0,
          totalPages: 0,
          hasPreviousPage: false,
          hasNextPage: false,
        },
      ]);
    });

    it.each([
      ['', 1, 20, 1, [0, 7], false, false],
      ['?page=1&limit=3', 1, 3, 3, [0, 3], false, true],
      ['?page=2&limit=3', 2, 3, 3, [3, 6], true, true],
      ['?page=3&limit=3', 3, 3, 3, [6, 7], true, false],
      ['?page=4&limit=3', 4, 3, 3, [7, 7], true, false],
      ['?limit=7', 1, 7, 1, [0, 7], false, false],
      ['?limit=1', 1, 1, 7, [0, 1], false, true],
      ['?limit=100', 1, 100, 1, [0, 7], false, false],
      ['?page=999999999&limit=100', 999_999_999, 100, 1, [7, 7], true, false],
    ])('answers %j with its page, oldest first', async (query, page, limit, totalPages, [from, to], previous, next) => {
      const { status, body } = await call('GET', query, caller);
      const { items, ...rest } = body;
      expect(status).toBe(200);
      expect(rest).toEqual({
        page,
        limit,
        totalItems: 7,
        totalPages,
        hasPreviousPage: previous,
        hasNextPage: next,
      });
      expect(idsOf({ items })).toEqual(ids.slice(from, to));
    });

    it.each(
      ['page', 'limit'].flatMap((field) =>
        ['0', '-1', 'abc', '1.5', '', '1e2', '0x1', '%201', '9999999999', 'null'].map((value) => [field, value]),
      ),
    )('refuses %s=%s', async (field, value) => {
      const { status, body } = await call('GET', `?${field}=${value}`, caller);
      expect([status, body]).toEqual([
        400,
        {
          error: 'Bad Request',
          message: 'The request contains invalid parameters or malformed data',
          code: 400,
          details: [{ field, message: expect.any(String) }],
        },
      ]);
    });

    it.each(['limit=101', 'limit=1&limit=2'])('refuses %s', async (query) => {
      const { status, body } = await call('GET', `?${query}`, caller);
      expect([status, body.details]).toEqual([400, [{ field: 'limit', message: expect.any(String) }]]);
    });

    it('names every invalid field', async () => {
      const { body } = await call('GET', '?page=0&limit=0', caller);
      expect(body.details.map(({ field }: { field: string }) => field)).toEqual(['page', 'limit']);
    });
  });
});
