/** Contracts of `/api/v1/members`: who may invite, raise, lower, disable, block and remove whom, also when two do so at once. */

import { randomUUID } from 'node:crypto';
import { In, Not } from 'typeorm';
import { ROLE_NAMES, ROLES, type Role } from '../../../src/access/levels.js';
import { Account } from '../../../src/accounts/account.entity.js';
import { PASSWORD, TestServer, type User } from '../../support/server.js';

const MEMBERS = '/api/v1/members';
const FORBIDDEN = { error: 'Forbidden', message: "You don't have permission to access this resource", code: 403 };
const LAST_MANAGER = { error: 'Conflict', message: expect.stringMatching(/^The last member/), code: 409 };

describe('merchants surface: rights over members', () => {
  let server: TestServer;
  /** One of each role, all of the administrator's merchant. */
  let staff: Record<Role, User>;
  beforeAll(async () => {
    server = await TestServer.start();
    const members = await Promise.all(ROLE_NAMES.map((role) => server.newMember(server.admin, role)));
    staff = Object.fromEntries(ROLE_NAMES.map((role, at) => [role, members[at]])) as Record<Role, User>;
  });
  afterAll(() => server.stop());

  const invite = ({ token }: User, role: Role) =>
    server.call('POST', MEMBERS, { token, json: { email: `member-${randomUUID()}@shop.example`, role } });
  const read = ({ token }: User, id: string) => server.call('GET', `${MEMBERS}/${id}`, { token });
  const list = ({ token }: User, merchantId: string) =>
    server.call('GET', `${MEMBERS}?merchantId=${merchantId}&limit=100`, { token });
  const patch = ({ token }: User, { uuid }: User, json: unknown) =>
    server.call('PATCH', `${MEMBERS}/${uuid}`, { token, json });
  const remove = ({ token }: User, { uuid }: User) => server.call('DELETE', `${MEMBERS}/${uuid}`, { token });
  const logIn = async ({ email }: User) =>
    (await server.call('POST', '/api/v1/auth/login', { json: { username: email, password: PASSWORD } })).status;

  it.each(ROLE_NAMES)('%s invites up to its own role, from level 4', async (role) => {
    for (const wanted of ROLE_NAMES) {
      const { status } = await invite(staff[role], wanted);
      const mayInvite = ROLES[role] >= 4 && ROLES[wanted] <= ROLES[role];
      expect([wanted, status]).toEqual([wanted, mayInvite ? 201 : 403]);
    }
  });

  it.each(ROLE_NAMES)('%s raises nobody above its own role, not even itself', async (role) => {
    const caller = staff[role];
    const target = await server.newMember(server.admin, 'readSome');
    for (const wanted of ROLE_NAMES.filter((name) => ROLES[name] > ROLES[role])) {
      for (const member of [target, caller]) {
        const { status, body } = await patch(caller, member, { role: wanted });
        expect([wanted, status, body]).toEqual([wanted, 403, FORBIDDEN]);
      }
    }
    expect((await read(server.admin, target.uuid)).body.role).toBe('readSome');
    expect((await read(server.admin, caller.uuid)).body.role).toBe(role);
  });

  it.each(ROLE_NAMES)('%s changes and removes nobody above itself', async (role) => {
    for (const above of ROLE_NAMES.filter((name) => ROLES[name] > ROLES[role])) {
      const target = staff[above];
      for (const json of [{ status: 'disabled' }, { role: 'readSome' }, { role, status: 'active' }]) {
        expect((await patch(staff[role], target, json)).body).toEqual(FORBIDDEN);
      }
      expect((await remove(staff[role], target)).body).toEqual(FORBIDDEN);
      expect((await read(server.admin, target.uuid)).body).toMatchObject({ role: above, status: 'active' });
    }
  });

  it.each(['readSome', 'readOnly', 'writeSome'] as const)('%s changes and removes nobody', async (role) => {
    const target = await server.newMember(server.admin, 'readSome');
    expect((await patch(staff[role], target, { status: 'disabled' })).body).toEqual(FORBIDDEN);
    expect((await remove(staff[role], target)).body).toEqual(FORBIDDEN);
    expect((await read(server.admin, target.uuid)).body.status).toBe('active');
  });

  it.each(['user', 'bughunter'] as const)("%s neither reads nor changes another merchant's members", async (role) => {
    const caller = staff[role];
    const owner = await server.newMerchant();
    const member = await server.newMember(owner, 'readSome');
    const answers = [
      await read(caller, member.uuid),
      await list(caller, owner.merchantId),
      await patch(caller, member, { status: 'disabled' }),
      await patch(caller, member, { role: 'readOnly' }),
      await remove(caller, member),
    ];
    for (const { status, body } of answers) expect([status, body]).toEqual([403, FORBIDDEN]);
    expect((await read(owner, member.uuid)).body).toMatchObject({ role: 'readSome', status: 'active' });
  });

  it.each(['support', 'admin'] as const)("%s reads and changes another merchant's members", async (role) => {
    const caller = staff[role];
    const owner = await server.newMerchant();
    const member = await server.newMember(owner, 'readSome');
    expect((await read(caller, member.uuid)).body.id).toBe(member.uuid);
    const { items } = (await list(caller, owner.merchantId)).body;
    expect(items.map(({ id }: { id: string }) => id)).toEqual([owner.uuid, member.uuid]);
    expect((await patch(caller, member, { role: 'readOnly' })).body.role).toBe('readOnly');
    expect((await patch(caller, member, { status: 'disabled' })).body.status).toBe('disabled');
    expect((await remove(caller, member)).status).toBe(204);
    expect((await read(owner, member.uuid)).status).toBe(404);
  });

  it('lets level 2 read the members of its own merchant', async () => {
    expect((await read(staff.readOnly, server.admin.uuid)).status).toBe(200);
    expect((await list(staff.readOnly, server.admin.merchantId)).status).toBe(200);
  });

  describe('the last manager of a merchant', () => {
    it('cannot remove, lower or disable itself', async () => {
      const owner = await server.newMerchant();
      await server.newMember(owner, 'writeSome');
      const disabled = await server.newMember(owner, 'user');
      await patch(owner, disabled, { status: 'disabled' });
      await invite(owner, 'user');
      const answers = [
        await remove(owner, owner),
        await patch(owner, owner, { role: 'writeSome' }),
        await patch(owner, owner, { status: 'disabled' }),
        await patch(owner, owner, { role: 'user', status: 'disabled' }),
      ];
      for (const { status, body } of answers) expect([status, body]).toEqual([409, LAST_MANAGER]);
      expect((await read(owner, owner.uuid)).body).toMatchObject({ role: 'user', status: 'active' });
      expect((await patch(owner, owner, { role: 'user', status: 'active' })).status).toBe(200);
    });

    it('can do so once there is another one', async () => {
      const owner = await server.newMerchant();
      const other = await server.newMember(owner, 'user');
      expect((await patch(owner, owner, { role: 'writeSome' })).status).toBe(200);
      expect((await remove(other, other)).body).toEqual(LAST_MANAGER);
      expect((await remove(other, owner)).status).toBe(204);
    });

    it('can be disabled and removed by support', async () => {
      const owner = await server.newMerchant();
      expect((await patch(staff.support, owner, { status: 'disabled' })).status).toBe(200);
      expect((await remove(staff.support, owner)).status).toBe(204);
    });

    it.each<[string, (caller: User, target: User) => ReturnType<typeof remove>]>([
      ['remove', (caller, target) => remove(caller, target)],
      ['lower', (caller, target) => patch(caller, target, { role: 'readOnly' })],
      ['disable', (caller, target) => patch(caller, target, { status: 'disabled' })],
    ])('remains when two %s each other at the same moment', async (_, act) => {
      for (let round = 0; round < 5; round += 1) {
        const owner = await server.newMerchant();
        const other = await server.newMember(owner, 'user');
        const answers = await Promise.all([act(owner, other), act(other, owner)]);
        const done = answers.filter(({ status }) => status < 300);
        expect(done).toHaveLength(1);
        const { items } = (await list(server.admin, owner.merchantId)).body;
        const left = items.filter(
          (item: { role: string; status: string }) => item.role === 'user' && item.status === 'active',
        );
        expect(left).toHaveLength(1);
      }
    });

    it.each<[string, (caller: User) => ReturnType<typeof remove>]>([
      ['remove', (caller) => remove(caller, caller)],
      ['lower', (caller) => patch(caller, caller, { role: 'readOnly' })],
    ])('remains when all managers %s themselves at the same moment', async (_, act) => {
      const owner = await server.newMerchant();
      const managers = [owner, await server.newMember(owner, 'user'), await server.newMember(owner, 'user')];
      const answers = await Promise.all(managers.map(act));
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(2);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(1);
    });
  });

  describe('a block by support', () => {
    let owner: User;
    let member: User;
    beforeEach(async () => {
      owner = await server.newMerchant();
      member = await server.newMember(owner, 'user');
      expect((await patch(staff.support, member, { status: 'disabled' })).body.status).toBe('disabled');
    });

    it('cannot be lifted by the merchant itself', async () => {
      for (const json of [{ status: 'active' }, { status: 'disabled' }, { status: 'active', role: 'readSome' }]) {
        expect((await patch(owner, member, json)).body).toEqual(FORBIDDEN);
      }
      await patch(owner, member, { role: 'readSome' });
      expect((await patch(owner, member, { status: 'active' })).body).toEqual(FORBIDDEN);
      expect(await logIn(member)).toBe(403);
    });

    it('cannot be circumvented by removing the member and inviting the same address again', async () => {
      expect((await remove(owner, member)).body).toEqual(FORBIDDEN);
      expect((await remove(staff.support, member)).status).toBe(204);
    });

    it('is lifted by support', async () => {
      expect((await patch(staff.support, member, { status: 'active' })).body.status).toBe('active');
      expect(await logIn(member)).toBe(200);
    });

    it('overrides what the merchant did', async () => {
      await patch(staff.support, member, { status: 'active' });
      expect((await patch(owner, member, { status: 'disabled' })).status).toBe(200);
      await patch(staff.support, member, { status: 'disabled' });
      expect((await patch(owner, member, { status: 'active' })).body).toEqual(FORBIDDEN);
    });
  });

  // The last test: afterwards the others' administrator may be gone.
  it('keeps an administrator, even when the last two of different merchants remove each other at the same moment', async () => {
    const { admin } = server;
    const second = await server.newMerchant();
    await patch(admin, second, { role: 'admin' });
    const others = { role: 'admin' as const, id: Not(In([admin.accountId, second.accountId])) };
    await server.dataSource.manager.update(Account, others, { role: 'user' });
    const answers = await Promise.all([remove(admin, second), remove(second, admin)]);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    const left = answers[0].status === 204 ? admin : second;
    for (const answer of [
      await patch(left, left, { role: 'user' }),
      await patch(left, left, { status: 'disabled' }),
      await remove(left, left),
    ])
      expect([answer.status, answer.body.code]).toEqual([409, 409]);
    expect((await patch(left, left, { role: 'admin', status: 'active' })).status).toBe(200);
    expect((await list(left, left.merchantId)).status).toBe(200);
  });
});
