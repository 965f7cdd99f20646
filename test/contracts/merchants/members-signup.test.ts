/** Contracts of `POST /api/v1/members` and its signup: an invitation makes one member, once, with the invited role and address. */

import { randomUUID } from 'node:crypto';
import { mailedLink, pathOf } from '../../support/links.js';
import { PASSWORD, TestServer, type User } from '../../support/server.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const MEMBERS = '/api/v1/members';
const GONE = { error: 'Gone', message: expect.stringMatching(/\S/), code: 410 };
const INVITED = {
  error: 'Conflict',
  message:
    'This e-mail address belongs to a member or an invitation of your merchant. Remove the invited member to invite again',
  code: 409,
};
const TAKEN = { error: 'Conflict', message: 'This e-mail address is already in use', code: 409 };

describe('merchants surface: invitations and signup of members', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const newAddress = () => `member-${randomUUID()}@shop.example`;
  const invite = (json: unknown, { token } = user) => server.call('POST', MEMBERS, { token, json });
  const get = (path: string, { token } = user) => server.call('GET', MEMBERS + path, { token });
  const remove = (id: string, { token } = user) => server.call('DELETE', `${MEMBERS}/${id}`, { token });
  const newBody = (more: object = {}) => ({ password: PASSWORD, firstName: 'Grace', lastName: 'Hopper', ...more });
  const signUp = (link: string, json: unknown = newBody()) => {
    const { pathname, search } = new URL(link);
    return server.call('POST', pathname + search, { json });
  };

  describe('invitations', () => {
    it('answer with the member and a link, and mail another one', async () => {
      const email = newAddress();
      const { status, body } = await invite({ email, role: 'readOnly' });
      expect([status, body]).toEqual([
        201,
        {
          id: expect.stringMatching(UUID),
          email,
          role: 'readOnly',
          status: 'invited',
          signupLink: expect.any(String),
          createdAt: expect.stringMatching(TIME),
        },
      ]);
      expect(body.signupLink).toMatch(/\/api\/v1\/members\/signup\?token=[\w-]{32,}$/);
      expect(body.signupLink.startsWith(server.url)).toBe(true);
      const mailed = await mailedLink(server, email);
      expect(mailed).toMatch(/^\/api\/v1\/members\/signup\?token=[\w-]{32,}$/);
      expect(mailed).not.toBe(pathOf(body.signupLink));
      expect((await server.call('POST', mailed, { json: newBody() })).status).toBe(201);
      // They are one invitation.
      expect((await signUp(body.signupLink)).body).toEqual(GONE);
    });

    it('are refused for an e-mail address that the merchant has invited, or has as a member, in any letter case', async () => {
      const invited = newAddress();
      expect((await invite({ email: invited, role: 'user' })).status).toBe(201);
      for (const email of [invited, invited.toUpperCase(), user.email, user.email.toUpperCase()]) {
        const { status, body } = await invite({ email, role: 'user' });
        expect([status, body]).toEqual([409, INVITED]);
      }
    });

    it("do not tell whether an address is known elsewhere: it is found to be taken by whoever uses the answer's link", async () => {
      const free = await invite({ email: newAddress(), role: 'user' });
      for (const email of [(await server.newMerchant()).email, server.admin.email.toUpperCase()]) {
        const { status, body } = await invite({ email, role: 'user' });
        expect([status, Object.keys(body)]).toEqual([201, Object.keys(free.body)]);
        const signedUp = await signUp(body.signupLink);
        expect([signedUp.status, signedUp.body]).toEqual([409, TAKEN]);
      }
    });

    it('create one member when several invite one address at the same moment', async () => {
      const email = newAddress();
      const answers = await Promise.all(Array.from({ length: 5 }, () => invite({ email, role: 'user' })));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    });

    it.each([
      ['email', { role: 'user' }],
      ['email', { email: 'no address', role: 'user' }],
      ['email', { email: 7, role: 'user' }],
      ['email', { email: `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(80)}`, role: 'user' }],
      ['role', { email: 'new@shop.example' }],
      ['role', { email: 'new@shop.example', role: 'root' }],
      ['role', { email: 'new@shop.example', role: 4 }],
      ['role', { email: 'new@shop.example', role: 'USER' }],
      ['role', { email: 'new@shop.example', role: ['user'] }],
      ['role', { email: 'new@shop.example', role: 'constructor' }],
    ])('are refused for a bad %s: %j', async (field, json) => {
      const { status, body } = await invite(json);
      expect([status, body.code, body.details]).toEqual([400, 400, [{ field, message: expect.any(String) }]]);
    });
  });

  describe('signup', () => {
    it('activates the invited member, whose username is the e-mail address', async () => {
      const email = newAddress();
      const { signupLink, ...invited } = (await invite({ email, role: 'readOnly' })).body;
      const { status, body } = await signUp(signupLink);
      expect([status, body]).toEqual([201, { ...invited, status: 'active' }]);
      const member = await server.logIn(email, PASSWORD);
      expect([member.uuid, member.merchantId]).toEqual([invited.id, user.merchantId]);
      expect((await get(`/${invited.id}`)).body).toMatchObject({
        username: email,
        firstName: 'Grace',
        lastName: 'Hopper',
      });
    });

    it('works once', async () => {
      const { signupLink } = (await invite({ email: newAddress(), role: 'user' })).body;
      expect((await signUp(signupLink)).status).toBe(201);
      const { status, body } = await signUp(signupLink, newBody({ password: 'another password here' }));
      expect([status, body]).toEqual([410, GONE]);
    });

    it('works once when several requests sign up at the same moment', async () => {
      const { signupLink } = (await invite({ email: newAddress(), role: 'user' })).body;
      const answers = await Promise.all(Array.from({ length: 5 }, () => signUp(signupLink)));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 410, 410, 410, 410]);
    });

    it.each([
      ['password', newBody({ password: 'x'.repeat(15) })],
      ['password', newBody({ password: 'x'.repeat(33) })],
      ['password', newBody({ password: undefined })],
      ['password', newBody({ password: ['correct horse battery'] })],
      ['firstName', newBody({ firstName: undefined })],
      ['lastName', newBody({ lastName: ' ' })],
    ])('that fails with 400 for the %s does not use up the link: %j', async (field, json) => {
      const { signupLink } = (await invite({ email: newAddress(), role: 'user' })).body;
      const { status, body } = await signUp(signupLink, json);
      expect([status, body.details]).toEqual([400, [{ field, message: expect.any(String) }]]);
      expect((await signUp(signupLink)).status).toBe(201);
    });

    it.each(['x7#-'.repeat(4), '🔑'.repeat(32)])('accepts the password %s', async (password) => {
      const email = newAddress();
      const { signupLink } = (await invite({ email, role: 'user' })).body;
      expect((await signUp(signupLink, newBody({ password }))).status).toBe(201);
      const json = { username: email, password };
      expect((await server.call('POST', '/api/v1/auth/login', { json })).status).toBe(200);
    });

    it('is refused for an unknown link and for the link of a removed member', async () => {
      const { id, signupLink } = (await invite({ email: newAddress(), role: 'user' })).body;
      expect((await signUp(signupLink.replace(/=.*/, `=${'0'.repeat(48)}`))).body).toEqual(GONE);
      expect((await remove(id)).status).toBe(204);
      expect((await signUp(signupLink)).body).toEqual(GONE);
    });

    it('refuses a role and an address in the body, and does not use the link up', async () => {
      const email = newAddress();
      const { signupLink } = (await invite({ email, role: 'readOnly' })).body;
      const more = { role: 'admin', email: newAddress(), merchantId: server.admin.merchantId, status: 'active' };
      expect((await signUp(signupLink, newBody(more))).status).toBe(400);
      const { body } = await signUp(signupLink);
      expect(body).toMatchObject({ email, role: 'readOnly' });
      expect((await server.logIn(email, PASSWORD)).merchantId).toBe(user.merchantId);
    });

    it('is refused when the link is older than a week', async () => {
      const [inTime, late] = [
        (await invite({ email: newAddress(), role: 'user' })).body.signupLink,
        (await invite({ email: newAddress(), role: 'user' })).body.signupLink,
      ];
      server.clock.advance(7 * 86_400 - 100);
      expect((await signUp(inTime)).status).toBe(201);
      server.clock.advance(101);
      expect((await signUp(late)).body).toEqual(GONE);
    });
  });
});
