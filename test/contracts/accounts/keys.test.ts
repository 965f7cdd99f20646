/** Contracts F8, F21 and F23–F28: reading, listing and deleting personal keys, and who may. */

import { randomUUID } from 'node:crypto';
import { TestServer, type PersonalKey, type User } from '../../support/server.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const LACKING = { result: 'error', error: 'insufficientAccessLevel' };
const UNAUTHORIZED = { result: 'error', error: 'authenticationFailed' };
const UNKNOWN = { result: 'error', error: 'apiKeyNotFound' };
const ORDER = { name: 'A key', level: 0, expiresIn: 60 };

describe('accounts surface: API keys', () => {
  let server: TestServer;
  let owner: User;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    owner = await server.newMerchant();
    user = await server.newMember(owner, 'user');
  });
  afterAll(() => server.stop());

  const read = (key: string, { token } = user) => server.call('GET', `/apikeys/${key}/jwt`, { token });
  const remove = (key: string, { token } = user) => server.call('DELETE', `/apikeys/${key}/jwt`, { token });
  const whoAmI = ({ basic }: PersonalKey) => server.call('GET', '/whoami/key', { basic });

  async function newKey(of = user, level = 4, name = 'A key') {
    const json = { name, level, expiresIn: 3600 };
    const { secret, ...shown } = (await server.call('POST', '/apikeys/jwt', { token: of.token, json })).body.apikey;
    return { shown, key: shown.key as string, secret: secret as string, basic: `${shown.key}:${secret}` };
  }

  it('F21: lets a key of level 0 call whoami and list, and nothing else', async () => {
    const { basic, key } = await newKey(user, 0);
    expect((await server.call('GET', '/whoami/key', { basic })).status).toBe(200);
    expect((await server.call('GET', '/apikeys/key', { basic })).status).toBe(200);
    for (const [method, path, json] of [
      ['GET', '/account/key'],
      ['PATCH', '/account/key', { language: 'de' }],
      ['POST', '/available/username/key', { username: 'ada' }],
      ['POST', '/apikeys/key', ORDER],
      ['GET', `/apikeys/${key}/key`],
      ['DELETE', `/apikeys/${key}/key`],
    ] as [string, string, unknown?][]) {
      const { status, body } = await server.call(method, path, { basic, json });
      expect([method, path, status, body]).toEqual([method, path, 403, LACKING]);
    }
    expect((await server.call('GET', '/whoami/key', { basic })).status).toBe(200);
  });

  it.each([0, 1, 2, 3])('F8: does not let a key of level %d delete one', async (level) => {
    const victim = await newKey();
    const { basic } = await newKey(user, level);
    const { status, body } = await server.call('DELETE', `/apikeys/${victim.key}/key`, { basic });
    expect([status, body]).toEqual([403, LACKING]);
    expect((await whoAmI(victim)).status).toBe(200);
  });

  it('F8: lets a key of level 4 delete one', async () => {
    const victim = await newKey();
    const { basic } = await newKey(user, 4);
    expect((await server.call('DELETE', `/apikeys/${victim.key}/key`, { basic })).status).toBe(204);
    expect((await whoAmI(victim)).status).toBe(401);
  });

  it('F23: shows the key in use, without its secret', async () => {
    const { basic, shown } = await newKey(user, 1);
    const { status, body } = await server.call('GET', '/whoami/key', { basic });
    expect([status, body]).toEqual([200, { result: 'success', apikey: shown }]);
  });

  it('F24: reads a key by its id, by token and by key, as it was created', async () => {
    const { key, basic, shown } = await newKey();
    for (const { status, body } of [await read(key), await server.call('GET', `/apikeys/${key}/key`, { basic })]) {
      expect([status, body]).toEqual([200, { result: 'success', apikey: shown }]);
    }
    expect(shown.expiresAt).toMatch(TIME);
  });

  it('F24: requires level 4 to read a key by its id', async () => {
    const { key, basic } = await newKey(user, 3);
    const { status, body } = await server.call('GET', `/apikeys/${key}/key`, { basic });
    expect([status, body]).toEqual([403, LACKING]);
  });

  describe.each([
    ['the same merchant', () => server.newMember(owner, 'user')],
    ['another merchant', () => server.newMerchant()],
  ])('the key of another account of %s', (_, newOther) => {
    it('F24, F26: can neither be read nor deleted by an account or its keys', async () => {
      const victim = await newKey();
      const other = await newOther();
      const { basic } = await newKey(other, 4);
      for (const { status, body } of [
        await read(victim.key, other),
        await server.call('GET', `/apikeys/${victim.key}/key`, { basic }),
        await remove(victim.key, other),
        await server.call('DELETE', `/apikeys/${victim.key}/key`, { basic }),
      ]) {
        expect([status, body]).toEqual([403, LACKING]);
      }
      expect((await whoAmI(victim)).status).toBe(200);
    });

    it('F25: appears in its owner’s list alone', async () => {
      const other = await newOther();
      const { key, basic } = await newKey(other);
      for (const answer of [
        await server.call('GET', '/apikeys/jwt', { token: user.token }),
        await server.call('GET', '/apikeys/jwt', { token: server.admin.token }),
        await server.call('GET', '/apikeys/key', { basic: (await newKey()).basic }),
      ]) {
        expect(answer.text).not.toContain(key);
      }
      expect((await server.call('GET', '/apikeys/key', { basic })).text).toContain(key);
    });

    it('F24, F26: can be read and deleted by level 8', async () => {
      const victim = await newKey(await newOther());
      const { status, body } = await read(victim.key, server.admin);
      expect([status, body.apikey]).toEqual([200, victim.shown]);
      const strong = await newKey(server.admin, 8);
      expect((await server.call('GET', `/apikeys/${victim.key}/key`, { basic: strong.basic })).status).toBe(200);
      expect((await remove(victim.key, server.admin)).status).toBe(204);
      expect((await whoAmI(victim)).status).toBe(401);
    });

    it('F24, F26: can neither be read nor deleted by a weaker key of an account of level 8', async () => {
      const victim = await newKey(await newOther());
      const { basic } = await newKey(server.admin, 7);
      expect((await server.call('GET', `/apikeys/${victim.key}/key`, { basic })).status).toBe(403);
      expect((await server.call('DELETE', `/apikeys/${victim.key}/key`, { basic })).status).toBe(403);
    });
  });

  it.each([randomUUID(), 'no-uuid', "' OR ''='", 'jwt', '\0'])(
    'F24, F26: answers 404 to the key id %j',
    async (unknown) => {
      const key = encodeURIComponent(unknown);
      for (const { status, body } of [await read(key), await remove(key), await read(key, server.admin)]) {
        expect([status, body]).toEqual([404, UNKNOWN]);
      }
    },
  );

  it('F24, F26: answers 404 to a key of another surface, even to level 8', async () => {
    const pair = await server.newPair(owner);
    const full = await server.newFullKey(owner, await server.newApplication(owner));
    for (const { id } of [pair, full]) {
      expect((await read(id, owner)).status).toBe(404);
      expect((await remove(id, server.admin)).status).toBe(404);
    }
    expect((await server.call('GET', '/api/v1/keys/check', { token: full.fullKey })).status).toBe(204);
  });

  it('F25: lists the own keys as reading shows them, each with its id', async () => {
    const member = await server.newMember(owner, 'user');
    const empty = await server.call('GET', '/apikeys/jwt', { token: member.token });
    expect([empty.status, empty.body]).toEqual([200, { result: 'success', apikeys: [] }]);
    const keys = [await newKey(member, 4, 'one'), await newKey(member, 0, 'two'), await newKey(member, 2, 'three')];
    const apikeys = keys.map(({ shown }) => ({ id: shown.key, ...shown }));
    for (const { status, body } of [
      await server.call('GET', '/apikeys/jwt', { token: member.token }),
      await server.call('GET', '/apikeys/key', { basic: keys[1]?.basic }),
    ]) {
      expect(status).toBe(200);
      expect(body).toEqual({ result: 'success', apikeys: expect.arrayContaining(apikeys) });
      expect(body.apikeys).toHaveLength(3);
    }
  });

  it('F26: deletes a key for good, with an empty response', async () => {
    const victim = await newKey();
    const { status, text, headers } = await remove(victim.key);
    expect([status, text, headers['content-type']]).toEqual([204, '', undefined]);
    const refused = await whoAmI(victim);
    expect([refused.status, refused.body]).toEqual([401, UNAUTHORIZED]);
    for (const answer of [await read(victim.key), await remove(victim.key), await read(victim.key, server.admin)]) {
      expect([answer.status, answer.body]).toEqual([404, UNKNOWN]);
    }
    expect((await server.call('GET', '/apikeys/jwt', { token: user.token })).text).not.toContain(victim.key);
  });

  it('F26: deletes with a JSON content type and no body', async () => {
    const { key } = await newKey();
    const headers = { 'content-type': 'application/json' };
    expect((await server.call('DELETE', `/apikeys/${key}/jwt`, { token: user.token, headers })).status).toBe(204);
  });

  it('F26: deletes a key once when several requests delete it at the same moment', async () => {
    const { key } = await newKey();
    const answers = await Promise.all([remove(key), remove(key), remove(key)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404]);
  });

  it('F27: lets a key of level 4 delete itself', async () => {
    const key = await newKey();
    const { status } = await server.call('DELETE', `/apikeys/${key.key}/key`, { basic: key.basic });
    expect(status).toBe(204);
    expect((await whoAmI(key)).status).toBe(401);
  });

  it.each(['PUT', 'PATCH'])('F28: offers no %s that could change a key', async (method) => {
    const { key, basic, shown } = await newKey();
    const json = { level: 8, name: 'changed' };
    for (const { status, body } of [
      await server.call(method, `/apikeys/${key}/jwt`, { token: user.token, json }),
      await server.call(method, `/apikeys/${key}/key`, { basic, json }),
    ]) {
      expect([404, 405]).toContain(status);
      expect(body).toEqual({ result: 'error', error: expect.any(String) });
    }
    expect((await read(key)).body.apikey).toEqual(shown);
  });
});
