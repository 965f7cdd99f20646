/** Contracts of `/api/v1/members`: reading and changing members, with effect at once. */

import { randomUUID } from 'node:crypto';
import { PASSWORD, TestServer, type User } from '../../support/server.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const MEMBERS = '/api/v1/members';
const GONE = { error: 'Gone', message: expect.stringMatching(/\S/), code: 410 };

describe('merchants surface: members', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const newAddress = () => `member-${randomUUID()}@shop.example`;
  const invite = (json: unknown, { token } = user) => server.call('POST', MEMBERS, { token, json });
  const get = (path: string, { token } = user) => server.call('GET', MEMBERS + path, { token });
  const patch = (id: string, json: unknown, { token } = user) =>
    server.call('PATCH', `${MEMBERS}/${id}`, { token, json });
  const remove = (id: string, { token } = user) => server.call('DELETE', `${MEMBERS}/${id}`, { token });
  const signUp = (link: string) => {
    const { pathname, search } = new URL(link);
    const json = { password: PASSWORD, firstName: 'Grace', lastName: 'Hopper' };
    return server.call('POST', pathname + search, { json });
  };

  describe('reading', () => {
    it("lists only the merchant's members", async () => {
      const owner = await server.newMerchant();
      const member = await server.newMember(owner, 'readOnly');
      const { id } = (await invite({ email: newAddress(), role: 'user' }, owner)).body;
      const { status, body } = await get('', owner);
      const { items, ...rest } = body;
      const listed = items.map((item: { id: string; status: string }) => [item.id, item.status]);
      expect(status).toBe(200);
      expect(rest).toEqual({
        page: 1,
        limit: 20,
        totalItems: 3,
        totalPages: 1,
        hasPreviousPage: false,
        hasNextPage: false,
      });
      expect(listed).toEqual([
        [owner.uuid, 'active'],
        [member.uuid, 'active'],
        [id, 'invited'],
      ]);
      expect(items[0]).toEqual({
        id: owner.uuid,
        email: owner.email,
        username: owner.email,
        role: 'user',
        status: 'active',
        firstName: 'Ada',
        lastName: 'Lovelace',
        merchantId: owner.merchantId,
        createdAt: expect.stringMatching(TIME),
        lastLoginAt: expect.stringMatching(TIME),
      });
      expect((await get(`/${owner.uuid}`, owner)).body).toEqual(items[0]);
      const second = await get('?page=2&limit=2', owner);
      expect(second.body.items.map((item: { id: string }) => item.id)).toEqual([id]);
    });

    it('finds members by a part of their address or name in either case, of all merchants for level 7', async () => {
      const part = randomUUID();
      const addresses = [`a-${part}@shop.example`, `B-${part}@shop.example`];
      const owners = [await server.newMerchant(), await server.newMerchant()];
      const ids: string[] = [];
      for (const [index, email] of addresses.entries())
        ids.push((await invite({ email, role: 'user' }, owners[index])).body.id);
      const find = async (query: string, caller: User) => {
        const { status, body } = await get(`?q=${query}`, caller);
        return status === 200 ? body.items.map((item: { id: string }) => item.id) : status;
      };
      const [owner = user] = owners;
      expect(await find(`A-${part.toUpperCase()}`, owner)).toEqual([ids[0]]);
      expect(await find(`b-${part}`, owner)).toEqual([]);
      expect(await find(`_-${part}`, owner)).toEqual([]);
      expect(await find(`${part}&allMerchants=true`, server.admin)).toEqual(ids);
      expect(await find(`${part}&allMerchants=false`, server.admin)).toEqual([]);
      const weaker = await server.newMember(server.admin, 'bughunter');
      for (const caller of [owner, weaker]) expect(await find(`${part}&allMerchants=true`, caller)).toBe(403);
      const both = await get(`?allMerchants=true&merchantId=${owner.merchantId}`, server.admin);
      expect([both.status, both.body.details]).toEqual([
        400,
        [{ field: 'allMerchants', message: 'allMerchants cannot be combined with merchantId' }],
      ]);
    });

    it.each(['page=0', 'limit=101', 'limit=x', 'merchantId=mine', 'allMerchants=1'])(
      'refuses the query %s',
      async (query) => {
        const { status, body } = await get(`?${query}`);
        expect([status, body.details]).toEqual([400, [{ field: query.split('=')[0], message: expect.any(String) }]]);
      },
    );

    it('answers 404 to an unknown id', async () => {
      for (const id of [randomUUID(), 'nobody', String(user.accountId), `${user.uuid}%20`]) {
        for (const answer of [await get(`/${id}`), await patch(id, { role: 'user' }), await remove(id)]) {
          expect([id, answer.status, answer.body]).toEqual([
            id,
            404,
            { error: 'Not Found', message: 'The requested resource was not found', code: 404 },
          ]);
        }
      }
    });
  });

  describe('changes', () => {
    it('set the role, with effect at once on issued tokens', async () => {
      const member = await server.newMember(user, 'user');
      const { status, body } = await patch(member.uuid, { role: 'readOnly' });
      expect([status, body.role, body.status]).toEqual([200, 'readOnly', 'active']);
      const json = { name: `app ${randomUUID()}` };
      const create = ({ token }: User) => server.call('POST', '/api/v1/applications', { token, json });
      expect((await create(member)).status).toBe(401);
      const lowered = await server.logIn(member.email, PASSWORD);
      expect((await create(lowered)).status).toBe(403);
      expect((await patch(member.uuid, { role: 'user' })).body.role).toBe('user');
      expect((await create(lowered)).status).toBe(201);
      expect((await create(member)).status).toBe(401);
    });

    it.each([
      ['role', { role: 'root' }],
      ['role', { role: 8 }],
      ['status', { status: 'invited' }],
      ['status', { status: 1 }],
      ['status', { status: 'blocked' }],
    ])('are refused for a bad %s: %j', async (field, json) => {
      const member = await server.newMember(user, 'readOnly');
      const { status, body } = await patch(member.uuid, json);
      expect([status, body.details]).toEqual([400, [{ field, message: expect.any(String) }]]);
    });

    it('of the status have the tokens and personal keys of a disabled member refused at once', async () => {
      const member = await server.newMember(user, 'user');
      const { basic } = await server.newPersonalKey(member);
      expect((await patch(member.uuid, { status: 'disabled' })).body.status).toBe('disabled');
      const { token } = member;
      expect((await server.call('GET', '/api/v1/merchants/me', { token })).status).toBe(403);
      expect((await server.call('GET', '/api/clients/api-keys', { token })).status).toBe(403);
      expect((await server.call('GET', '/whoami/jwt', { token })).status).toBe(403);
      expect((await server.call('GET', '/whoami/key', { basic })).status).toBe(401);
      const login = { username: member.email, password: PASSWORD };
      expect((await server.call('POST', '/api/v1/auth/login', { json: login })).status).toBe(403);

      expect((await patch(member.uuid, { status: 'active' })).body.status).toBe('active');
      expect((await server.call('GET', '/api/v1/merchants/me', { token })).status).toBe(401);
      const back = await server.logIn(member.email, PASSWORD);
      expect((await server.call('GET', '/api/v1/merchants/me', { token: back.token })).status).toBe(200);
      expect((await server.call('GET', '/whoami/key', { basic })).status).toBe(401);
    });

    it('of the status do not replace the signup of an invited member', async () => {
      const email = newAddress();
      const { id, signupLink } = (await invite({ email, role: 'user' })).body;
      expect((await patch(id, { status: 'active' })).status).toBe(409);
      expect((await patch(id, { status: 'disabled' })).body.status).toBe('disabled');
      expect((await signUp(signupLink)).body).toEqual(GONE);
      expect((await patch(id, { status: 'active' })).body.status).toBe('invited');
      // Enabling revives no link: the member is invited anew.
      expect((await signUp(signupLink)).body).toEqual(GONE);
      expect((await remove(id)).status).toBe(204);
      const again = (await invite({ email, role: 'user' })).body;
      expect((await signUp(again.signupLink)).status).toBe(201);
    });

    it('that remove a member have the tokens refused at once and the e-mail address free again', async () => {
      const member = await server.newMember(user, 'user');
      const { basic } = await server.newPersonalKey(member);
      const { status, text } = await remove(member.uuid);
      expect([status, text]).toEqual([204, '']);
      expect((await server.call('GET', '/api/v1/merchants/me', { token: member.token })).status).toBe(401);
      expect((await server.call('GET', '/whoami/key', { basic })).status).toBe(401);
      expect((await get(`/${member.uuid}`)).status).toBe(404);
      expect((await remove(member.uuid)).status).toBe(404);

      const again = (await invite({ email: member.email, role: 'readOnly' })).body;
      expect(again.id).not.toBe(member.uuid);
      expect((await signUp(again.signupLink)).status).toBe(201);
      expect((await server.call('GET', '/api/v1/merchants/me', { token: member.token })).status).toBe(401);
    });
  });
});
