/** Guarantees against somebody who has had a password, a session or an address for a while: nothing of it outlives the owner's return. */

import { randomUUID } from 'node:crypto';
import { Account } from '../../../src/accounts/account.entity.js';
import { pathOf } from '../../support/links.js';
import { answer, challengeOf, codeOf, setUpTotp } from '../../support/second-factors.js';
import { PASSWORD, TestServer, type User } from '../../support/server.js';

const OWNERS = 'the password of the owner';
const THIEFS = 'the password of the thief';

describe('sessions: thieves', () => {
  let server: TestServer;
  let manager: User;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start();
    manager = await server.newMerchant();
  });
  beforeEach(async () => {
    user = await server.newMember(manager, 'user');
  });
  afterAll(() => server.stop());

  const logIn = async (username: string, password: string) =>
    (await server.call('POST', '/login', { json: { username, password } })).status;
  const patch = ({ token }: Pick<User, 'token'>, json: object) => server.call('PATCH', '/account/jwt', { token, json });
  const newAddress = () => `thief-${randomUUID()}@person.example`;

  async function recoveryLink(email: string): Promise<string> {
    await server.call('POST', '/recover', { json: { email } });
    return pathOf(await server.mailbox.linkTo(email, /recovery/));
  }

  it('do not change a password or an address by a request that is under way when the owner recovers the account', async () => {
    for (const delayMs of [0, 0, 5, 10, 20, 30]) {
      const member = await server.newMember(manager, 'user');
      const link = await recoveryLink(member.email);
      const theft = patch(member, { password: THIEFS, email: newAddress(), currentPassword: PASSWORD });
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      const recovery = await server.call('POST', link, { json: { password: OWNERS } });
      const stolen = await theft;
      // Whichever comes first ends the other: a new password also withdraws the link.
      expect([stolen.status, recovery.status].filter((status) => status === 200)).toHaveLength(1);
      expect(await logIn(member.email, recovery.status === 200 ? OWNERS : THIEFS)).toBe(200);
      if (recovery.status === 200) expect(await logIn(member.email, THIEFS)).toBe(401);
    }
  });

  it('leave no second factor at an address that they have not proven', async () => {
    const { secret } = await setUpTotp(server, user);
    expect(secret).not.toBe('');
    const link = await recoveryLink(user.email);
    expect((await server.call('POST', link, { json: { password: OWNERS } })).status).toBe(200);
    expect(await logIn(user.email, OWNERS)).toBe(200);
  });

  it('do not complete a login that waited for a second factor while the account was disabled', async () => {
    const { secret } = await setUpTotp(server, user);
    const { challenge } = await challengeOf(server, user);
    for (const status of ['disabled', 'active'])
      await server.call('PATCH', `/api/v1/members/${user.uuid}`, { token: manager.token, json: { status } });
    const { headers } = await answer(server, { challenge, code: codeOf(server, secret) });
    expect(headers['x-error-code']).toBe('login.challenge_gone');
  });

  it('do not move the address by a link from before the owner set up a second factor', async () => {
    const email = newAddress();
    expect((await patch(user, { email, currentPassword: PASSWORD })).status).toBe(200);
    const link = pathOf(await server.mailbox.linkTo(email, /confirm\/email/));
    await setUpTotp(server, user);
    expect((await server.call('POST', link)).status).toBe(404);
  });

  it('do not change what an account without a password logs in with, unless its sign-in is fresh', async () => {
    await server.dataSource.manager.update(Account, { id: user.accountId }, { passwordHash: null, isExternal: true });
    expect((await patch(user, { email: newAddress() })).status).toBe(200);
    server.clock.advance(301);
    const { status, body } = await patch(user, { email: newAddress() });
    expect([status, body]).toEqual([403, { result: 'error', error: 'loginTooOld' }]);
    expect((await patch(user, { language: 'de' })).status).toBe(200);
  });

  it('find no full key that a client has sent as its name', async () => {
    const { fullKey } = await server.newFullKey(manager, await server.newApplication(manager));
    const headers = { 'user-agent': `curl ${fullKey}` };
    const json = { username: user.email, password: PASSWORD };
    const { token } = (await server.call('POST', '/login', { json, headers })).body;
    const { body } = await server.call('GET', '/api/v1/sessions', { token });
    expect(body.items[0].userAgent).toBe('curl ks_live_[redacted]');
  });

  it.each(['"quoted"@person.example', 'a\\b@person.example'])(
    'have no second spelling of an inbox: %s',
    async (email) => {
      expect((await server.call('POST', '/signup', { json: { email, language: 'en' } })).status).toBe(400);
    },
  );
});
