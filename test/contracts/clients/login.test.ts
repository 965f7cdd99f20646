/** Contracts KP1–KP7: login and Service IDs of the clients surface. */

import { TestServer, type User } from '../../support/server.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('clients surface: login and Service ID', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const logIn = (json: unknown) => server.call('POST', '/api/auth/login', { json });

  it('KP1: answers a login with a token and the user', async () => {
    const { status, body } = await logIn({ username: user.email, password: user.password });
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 200,
      message: 'Login successful',
      data: {
        token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        user: {
          id: expect.stringMatching(UUID),
          client_id: expect.stringMatching(/^\d{8}$/),
          username: user.email,
          email: user.email,
          role: 'user',
          is_active: 1,
          msisdn: null,
          created_at: expect.stringMatching(TIME),
          updated_at: expect.stringMatching(TIME),
          deleted_at: null,
        },
      },
    });
  });

  it('KP2: refuses a wrong password and an unknown user alike', async () => {
    for (const username of ['nobody@shop.example', user.email]) {
      const { status, body } = await logIn({ username, password: 'wrong password' });
      expect(status).toBe(401);
      expect(body).toEqual({ status: 401, message: 'Invalid username or password', data: null });
    }
  });

  it.each([
    ['no username', { password: 'x' }],
    ['no password', { username: 'x' }],
    ['an empty username', { username: '', password: 'x' }],
    ['a number', { username: 1, password: 'x' }],
    ['nothing', {}],
    ['an array', []],
  ])('KP3: refuses a login with %s', async (_, json) => {
    const { status, body } = await logIn(json);
    expect([status, body.status, body.data]).toEqual([400, 400, null]);
  });

  it('KP4: generates a Service ID with a JSON content type and no body', async () => {
    const headers = { 'content-type': 'application/json' };
    const { status, body } = await server.call('POST', '/api/clients/generate-service-id', {
      token: user.token,
      headers,
    });
    expect(status).toBe(201);
    expect(body).toEqual({ status: 201, message: 'Service created', data: { SERVICE_ID: expect.any(String) } });
    const [header, claims] = (body.data.SERVICE_ID as string)
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(header ?? '')).toMatchObject({ alg: 'HS256' });
    const { serviceId, iat, exp, ...others } = JSON.parse(claims ?? '');
    expect(serviceId).toMatch(UUID);
    expect(exp - iat).toBe(3600);
    expect(others).toEqual({});
  });

  it.each([
    ['no token', undefined],
    ['garbage', 'garbage'],
    ['an unsigned token', `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
  ])('KP5: refuses %s', async (_, token) => {
    const { status, body } = await server.call('POST', '/api/clients/generate-service-id', { token });
    expect([status, body]).toEqual([401, { status: 401, message: 'Invalid JWT token', data: null }]);
  });

  it('KP7: refuses malformed JSON', async () => {
    const headers = { 'content-type': 'application/json' };
    const { status, body } = await server.call('POST', '/api/auth/login', { headers, body: '{"username":' });
    expect([status, body]).toEqual([400, { status: 400, message: 'Invalid request format', data: null }]);
  });

  it('KP6: answers 403 to an expired login token on this endpoint alone', async () => {
    const { token } = await server.logIn(user.email, user.password);
    server.clock.advance(3601);
    const generate = await server.call('POST', '/api/clients/generate-service-id', { token });
    expect([generate.status, generate.body]).toEqual([403, { status: 403, message: 'JWT token expired', data: null }]);
    const list = await server.call('GET', '/api/clients/api-keys', { token });
    expect([list.status, list.body]).toEqual([401, { status: 401, message: 'Invalid JWT token', data: null }]);
  });
});
