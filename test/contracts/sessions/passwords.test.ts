/** Rules for passwords: 12 characters or more from level 4 and 8 below, 200 at most, and none of the most common ones, on every route that takes one. */

import { invite, mailedLink, NEW_MEMBER, newMerchantBody, pathOf } from '../../support/links.js';
import { PASSWORD, TestServer, type User } from '../../support/server.js';
import type { Role } from '../../../src/access/levels.js';
import { randomUUID } from 'node:crypto';

/** Common ones of every length that a route takes, in other letter cases, too. */
const COMMON = ['qwerty123456', 'QWERTY123456', '123456789', 'Password123', 'qwertyuiop'];
/** A common one of 16 characters or more. */
const LONG_COMMON = ['passwordpassword', '1QAZ2wsx3edc4rfv', '12345678900987654321'];

describe('sessions: passwords', () => {
  let server: TestServer;
  let owner: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    owner = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const newAddress = () => `new-${randomUUID()}@person.example`;
  const setAs = ({ token }: User, password: string) =>
    server.call('PATCH', '/account/jwt', { token, json: { password, currentPassword: PASSWORD } });
  async function setByLink(member: User, password: string) {
    await server.call('POST', '/recover', { json: { email: member.email } });
    return server.call('POST', await mailedLink(server, member.email, 3), { json: { password } });
  }
  async function setByInvitation(role: Role, password: string) {
    return server.call('POST', await invite(server, owner, newAddress(), role), { json: { ...NEW_MEMBER, password } });
  }
  async function setByMerchant(password: string) {
    const { body } = await server.call('POST', '/api/v1/merchants/invite', { token: server.admin.token, json: {} });
    const json = newMerchantBody(newAddress()) as { admin: object };
    return server.call('POST', pathOf(body.signupLink), { json: { ...json, admin: { ...json.admin, password } } });
  }

  async function confirmWith(password: string) {
    const json = { email: newAddress(), language: 'en', unittest: true };
    const { confirmation } = (await server.call('POST', '/signup', { json })).body;
    return server.call('POST', `/confirm/signup/${confirmation}`, { json: { consent: 1, password } });
  }

  const SETTINGS: [string, (member: User, password: string) => ReturnType<typeof setAs>][] = [
    ['PATCH /account/jwt', setAs],
    ['POST /confirm/recovery/{id}', setByLink],
  ];
  const LENGTHS: [Role, number][] = [
    ['writeSome', 8],
    ['user', 12],
  ];

  it.each(SETTINGS.flatMap(([route, set]) => LENGTHS.map(([role, least]) => [route, role, least, set] as const)))(
    '%s takes, for the role %s, %i to 200 characters',
    async (_, role, least, set) => {
      const member = await server.newMember(owner, role);
      const long = `${'ä🔑'.repeat(99)}xy`;
      const answers = [];
      for (const password of ['🔑'.repeat(least - 1), `${long}z`]) answers.push((await set(member, password)).body);
      expect(answers[0].error).toBe(least === 12 ? 'passwordTooShort' : 'invalidPassword');
      expect(answers[1].error).toBe('invalidPassword');
      for (const password of ['🔑'.repeat(least), long]) {
        const other = await server.newMember(owner, role);
        expect((await set(other, password)).status).toBe(200);
        const json = { email: other.email, password };
        expect((await server.call('POST', '/login', { json })).status).toBe(200);
      }
    },
  );

  it.each(SETTINGS.flatMap(([route, set]) => COMMON.map((password) => [route, password, set] as const)))(
    '%s refuses the common password %s',
    async (_, password, set) => {
      const member = await server.newMember(owner, 'writeSome');
      const { status, body } = await set(member, password);
      expect([status, body]).toEqual([400, { result: 'error', error: 'passwordTooCommon' }]);
      expect((await server.call('POST', '/login', { json: { email: member.email, password: PASSWORD } })).status).toBe(
        200,
      );
    },
  );

  it('the confirmation of a signup refuses a short, a long and a common one', async () => {
    const errors = [];
    for (const password of ['x7#'.repeat(2), 'eleven char', 'x7'.repeat(101), 'qwerty123456'])
      errors.push((await confirmWith(password)).body.error);
    expect(errors).toEqual(['invalidPassword', 'passwordTooShort', 'invalidPassword', 'passwordTooCommon']);
    expect((await confirmWith('a rare battery 7')).status).toBe(200);
  });

  it.each(LONG_COMMON)('signups of members and merchants refuse the common password %s', async (password) => {
    const member = await setByInvitation('user', password);
    expect([member.status, member.body.details]).toEqual([400, [{ field: 'password', message: expect.any(String) }]]);
    const merchant = await setByMerchant(password);
    expect([merchant.status, merchant.body.details]).toEqual([
      400,
      [{ field: 'admin.password', message: expect.any(String) }],
    ]);
  });

  it.each(['a rare battery 7', 'x7#-'.repeat(4)])('signups of members and merchants take %s', async (password) => {
    expect((await setByInvitation('user', password)).status).toBe(201);
    expect((await setByMerchant(password)).status).toBe(201);
  });
});
