/** Contracts M15 and M16: how a full key authenticates, for what, and until when. */

import { randomUUID } from 'node:crypto';
import type { RequestOptions } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';

const UNAUTHORIZED = {
  error: 'Unauthorized',
  message: 'Authentication required. Please provide a valid API token',
  code: 401,
};

describe('merchants surface: use of keys', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let id: string;
  let fullKey: string;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
  });
  beforeEach(async () => {
    application = await server.newApplication(user);
    ({ id, fullKey } = await server.newFullKey(user, application));
  });
  afterAll(() => server.stop());

  const check = (options: RequestOptions, query = '') => server.call('GET', `/api/v1/keys/check${query}`, options);
  const setEnabled = (isEnabled: boolean) =>
    server.call('PATCH', `/api/v1/applications/${application}/status`, { token: user.token, json: { isEnabled } });

  async function expectRefused(key = fullKey): Promise<void> {
    const { status, body } = await check({ token: key });
    expect([status, body]).toEqual([401, UNAUTHORIZED]);
    expect((await check({ headers: { 'x-api-key': key } })).status).toBe(401);
  }

  it.each<[string, () => RequestOptions]>([
    ['as a Bearer token', () => ({ token: fullKey })],
    ['as X-API-Key', () => ({ headers: { 'x-api-key': fullKey } })],
    ['as the name of a Basic login', () => ({ basic: `${fullKey}:` })],
  ])('M15: authenticates %s, and names the owner', async (_, options) => {
    for (const query of ['', `?application=${application}`]) {
      const { status, headers, text } = await check(options(), query);
      expect([status, text]).toEqual([204, '']);
      expect(headers).toMatchObject({
        'x-key-id': id,
        'x-client-id': user.clientId,
        'x-merchant-id': user.merchantId,
        'x-application-id': application,
        'x-key-level': '4',
        'x-key-scopes': '',
      });
    }
  });

  it('M15: authenticates by any method', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      expect((await server.call(method, '/api/v1/keys/check', { token: fullKey })).status).toBe(204);
    }
  });

  it('M15: authenticates for its own application only', async () => {
    const others = [await server.newApplication(user), await server.newApplication(server.admin), randomUUID()];
    for (const other of others) {
      const { status, body, headers } = await check({ token: fullKey }, `?application=${other}`);
      expect([status, body]).toEqual([401, UNAUTHORIZED]);
      expect(headers).not.toHaveProperty('x-key-id');
    }
  });

  it('M15: distinguishes the key of a test application by its prefix', async () => {
    const test = await server.newApplication(user, 'test');
    const key = await server.newFullKey(user, test);
    expect((await check({ token: key.fullKey }, `?application=${test}`)).status).toBe(204);
    expect((await check({ token: key.fullKey.replace('ks_test_', 'ks_live_') })).status).toBe(401);
  });

  it('M15: is valid up to its level and not above', async () => {
    expect((await check({ token: fullKey }, '?level=4')).status).toBe(204);
    expect((await check({ token: fullKey }, '?level=5')).status).toBe(403);
  });

  it.each(['', 'ks_live_', 'ks_live_garbage', `ks_live_${'a'.repeat(54)}`])('M15: refuses %j', async (key) => {
    await expectRefused(key);
  });

  it('M16: refuses the keys of a disabled application at once, until it is enabled again', async () => {
    const second = await server.newFullKey(user, application);
    const other = await server.newFullKey(user, await server.newApplication(user));
    expect((await setEnabled(false)).body.isEnabled).toBe(false);
    await expectRefused();
    await expectRefused(second.fullKey);
    expect((await check({ token: other.fullKey })).status).toBe(204);

    expect((await setEnabled(true)).body.isEnabled).toBe(true);
    expect((await check({ token: fullKey })).status).toBe(204);
    expect((await check({ token: second.fullKey })).status).toBe(204);
  });

  it('M16: refuses a revoked key at once, and no other', async () => {
    const other = await server.newFullKey(user, application);
    const path = `/api/v1/applications/${application}/api-keys/${id}`;
    const { status, text } = await server.call('DELETE', path, { token: user.token });
    expect([status, text]).toEqual([204, '']);
    await expectRefused();
    expect((await check({ token: other.fullKey })).status).toBe(204);
  });

  it('M16: does not restore a revoked key when its application is enabled', async () => {
    await server.call('DELETE', `/api/v1/applications/${application}/api-keys/${id}`, { token: user.token });
    await setEnabled(false);
    await setEnabled(true);
    await expectRefused();
  });

  it('M16: refuses the sessions that a key opened together with it', async () => {
    const form = { grant_type: 'client_credentials' };
    const { body } = await server.call('POST', '/oauth/token', { basic: `${fullKey}:`, form });
    const token = body.access_token as string;
    expect((await check({ token })).status).toBe(204);
    await setEnabled(false);
    expect((await check({ token })).status).toBe(401);
    await setEnabled(true);
    expect((await check({ token })).status).toBe(204);
    await server.call('DELETE', `/api/v1/applications/${application}/api-keys/${id}`, { token: user.token });
    expect((await check({ token })).status).toBe(401);
  });

  it('keeps the keys of a removed member, because they belong to the merchant', async () => {
    const member = await server.newMember(user, 'user');
    const key = await server.newFullKey(member, application);
    await server.call('DELETE', `/api/v1/members/${member.uuid}`, { token: user.token });
    expect((await check({ token: key.fullKey })).status).toBe(204);
  });
});
