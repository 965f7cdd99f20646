/** Guarantees of a demanded second factor: without one, an account can do nothing but set one up; and of its reset by an administrator. */

import type { Role } from '../../../src/access/levels.js';
import { OPERATIONS } from '../../support/operations.js';
import { TestServer, type User } from '../../support/server.js';
import { answer, challengeOf, codeOf, eventsOf, mailTo, PATH, setUpTotp } from '../../support/second-factors.js';

const POLICY = '/api/v1/merchants/me/sign-in-policy';

/** What an account may do that must have a second factor and has none. */
const OPEN =
  /^(GET|POST|DELETE) (\/api\/v1\/second-factor(\/.*)?|\/api\/v1\/sessions(\/.*)?|\/whoami\/jwt|\/console\/session|(\/api\/auth|\/api\/v1\/auth|)\/logout)$/;

const ENDING = ['DELETE /api/v1/sessions', 'DELETE /console/session'];

const lacking = [403, 'access.second_factor_lacking'];

describe('a demanded second factor', () => {
  let server: TestServer;
  let owner: User;
  beforeAll(async () => {
    server = await TestServer.start({ REQUIRE_SECOND_FACTOR_LEVEL: '5' });
    // The operator's own account is one of them.
    await setUpTotp(server, server.admin);
  });
  beforeEach(async () => {
    owner = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const codeFor = async (method: string, path: string, { token }: Pick<User, 'token'>, json?: object) => {
    const { status, headers } = await server.call(method, path, { token, json });
    return [status, headers['x-error-code']];
  };
  const demand = async (requireSecondFactor = true) => {
    const { status, body } = await server.call('PATCH', POLICY, { token: owner.token, json: { requireSecondFactor } });
    expect([status, body]).toEqual([200, { requireSecondFactor }]);
  };

  it('is a policy of the merchant', async () => {
    const read = async () => (await server.call('GET', POLICY, { token: owner.token })).body;
    expect(await read()).toEqual({ requireSecondFactor: false });
    await setUpTotp(server, owner);
    await demand();
    expect(await read()).toEqual({ requireSecondFactor: true });
    expect((await server.call('GET', PATH, { token: owner.token })).body.isDemanded).toBe(true);
    await demand(false);
    expect(await read()).toEqual({ requireSecondFactor: false });
    const member = await server.newMember(owner, 'writeSome');
    expect(await codeFor('PATCH', POLICY, member, { requireSecondFactor: true })).toEqual([
      403,
      'access.level_lacking',
    ]);
    expect(await codeFor('PATCH', POLICY, owner, {})).toEqual([400, 'request.body_missing']);
    await server.sealed();
    const events = await server.call('GET', '/api/v1/audit-events?action=merchant.policy_changed', {
      token: owner.token,
    });
    expect(events.body.items.map(({ details }: { details: object }) => details).reverse()).toEqual(
      [true, false].map((to) => ({ changes: { requireSecondFactor: { from: !to, to } } })),
    );
  });

  it('is not demanded of members above', async () => {
    const manager = await server.newMember(server.admin, 'user');
    const set = (requireSecondFactor: boolean) => codeFor('PATCH', POLICY, manager, { requireSecondFactor });
    expect(await set(true)).toEqual([403, 'access.level_lacking']);
    expect(await set(false)).toEqual([200, undefined]);
  });

  it('opens nothing to a token without one, whether old or new, but its setup', async () => {
    const member = await server.newMember(owner, 'user');
    await demand();
    const { token } = (
      await server.call('POST', '/login', { json: { username: member.email, password: member.password } })
    ).body;
    for (const some of [member.token, token])
      expect(await codeFor('GET', '/api/v1/applications', { token: some })).toEqual(lacking);
    const { secret } = await setUpTotp(server, { ...member, token });
    expect(await codeFor('GET', '/api/v1/applications', { token })).toEqual([200, undefined]);
    const next = await challengeOf(server, member);
    expect((await answer(server, { ...next, code: codeOf(server, secret) })).status).toBe(200);
  });

  describe('on each route', () => {
    let member: User;
    beforeAll(async () => {
      member = await server.newMember(server.admin, 'admin');
    });

    it.each(OPERATIONS.filter(({ schemes }) => schemes.includes('loginToken')))('$method $path', async (operation) => {
      const { method, path, body } = operation;
      const real = path.replaceAll(/\{\w+\}/g, '4c0f4f0e-58a4-4b51-9a3c-2f1f5d1f7c11');
      if (OPEN.test(`${method} ${path}`)) {
        // It would end the session that the others need.
        if (path.endsWith('/logout') || ENDING.includes(`${method} ${path}`)) return;
        expect((await codeFor(method, real, member, {}))[1]).not.toBe(lacking[1]);
        return;
      }
      const verify = { '/api/v1/keys/verify': { key: 'x' }, '/api/v1/keys/verify/batch': { keys: [{ key: 'x' }] } };
      const json = (verify as Record<string, object>)[path] ?? (body ? {} : undefined);
      expect(await codeFor(method, real, member, json)).toEqual(lacking);
    });
  });

  it('does not concern keys', async () => {
    const { basic } = await server.newPersonalKey(owner);
    await demand();
    expect((await server.call('GET', '/apikeys/key', { basic })).status).toBe(200);
  });

  it('keeps the last one, but not others', async () => {
    await setUpTotp(server, owner);
    await demand();
    const json = { currentPassword: owner.password };
    expect(await codeFor('DELETE', `${PATH}/totp`, owner, json)).toEqual([409, 'second_factor.demanded']);
    expect((await server.call('GET', PATH, { token: owner.token })).body.recoveryCodesLeft).toBe(10);
    await demand(false);
    expect(await codeFor('DELETE', `${PATH}/totp`, owner, json)).toEqual([204, undefined]);
  });

  it.each<[Role, boolean]>([
    ['user', false],
    ['bughunter', true],
    ['support', true],
  ])("is the operator's, of the role %s: %s", async (role, isDemanded) => {
    const member = await server.newMember({ ...owner, token: server.admin.token }, 'readSome');
    const promoted = await server.call('PATCH', `/api/v1/members/${member.uuid}`, {
      token: server.admin.token,
      json: { role },
    });
    expect(promoted.status).toBe(200);
    expect(await codeFor('GET', '/api/v1/applications', member)).toEqual(isDemanded ? lacking : [200, undefined]);
  });

  describe('can be reset', () => {
    const reset = (caller: User, { uuid }: User) => codeFor('DELETE', `/api/v1/members/${uuid}/second-factor`, caller);

    it('by whoever may change the member, who is told', async () => {
      const member = await server.newMember(owner, 'user');
      const { secret } = await setUpTotp(server, member);
      const { challenge } = await challengeOf(server, member);
      expect(await reset(owner, member)).toEqual([204, undefined]);
      expect(await codeFor('GET', PATH, member)).toEqual([401, 'credential.invalid']);
      expect((await answer(server, { challenge, code: codeOf(server, secret) })).status).toBe(401);
      const again = await server.logIn(member.email, member.password);
      expect((await server.call('GET', PATH, { token: again.token })).body).toMatchObject({ totp: null });
      await mailTo(server, member, 'A manager or administrator has removed all second factors');
      expect((await eventsOf(server, member, 'account.second_factor')).at(-1)).toEqual([
        'account.second_factor_removed',
        { kind: 'all' },
      ]);
      expect(await reset(owner, again)).toEqual([204, undefined]);
      expect(await codeFor('GET', PATH, again)).toEqual([200, undefined]);
    });

    it('of nobody above, of no other merchant, and not of oneself', async () => {
      const [member, reader] = [await server.newMember(owner, 'user'), await server.newMember(owner, 'readOnly')];
      const stranger = await server.newMerchant();
      expect(await reset(reader, member)).toEqual([403, 'access.level_lacking']);
      expect(await reset(stranger, member)).toEqual([403, 'access.other_owner']);
      expect(await reset(owner, owner)).toEqual([409, 'second_factor.own']);
      expect(await reset(owner, { ...member, uuid: '4c0f4f0e-58a4-4b51-9a3c-2f1f5d1f7c11' })).toEqual([
        404,
        'member.not_found',
      ]);
      const manager = await server.newMember(server.admin, 'user');
      expect(await reset(manager, server.admin)).toEqual([403, 'access.level_lacking']);
    });
  });
});
