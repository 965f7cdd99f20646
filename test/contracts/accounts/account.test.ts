/** Contracts of `/account` and `/whoami` on the accounts surface: what an account shows, who may change it, and what each change takes. */

import { randomBytes, randomUUID } from 'node:crypto';
import { PASSWORD, TestServer, type User } from '../../support/server.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const LACKING = { result: 'error', error: 'insufficientAccessLevel' };

describe("accounts surface: one's own account", () => {
  let server: TestServer;
  let owner: User;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    owner = await server.newMerchant();
    user = await server.newMember(owner, 'user');
  });
  afterAll(() => server.stop());

  const newName = () => `Ada-${randomUUID().slice(0, 8)}`;
  const read = async ({ token }: User) => (await server.call('GET', '/account/jwt', { token })).body.account;
  const change = ({ token }: User, json: unknown) => server.call('PATCH', '/account/jwt', { token, json });
  const logsIn = async (json: object) => (await server.call('POST', '/login', { json })).status === 200;

  describe('GET /account/jwt, /account/key and /whoami/jwt', () => {
    it('show the same account, field by field', async () => {
      const { basic } = await server.newPersonalKey(user, 2);
      const answers = [
        await server.call('GET', '/account/jwt', { token: user.token }),
        await server.call('GET', '/account/key', { basic }),
        await server.call('GET', '/whoami/jwt', { token: user.token }),
      ];
      const account = {
        id: user.accountId,
        username: user.email,
        lusername: user.email.toLowerCase(),
        email: user.email,
        role: 'user',
        status: 1,
        consent: 1,
        language: 'en',
        createdAt: expect.stringMatching(TIME),
        updatedAt: expect.stringMatching(TIME),
        lastSignIn: expect.stringMatching(TIME),
      };
      for (const { status, body } of answers) {
        expect([status, body]).toEqual([200, { result: 'success', account }]);
        expect(body).toEqual(answers[0]?.body);
      }
    });

    it('require level 2 for the account and no level for whoami', async () => {
      const { token } = await server.newMember(owner, 'readSome');
      const { basic } = await server.newPersonalKey(user, 1);
      for (const answer of [
        await server.call('GET', '/account/jwt', { token }),
        await server.call('GET', '/account/key', { basic }),
      ]) {
        expect([answer.status, answer.body]).toEqual([403, LACKING]);
      }
      expect((await server.call('GET', '/whoami/jwt', { token })).status).toBe(200);
    });
  });

  describe('PATCH /account/jwt and /account/key', () => {
    it('change the given fields and no other', async () => {
      const member = await server.newMember(owner, 'writeSome');
      const before = await read(member);
      const username = newName();
      const { status, body } = await change(member, { username, language: 'fr' });
      const changed = { username, lusername: username.toLowerCase(), language: 'fr', updatedAt: expect.anything() };
      expect([status, body]).toEqual([200, { result: 'success', account: { ...before, ...changed } }]);
      expect(await read(member)).toEqual(body.account);
    });

    it('take a level of 3', async () => {
      const reader = await server.newMember(owner, 'readOnly');
      const refused = await change(reader, { language: 'de' });
      expect([refused.status, refused.body]).toEqual([403, LACKING]);
      expect((await read(reader)).language).toBe('en');
    });

    it('take a key of level 3', async () => {
      const member = await server.newMember(owner, 'user');
      const patch = async (level: number, language: string) => {
        const { basic } = await server.newPersonalKey(member, level);
        return server.call('PATCH', '/account/key', { basic, json: { language } });
      };
      const refused = await patch(2, 'de');
      expect([refused.status, refused.body]).toEqual([403, LACKING]);
      const { status, body } = await patch(3, 'nl');
      expect([status, body.account.language]).toEqual([200, 'nl']);
      expect(await read(member)).toEqual(body.account);
    });

    it('accept the new username at login and refuse the old one', async () => {
      const member = await server.newMember(owner, 'user');
      const [first, second] = [newName(), newName()];
      await change(member, { username: first });
      await change(member, { username: second });
      expect(await logsIn({ username: second, password: PASSWORD })).toBe(true);
      expect(await logsIn({ username: first, password: PASSWORD })).toBe(false);
    });

    it('refuse a username that is taken, in any letter case', async () => {
      const username = newName();
      expect((await change(user, { username })).status).toBe(200);
      for (const same of [username, username.toUpperCase(), username.toLowerCase()]) {
        const { status, body } = await change(owner, { username: same });
        expect([status, body]).toEqual([409, { result: 'error', error: 'usernameTaken' }]);
      }
      expect((await change(user, { username: username.toUpperCase() })).status).toBe(200);
    });

    it('give a username to exactly one of several simultaneous requests', async () => {
      const rivals = await Promise.all([1, 2, 3].map(() => server.newMember(owner, 'user')));
      const username = newName();
      const answers = await Promise.all(rivals.map((rival) => change(rival, { username })));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    });

    it.each([
      ['too short', 'a'],
      ['empty', ''],
      ['too long', 'a'.repeat(51)],
      ['with a space', 'ada lovelace'],
      ['with spaces around it', ' ada '],
      ['with an @', 'ada@shop'],
      ['a number', '12345'],
      ['one that new accounts get', 'User-17'],
      ['with a NUL', 'ada\0lovelace'],
      ['with a line break', 'ada\nlovelace'],
      ['with half a character', 'ada\ud800'],
      ['no text', 12345],
      ['a list', ['ada']],
    ])('refuse a username that is %s', async (_, username) => {
      const before = await read(user);
      const { status, body } = await change(user, { username });
      expect([status, body]).toEqual([400, { result: 'error', error: 'invalidUsername' }]);
      expect(await read(user)).toEqual(before);
    });

    it.each([
      ['unsupportedLanguage', { language: 'xx' }],
      ['unsupportedLanguage', { language: ['en'] }],
      ['invalidPassword', { password: 'short' }],
      ['invalidPassword', { password: randomBytes(101).toString('hex').slice(1) }],
      ['invalidPassword', { password: 12345678 }],
      ['invalidCurrentPassword', { password: 'a new long password', currentPassword: '' }],
      ['invalidCurrentPassword', { password: 'a new long password', currentPassword: 12345678 }],
      ['invalidConsent', { consent: -1 }],
      ['invalidConsent', { consent: '1' }],
      ['invalidConsent', { consent: 0.5 }],
      ['invalidEmail', { email: 'ada' }],
      ['invalidEmail', { email: '' }],
      ['invalidEmail', { email: ['ada@shop.example'] }],
    ])('answer %s to %j and change none of the fields beside it', async (error, wrong) => {
      const before = await read(user);
      const { status, body } = await change(user, { username: newName(), ...wrong });
      expect([status, body]).toEqual([400, { result: 'error', error }]);
      expect(await read(user)).toEqual(before);
    });

    it.each(['username', 'language', 'password', 'consent', 'email'])('treat a null %s as absent', async (field) => {
      const before = await read(user);
      const { status, body } = await change(user, { [field]: null });
      expect([status, body]).toEqual([200, { result: 'success', account: before }]);
      expect(await read(user)).toEqual(before);
      expect(await logsIn({ email: user.email, password: PASSWORD })).toBe(true);
    });

    it('ignore a role, a status and an id', async () => {
      const before = await read(user);
      const wish = {
        role: 'admin',
        status: 2,
        id: 1,
        merchantId: server.admin.merchantId,
        passwordHash: 'x',
        level: 8,
      };
      expect((await change(user, wish)).status).toBe(200);
      expect(await read(user)).toEqual(before);
    });

    it('set the password, which no response contains', async () => {
      const member = await server.newMember(owner, 'user');
      const password = `päss word ${randomUUID()}`;
      const { status, text } = await change(member, { password, currentPassword: PASSWORD });
      expect(status).toBe(200);
      expect(text).not.toContain(password);
      expect(text).not.toMatch(/argon|hash/i);
      expect(await logsIn({ email: member.email, password })).toBe(true);
      expect(await logsIn({ email: member.email, password: PASSWORD })).toBe(false);
    });

    it('set and withdraw consent', async () => {
      const member = await server.newMember(owner, 'user');
      for (const consent of [0, 2, 0, 1]) {
        const { status, body } = await change(member, { consent });
        expect([status, body.account.consent]).toEqual([200, consent]);
      }
    });

    it('leave an audit record that names the fields without the password', async () => {
      const member = await server.newMember(owner, 'user');
      await change(member, { language: 'es', password: 'yet another password', currentPassword: PASSWORD });
      const query = new URLSearchParams({ action: 'account.updated', targetId: member.uuid }).toString();
      const { body } = await server.call('GET', `/api/v1/audit-events?${query}`, { token: owner.token });
      expect(body.items[0]).toMatchObject({ actor: { accountId: member.accountId }, address: '127.0.0.1' });
      expect(body.items[0].details.fields).toEqual(['language', 'passwordHash']);
    });
  });
});
