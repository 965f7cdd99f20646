/** Contract G8, for what acts later or elsewhere: policies, departures, and keys that one account has beside each other. */

import { randomUUID } from 'node:crypto';
import { TestServer, type User } from '../support/server.js';

const AFFECTED = 'A key whose level is above yours would be affected';

describe('no rule that a weaker caller sets reaches a stronger key', () => {
  let server: TestServer;
  let admin: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    ({ admin } = server);
  });
  afterAll(() => server.stop());

  const check = async (token: string) => (await server.call('GET', '/api/v1/keys/check', { token })).status;

  /** A merchant with a member of level 4, and a key of level 5 that an administrator has made. */
  async function newMerchant(): Promise<{ user: User; strong: { id: string; fullKey: string } }> {
    const user = await server.newMerchant();
    const json = { description: 'Strong', level: 5 };
    const path = `/api/v1/api-keys?merchantId=${user.merchantId}`;
    return { user, strong: (await server.call('POST', path, { token: admin.token, json })).body };
  }

  it.each([
    ['idle-policy', { deleteAfterDays: 91 }, { idleAfterDays: 30 }],
    ['idle-policy', { disableAfterDays: 100, idleAfterDays: 5 }, { disableAfterDays: 0, deleteAfterDays: 0 }],
    ['exposure-policy', { reported: 'revoke' }, { reported: 'notify', inQuery: 'off' }],
    ['exposure-policy', { inQuery: 'disable' }, { overHttp: 'off' }],
  ])('%s: %j is refused while there is a stronger key, %j is not', async (policy, stricter, milder) => {
    const { user, strong } = await newMerchant();
    const path = `/api/v1/merchants/me/${policy}`;
    const set = (json: object) => server.call('PATCH', path, { token: user.token, json });
    const before = await server.call('GET', path, { token: user.token });
    const { status, body } = await set(stricter);
    expect([status, body.message]).toEqual([403, AFFECTED]);
    expect((await server.call('GET', path, { token: user.token })).text).toBe(before.text);
    expect((await set(milder)).status).toBe(200);
    await server.call('DELETE', `/api/v1/api-keys/${strong.id}`, { token: admin.token });
    expect((await set(stricter)).body).toMatchObject(stricter);
    // It may be set again as it is, now that a stronger key lives under it.
    const json = { description: 'Strong', level: 5 };
    await server.call('POST', `/api/v1/api-keys?merchantId=${user.merchantId}`, { token: admin.token, json });
    expect((await set(stricter)).status).toBe(200);
  });

  it.each(['suspend', 'responsibleId'])(
    'a departure with %s changes none of the keys when one is stronger',
    async (wish) => {
      const colleague = await server.newMember(admin, 'user');
      const leaving = await server.newMember(admin, 'user');
      const boss = await server.newMember(admin, 'support');
      const weak = await server.newFullKey(leaving, await server.newApplication(leaving));
      const strong = await server.newFullKey(leaving, await server.newApplication(leaving));
      await server.call('PATCH', `/api/v1/api-keys/${strong.id}`, { token: admin.token, json: { level: 7 } });
      const query = wish === 'suspend' ? 'keys=suspend' : `responsibleId=${colleague.uuid}`;
      for (const [method, dryRun] of [
        ['DELETE', ''],
        ['DELETE', '&dryRun=true'],
        ['PATCH', ''],
      ] as const) {
        const json = method === 'PATCH' ? { role: 'readSome' } : undefined;
        const path = `/api/v1/members/${leaving.uuid}?${query}${dryRun}`;
        const { status, body } = await server.call(method, path, { token: colleague.token, json });
        expect([status, body.message]).toEqual([403, AFFECTED]);
      }
      expect([await check(weak.fullKey), await check(strong.fullKey)]).toEqual([204, 204]);
      expect((await server.call('GET', '/whoami/jwt', { token: leaving.token })).body.account.role).toBe('user');
      const path = `/api/v1/members/${leaving.uuid}`;
      expect((await server.call('DELETE', `${path}?keys=suspend`, { token: boss.token })).status).toBe(204);
      expect([await check(weak.fullKey), await check(strong.fullKey)]).toEqual([401, 401]);
    },
  );

  it('a departure without a wish leaves stronger keys as they are', async () => {
    const [colleague, leaving] = [await server.newMember(admin, 'user'), await server.newMember(admin, 'user')];
    const strong = await server.newFullKey(leaving, await server.newApplication(leaving));
    await server.call('PATCH', `/api/v1/api-keys/${strong.id}`, { token: admin.token, json: { level: 7 } });
    expect((await server.call('DELETE', `/api/v1/members/${leaving.uuid}`, { token: colleague.token })).status).toBe(
      204,
    );
    expect(await check(strong.fullKey)).toBe(204);
  });

  it('F26, F27: a key deletes itself and its equals, and no stronger key of the same account', async () => {
    const member = await server.newMember(admin, 'support');
    const [weak, strong] = [await server.newPersonalKey(member, 4), await server.newPersonalKey(member, 5)];
    const equal = await server.newPersonalKey(member, 4);
    const remove = async (key: string, basic: string) => {
      const { status, body } = await server.call('DELETE', `/apikeys/${key}/key`, { basic });
      return [status, body?.error];
    };
    expect(await remove(strong.key, weak.basic)).toEqual([403, 'insufficientAccessLevel']);
    expect((await server.call('GET', '/whoami/key', { basic: strong.basic })).status).toBe(200);
    expect((await remove(equal.key, weak.basic))[0]).toBe(204);
    expect((await remove(weak.key, strong.basic))[0]).toBe(204);
    expect((await remove(strong.key, strong.basic))[0]).toBe(204);
    expect((await remove(randomUUID(), strong.basic))[0]).toBe(401);
  });
});
