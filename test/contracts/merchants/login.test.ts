/** Contracts of `POST /api/v1/auth/login`. */

import { TestServer, type User } from '../../support/server.js';

describe('merchants surface: login', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  it('answers with a token that is valid for an hour on all surfaces', async () => {
    for (const username of [user.email, user.email.toUpperCase()]) {
      const json = { username, password: user.password };
      const { status, body } = await server.call('POST', '/api/v1/auth/login', { json });
      expect([status, body]).toEqual([
        200,
        { accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/), tokenType: 'Bearer', expiresIn: 3600 },
      ]);
      for (const path of ['/api/v1/merchants/me', '/api/clients/api-keys', '/whoami/jwt']) {
        expect((await server.call('GET', path, { token: body.accessToken })).status).toBe(200);
      }
    }
  });

  it('refuses a wrong password and an unknown user alike', async () => {
    const deniedRequests = [
      await server.call('POST', '/api/v1/auth/login', { json: { username: user.email, password: 'wrong' } }),
      await server.call('POST', '/api/v1/auth/login', { json: { username: 'nobody', password: user.password } }),
    ];
    for (const { status, body } of deniedRequests) {
      expect([status, body]).toEqual([
        401,
        { error: 'Unauthorized', message: 'Wrong username or password', code: 401 },
      ]);
    }
  });

  it.each([
    ['username', { password: 'x' }],
    ['username', { username: '', password: 'x' }],
    ['username', { username: { $ne: null }, password: 'x' }],
    ['password', { username: 'x' }],
    ['password', { username: 'x', password: 7 }],
  ])('refuses a login whose %s is missing or not a string: %j', async (field, json) => {
    const { status, body } = await server.call('POST', '/api/v1/auth/login', { json });
    expect([status, body]).toEqual([
      400,
      {
        error: 'Bad Request',
        message: 'The request contains invalid parameters or malformed data',
        code: 400,
        details: [{ field, message: expect.any(String) }],
      },
    ]);
  });
});
