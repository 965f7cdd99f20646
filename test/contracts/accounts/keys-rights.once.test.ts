/** Contract F29: personal keys end with their owner's rights, for good; keys of a merchant outlive the member who created them. */

import type { Role } from '../../../src/access/levels.js';
import { TestServer, type PersonalKey, type User } from '../../support/server.js';

describe('accounts surface: keys end with their owner’s rights', () => {
  let server: TestServer;
  let owner: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    owner = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const LEVELS = [0, 1, 2, 3, 4];
  const changeMember = (by: User, { uuid }: User, json: { role?: Role; status?: string }) =>
    server.call('PATCH', `/api/v1/members/${uuid}`, { token: by.token, json });
  const setConsent = ({ token }: User, consent: number) =>
    server.call('PATCH', '/account/jwt', { token, json: { consent } });

  /** A member with a key of every level. */
  async function newMemberWithKeys(): Promise<{ member: User; keys: PersonalKey[] }> {
    const member = await server.newMember(owner, 'user');
    const keys: PersonalKey[] = [];
    for (const level of LEVELS) keys.push(await server.newPersonalKey(member, level));
    return { member, keys };
  }

  /** The levels of those keys that still work. */
  async function alive(keys: PersonalKey[]): Promise<number[]> {
    const answers = await Promise.all(keys.map(({ basic }) => server.call('GET', '/whoami/key', { basic })));
    return LEVELS.filter((level) => answers[level]?.status === 200);
  }

  it.each([
    ['writeSome', [0, 1, 2, 3]],
    ['readOnly', [0, 1, 2]],
    ['readSome', [0, 1]],
    ['user', [0, 1, 2, 3, 4]],
  ] as [Role, number[]][])('F29: a member lowered to %s keeps the keys of level %j', async (role, left) => {
    const { member, keys } = await newMemberWithKeys();
    expect(await alive(keys)).toEqual(LEVELS);
    expect((await changeMember(owner, member, { role })).status).toBe(200);
    expect(await alive(keys)).toEqual(left);
    const { token } = await server.logIn(member.email, member.password);
    const list = await server.call('GET', '/apikeys/jwt', { token });
    expect(list.body.apikeys.map(({ level }: { level: number }) => level).sort()).toEqual(left);

    await changeMember(owner, member, { role: 'user' });
    expect(await alive(keys)).toEqual(left);
  });

  it.each([
    ['disabled by its merchant', () => owner],
    ['blocked by support', () => server.admin],
  ])('F29: all keys of a member that was %s are deleted, and none is restored', async (_, by) => {
    const { member, keys } = await newMemberWithKeys();
    expect((await changeMember(by(), member, { status: 'disabled' })).status).toBe(200);
    expect(await alive(keys)).toEqual([]);
    expect((await changeMember(by(), member, { status: 'active' })).status).toBe(200);
    expect(await alive(keys)).toEqual([]);
    const back = await server.logIn(member.email, member.password);
    const list = await server.call('GET', '/apikeys/jwt', { token: back.token });
    expect(list.body.apikeys).toEqual([]);
    expect((await server.newPersonalKey(back)).key).toEqual(expect.any(String));
  });

  it('F29: all keys of a member that is removed are deleted', async () => {
    const { member, keys } = await newMemberWithKeys();
    expect((await server.call('DELETE', `/api/v1/members/${member.uuid}`, { token: owner.token })).status).toBe(204);
    expect(await alive(keys)).toEqual([]);
    const read = await server.call('GET', `/apikeys/${keys[0]?.key}/jwt`, { token: server.admin.token });
    expect(read.status).toBe(404);
  });

  it('F29: all keys of an account that withdraws consent are deleted, and consenting again restores none', async () => {
    const { member, keys } = await newMemberWithKeys();
    expect((await setConsent(member, 0)).status).toBe(200);
    expect(await alive(keys)).toEqual([]);

    const order = { token: member.token, json: { name: 'A key', level: 0, expiresIn: 60 } };
    const refused = await server.call('POST', '/apikeys/jwt', order);
    expect([refused.status, refused.body]).toEqual([403, { result: 'error', error: 'consentLacking' }]);
    const read = (path: string) => server.call('GET', path, { token: member.token });
    expect((await read('/apikeys/jwt')).body).toEqual({ result: 'success', apikeys: [] });
    expect((await read(`/apikeys/${keys[0]?.key}/jwt`)).status).toBe(404);

    expect((await setConsent(member, 1)).status).toBe(200);
    expect(await alive(keys)).toEqual([]);
    expect((await server.call('POST', '/apikeys/jwt', order)).status).toBe(201);
  });

  it('F29: a key by which consent is withdrawn is deleted with the others', async () => {
    const { keys } = await newMemberWithKeys();
    const { status } = await server.call('PATCH', '/account/key', { basic: keys[4]?.basic, json: { consent: 0 } });
    expect(status).toBe(200);
    expect(await alive(keys)).toEqual([]);
  });

  it('F29: keys of other accounts, and keys within the new rights, keep working', async () => {
    const [first, second] = [await newMemberWithKeys(), await newMemberWithKeys()];
    await setConsent(first.member, 0);
    expect(await alive(second.keys)).toEqual(LEVELS);
    await setConsent(second.member, 2);
    await server.call('PATCH', '/account/jwt', { token: second.member.token, json: { language: 'de' } });
    expect(await alive(second.keys)).toEqual(LEVELS);
  });

  it('F29: a deleted key is refused everywhere, as is a session that it opened, and its secret is destroyed', async () => {
    const { member, keys } = await newMemberWithKeys();
    const { key = '', basic } = keys[4] ?? {};
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'grant_type=client_credentials';
    const session = (await server.call('POST', '/oauth/token', { basic, headers, body })).body.access_token;
    expect((await server.call('GET', '/api/v1/keys/check', { token: session })).status).toBe(204);

    await changeMember(owner, member, { role: 'writeSome' });
    expect((await server.call('GET', '/api/v1/keys/check', { token: session })).status).toBe(401);
    expect((await server.call('GET', '/api/v1/keys/check', { basic })).status).toBe(401);
    expect((await server.call('POST', '/oauth/token', { basic, headers, body })).status).toBe(401);
    const { token } = server.admin;
    expect((await server.call('GET', `/apikeys/${key}/jwt`, { token })).status).toBe(404);
    const [row] = await server.dataSource.query<{ secret_hash: string | null }[]>(
      'SELECT secret_hash FROM api_key WHERE id = ?',
      [key],
    );
    expect(row).toEqual({ secret_hash: null });
  });

  it.each([
    ['the role is lowered', (member: User) => changeMember(owner, member, { role: 'readOnly' }), [3, 4], () => owner],
    ['the account is disabled', (m: User) => changeMember(owner, m, { status: 'disabled' }), LEVELS, () => owner],
    ['consent is withdrawn', (member: User) => setConsent(member, 0), LEVELS, (member: User) => member],
  ])('F29: the audit trail records every key that was deleted when %s', async (_, change, dead, by) => {
    const { member, keys } = await newMemberWithKeys();
    await change(member);
    for (const level of LEVELS) {
      const { key = '', secret = '' } = keys[level] ?? {};
      const query = new URLSearchParams({ action: 'api_key.deleted', targetId: key }).toString();
      const { body, text } = await server.call('GET', `/api/v1/audit-events?${query}`, { token: owner.token });
      expect(body.totalItems).toBe(dead.includes(level) ? 1 : 0);
      if (!dead.includes(level)) continue;
      expect(body.items[0]).toMatchObject({
        actor: { kind: 'account', accountId: by(member).accountId },
        merchantId: owner.merchantId,
        details: { reason: 'owner_lost_power', level, name: 'A key' },
      });
      expect(text).not.toContain(secret);
    }
  });

  it.each([
    ['is lowered', (member: User) => changeMember(owner, member, { role: 'readSome' })],
    ['is disabled', (member: User) => changeMember(owner, member, { status: 'disabled' })],
    ['withdraws consent', (member: User) => setConsent(member, 0)],
    ['is removed', ({ uuid }: User) => server.call('DELETE', `/api/v1/members/${uuid}`, { token: owner.token })],
  ])('F29: the merchant’s keys outlive the member who created them when the member %s', async (_, change) => {
    const member = await server.newMember(owner, 'user');
    const pair = await server.newPair(member);
    const { fullKey } = await server.newFullKey(member, await server.newApplication(member));
    expect((await change(member)).status).toBeLessThan(300);
    const basic = `${pair.apikey}:${pair.apisecret}`;
    expect((await server.call('GET', '/api/v1/keys/check', { basic })).status).toBe(204);
    expect((await server.call('GET', '/api/v1/keys/check', { token: fullKey })).status).toBe(204);
  });

  it('F29: all keys of a blocked merchant are refused until it is unblocked', async () => {
    const merchant = await server.newMerchant();
    const pair = await server.newPair(merchant);
    const { fullKey } = await server.newFullKey(merchant, await server.newApplication(merchant));
    const { basic } = await server.newPersonalKey(merchant);
    const statuses = async () => {
      const credentials = [{ basic: `${pair.apikey}:${pair.apisecret}` }, { token: fullKey }, { basic }];
      const checks = credentials.map((credential) => server.call('GET', '/api/v1/keys/check', credential));
      return (await Promise.all(checks)).map(({ status }) => status);
    };
    const path = `/api/v1/merchants/${merchant.merchantId}`;
    const setStatus = (status: string) => server.call('PATCH', path, { token: server.admin.token, json: { status } });
    expect(await statuses()).toEqual([204, 204, 204]);
    await setStatus('blocked');
    expect(await statuses()).toEqual([401, 401, 401]);
    await setStatus('active');
    expect(await statuses()).toEqual([204, 204, 204]);
  });
});
