/** Contracts of `POST /available/username`: 404 for a free name, 200 for a taken one. */

import { randomUUID } from 'node:crypto';
import type { RequestOptions } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';

describe('accounts surface: POST /available/username', () => {
  let server: TestServer;
  let user: User;
  let username: string;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
    username = `Taken-${randomUUID().slice(0, 8)}`;
    await server.call('PATCH', '/account/jwt', { token: user.token, json: { username } });
  });
  afterAll(() => server.stop());

  describe.each([
    ['jwt', () => Promise.resolve({ token: user.token })],
    ['key', async () => ({ basic: (await server.newPersonalKey(user, 1)).basic })],
  ])('/%s', (scheme, credential: () => Promise<RequestOptions>) => {
    const ask = async (json: unknown) =>
      server.call('POST', `/available/username/${scheme}`, { ...(await credential()), json });

    it('answers 404 when the name is free', async () => {
      const { status, body } = await ask({ username: `free-${randomUUID()}` });
      expect([status, body]).toEqual([404, { result: 'error', error: 'usernameAvailable' }]);
    });

    it('answers 200 when the name is taken, in any letter case', async () => {
      for (const same of [username, username.toUpperCase(), username.toLowerCase()]) {
        const { status, body } = await ask({ username: same });
        expect([status, body]).toEqual([200, { result: 'success', username: same, available: false }]);
      }
    });

    it.each([
      ['postBodyMissing', undefined],
      ['postBodyMissing', {}],
      ['usernameMissing', { name: 'ada' }],
      ['usernameMissing', { username: '' }],
      ['usernameMissing', { username: null }],
      ['invalidUsername', { username: 1 }],
      ['invalidUsername', { username: 'nobody@shop.example' }],
    ])('answers %s to %j', async (error, json) => {
      const { status, body } = await ask(json);
      expect([status, body]).toEqual([400, { result: 'error', error }]);
    });

    it('does not tell whether an e-mail address is known', async () => {
      const unknown = await ask({ username: `nobody-${randomUUID()}@shop.example` });
      const known = await ask({ username: user.email });
      expect([known.status, known.body]).toEqual([unknown.status, unknown.body]);
    });

    it('requires a credential', async () => {
      const { status, body } = await server.call('POST', `/available/username/${scheme}`, { json: { username } });
      expect([status, body]).toEqual([401, { result: 'error', error: 'authenticationFailed' }]);
    });
  });

  it('answers 404 after a name has been given up', async () => {
    const old = `old-${randomUUID().slice(0, 8)}`;
    const { token } = await server.newMember(user, 'user');
    await server.call('PATCH', '/account/jwt', { token, json: { username: old } });
    await server.call('PATCH', '/account/jwt', { token, json: { username: `${old}-2` } });
    const { status } = await server.call('POST', '/available/username/jwt', { token, json: { username: old } });
    expect(status).toBe(404);
  });
});
