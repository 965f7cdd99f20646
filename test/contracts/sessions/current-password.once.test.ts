/** REQUIRE_CURRENT_PASSWORD: a new password or address wants the current password, which a stolen token cannot guess without limit. */

import { randomUUID } from 'node:crypto';
import { Passwords } from '../../../src/accounts/passwords/passwords.js';
import { mailedLink } from '../../support/links.js';
import { PASSWORD, TestServer, type User } from '../../support/server.js';

const NEW_PASSWORD = 'a new battery for the horse';
const refused = (status: number, error: string) => [status, { result: 'error', error }];

describe('sessions: the current password', () => {
  let server: TestServer;
  let owner: User;
  let member: User;
  beforeAll(async () => {
    server = await TestServer.start({ LOGIN_RATE_LIMIT_PER_MINUTE: '3' });
    owner = await server.newMerchant();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    member = await server.newMember(owner, 'user');
  });

  const change = ({ token }: Pick<User, 'token'>, json: object, from = '127.0.0.1') =>
    server.call('PATCH', '/account/jwt', { token, json, from });
  const logIn = (password: string, from = '127.0.0.1') =>
    server.call('POST', '/login', { json: { email: member.email, password }, from });
  const newAddress = () => `moved-${randomUUID()}@person.example`;

  const WISHES: [string, () => object][] = [
    ['password', () => ({ password: NEW_PASSWORD })],
    ['address', () => ({ email: newAddress() })],
    ['password and address', () => ({ password: NEW_PASSWORD, email: newAddress() })],
  ];

  it.each(WISHES)('is required for a new %s', async (_, wish) => {
    const json = { ...wish(), language: 'de' };
    for (const given of [{}, { currentPassword: null }]) {
      const { status, body } = await change(member, { ...json, ...given });
      expect([status, body]).toEqual(refused(400, 'currentPasswordMissing'));
    }
    const wrong = await change(member, { ...json, currentPassword: PASSWORD.toUpperCase() });
    expect([wrong.status, wrong.body]).toEqual(refused(403, 'currentPasswordWrong'));
    const account = (await server.call('GET', '/account/jwt', { token: member.token })).body.account;
    expect(account.language).toBe('en');
    expect((await logIn(PASSWORD)).status).toBe(200);
    const right = await change(member, { ...json, currentPassword: PASSWORD });
    expect([right.status, right.body.account.language]).toEqual([200, 'de']);
  });

  it('is compared before the new one is hashed', async () => {
    const passwords = server.app.get(Passwords, { strict: false });
    const hash = passwords.hash.bind(passwords);
    let hashes = 0;
    passwords.hash = (...given) => {
      hashes += 1;
      return hash(...given);
    };
    const wrong = await change(member, { password: NEW_PASSWORD, currentPassword: 'a wrong password' });
    const before = hashes;
    const right = await change(member, { password: NEW_PASSWORD, currentPassword: PASSWORD });
    Reflect.deleteProperty(passwords, 'hash');
    expect([wrong.status, before, right.status, hashes]).toEqual([403, 0, 200, 1]);
  });

  it('is not required for anything else', async () => {
    expect(
      (await change(member, { language: 'fr', username: `ada-${randomUUID().slice(0, 8)}`, consent: 2 })).status,
    ).toBe(200);
  });

  it('is not required of an account that has never set a password, and is from then on', async () => {
    const json = { email: newAddress(), language: 'en', unittest: true };
    const { confirmation } = (await server.call('POST', '/signup', { json })).body;
    const { token } = (await server.call('POST', `/confirm/signup/${confirmation}`, { json: { consent: 1 } })).body;
    expect((await change({ token }, { password: NEW_PASSWORD })).status).toBe(200);
    const { status, body } = await change({ token }, { password: PASSWORD });
    expect([status, body]).toEqual(refused(400, 'currentPasswordMissing'));
    expect((await change({ token }, { password: PASSWORD, currentPassword: NEW_PASSWORD })).status).toBe(200);
  });

  it('can be guessed no more often than at a login, even with the right one at last', async () => {
    const from = '127.0.2.1';
    const guess = (currentPassword: string) => change(member, { password: NEW_PASSWORD, currentPassword }, from);
    for (let attempt = 0; attempt < 3; attempt += 1) expect((await guess(`guess ${attempt}`)).status).toBe(403);
    const { status, body, headers } = await guess(PASSWORD);
    expect([status, body]).toEqual(refused(429, 'tooManyRequests'));
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await change(member, { email: newAddress(), currentPassword: PASSWORD }, from)).status).toBe(429);
    expect((await change(member, { language: 'de' }, from)).status).toBe(200);
    expect((await change(member, { password: NEW_PASSWORD, currentPassword: PASSWORD }, '127.0.2.2')).status).toBe(200);
  });

  it('is guessed together with logins to the account', async () => {
    const from = '127.0.2.3';
    const guess = () => change(member, { password: NEW_PASSWORD, currentPassword: 'a guess' }, from);
    expect([(await guess()).status, (await guess()).status, (await logIn('a guess', from)).status]).toEqual([
      403, 403, 401,
    ]);
    expect((await logIn(PASSWORD, from)).status).toBe(429);
    expect((await guess()).status).toBe(429);
  });

  it('can be guessed no more often by simultaneous requests', async () => {
    const guesses = Array.from({ length: 12 }, (_, n) =>
      change(member, { password: NEW_PASSWORD, currentPassword: `guess ${n}` }, '127.0.2.4'),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect([
      statuses.filter((status) => status === 403).length,
      statuses.filter((status) => status === 429).length,
    ]).toEqual([3, 9]);
  });

  it('is audited when it is wrong', async () => {
    await change(member, { password: NEW_PASSWORD, currentPassword: 'a guess' }, '127.0.2.5');
    await server.sealed();
    const query = 'action=access.refused';
    const { body } = await server.call('GET', `/api/v1/audit-events?${query}`, { token: owner.token });
    const seen = body.items.find((event: { address: string }) => event.address === '127.0.2.5');
    expect(seen).toMatchObject({
      actor: { accountId: member.accountId },
      details: { reason: 'password.current_wrong' },
    });
  });

  it('is checked before the password is hashed, and the new password before it', async () => {
    const common = await change(member, { password: 'qwerty123456', currentPassword: 'a guess' });
    expect([common.status, common.body]).toEqual(refused(400, 'passwordTooCommon'));
    const short = await change(member, { password: 'eleven char', currentPassword: 'a guess' });
    expect([short.status, short.body]).toEqual(refused(400, 'passwordTooShort'));
  });

  describe('with REQUIRE_CURRENT_PASSWORD=false', () => {
    let lenient: TestServer;
    beforeAll(async () => {
      lenient = await server.another({ REQUIRE_CURRENT_PASSWORD: 'false' });
    });
    afterAll(() => lenient.close());

    it('is not required, and not compared', async () => {
      const { token } = member;
      const call = (json: object) => lenient.call('PATCH', '/account/jwt', { token, json });
      expect((await call({ password: NEW_PASSWORD })).status).toBe(200);
      expect((await call({ password: PASSWORD, currentPassword: 'something else' })).status).toBe(200);
      const email = newAddress();
      expect((await call({ email })).status).toBe(200);
      expect((await server.call('POST', await mailedLink(server, email))).status).toBe(200);
    });

    it('a key still sets neither password nor address', async () => {
      const { basic } = await server.newPersonalKey(member, 4);
      for (const json of [{ password: NEW_PASSWORD }, { email: newAddress() }]) {
        const { status, body } = await lenient.call('PATCH', '/account/key', { basic, json });
        expect([status, body]).toEqual(refused(403, 'insufficientAccessLevel'));
      }
    });
  });
});
