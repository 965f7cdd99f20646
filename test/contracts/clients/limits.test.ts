/** Contracts KG14, KG16 and KG17: how many keys a client may have, and how many requests it may make a minute. */

import { ClientsSurface, refusal, refusalOf } from '../../support/clients.js';
import { TestServer, type User } from '../../support/server.js';

describe('clients surface: limits', () => {
  let server: TestServer;
  let clients: ClientsSurface;
  let user: User;
  const start = async (variables: Record<string, string>) => {
    server = await TestServer.start(variables);
    clients = new ClientsSurface(server);
    user = await server.newMerchant();
  };

  describe('on keys', () => {
    const FULL = refusal(409, 'API key limit reached');
    let service_id: string;
    beforeAll(() => start({ MAX_KEYS_PER_CLIENT: '5' }));
    beforeEach(async () => {
      user = await server.newMerchant();
      service_id = await clients.newServiceId(user);
    });
    afterAll(() => server.stop());

    it('KG16: refuses a key above the limit until one is deleted', async () => {
      const [first = ''] = await clients.newKeys(user, 5);
      expect(refusalOf(await clients.generate(user, { service_id }))).toEqual(FULL);
      expect(await clients.idsOf(user)).toHaveLength(5);
      await clients.delete(user, first);
      expect((await clients.generate(user, { service_id })).status).toBe(201);
      expect(refusalOf(await clients.generate(user, { service_id }))).toEqual(FULL);
    });

    it('KG16: counts the active keys of this client alone', async () => {
      await clients.newKeys(user, 5, { expires_in: 60 });
      const stranger = await server.newMerchant();
      expect(await clients.newKeys(stranger, 5)).toHaveLength(5);
      expect(refusalOf(await clients.generate(user, { service_id }))).toEqual(FULL);
      server.clock.advance(61);
      expect((await clients.generate(user, { service_id })).status).toBe(201);
    });

    it('KG16: counts keys that are enabled in bulk, and leaves those above the limit disabled', async () => {
      const ids = await clients.newKeys(user, 5);
      const bulk = (action: string, keys: string[]) =>
        server.call('POST', `/api/v1/api-keys/bulk-${action}`, {
          token: user.token,
          json: { ids: keys, expectedCount: keys.length },
        });
      await bulk('disable', ids);
      const others = await clients.newKeys(user, 3);
      const merchants = await server.newFullKey(user, await server.newApplication(user));
      await bulk('disable', [merchants.id]);
      const { body } = await bulk('enable', [...others, ...ids, merchants.id]);
      const message = 'The client has as many active keys as it may have';
      expect(body.results).toEqual([
        ...[...others, ...ids.slice(0, 2)].map((id) => ({ id, status: 200 })),
        ...ids.slice(2).map((id) => ({ id, status: 409, message })),
        { id: merchants.id, status: 200 },
      ]);
      expect(refusalOf(await clients.generate(user, { service_id }))).toEqual(FULL);
      const [last = ''] = ids.slice(2);
      const answers = await Promise.all(Array.from({ length: 4 }, () => bulk('enable', [last])));
      expect(answers.map((answer) => answer.body.results[0].status)).toEqual([409, 409, 409, 409]);
      await clients.delete(user, others[0] ?? '');
      const both = await Promise.all(ids.slice(3).map((id) => bulk('enable', [id])));
      expect(both.map((answer) => answer.body.results[0].status).sort()).toEqual([200, 409]);
    });

    it('KG16: lets twenty simultaneous callers create five keys in all', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => clients.generate(user, { service_id })));
      const refused = answers.filter(({ status }) => status !== 201);
      expect(refused.map(refusalOf)).toEqual(Array.from({ length: 15 }, () => FULL));
      expect(await clients.idsOf(user)).toHaveLength(5);
    });
  });

  describe('on requests, by default', () => {
    beforeAll(() => start({ CLIENT_RATE_LIMIT_PER_MINUTE: '' }));
    afterAll(() => server.stop());

    it("KG17: refuses the hundred and first request of a client in a minute, and no other client's", async () => {
      const stranger = await server.newMerchant();
      const colleague = await server.newMember(user, 'user');
      const service_id = await clients.newServiceId(user);
      for (let request = 2; request <= 100; request += 1)
        expect((await clients.list(request % 2 ? user : colleague)).status).toBe(200);
      const answer = await clients.generate(user, { service_id });
      expect(refusalOf(answer)).toEqual(refusal(429, 'Too many requests. Limit: 100 requests per minute'));
      expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
      expect((await clients.list(colleague)).status).toBe(429);
      expect((await clients.list(stranger)).status).toBe(200);
    });
  });

  describe('on requests, as configured', () => {
    beforeAll(() => start({ CLIENT_RATE_LIMIT_PER_MINUTE: '2' }));
    afterAll(() => server.stop());

    it('KG17: names the configured limit', async () => {
      await clients.list(user);
      await clients.list(user);
      const answer = await clients.list(user);
      expect(refusalOf(answer)).toEqual(refusal(429, 'Too many requests. Limit: 2 requests per minute'));
    });

    it('KG17: does not limit the other surfaces', async () => {
      for (let request = 0; request < 4; request += 1) {
        expect((await server.call('GET', '/api/v1/applications', { token: user.token })).status).toBe(200);
        expect((await server.call('GET', '/apikeys/jwt', { token: user.token })).status).toBe(200);
      }
    });
  });

  describe('on requests, switched off', () => {
    beforeAll(() => start({ CLIENT_RATE_LIMIT_PER_MINUTE: '0' }));
    afterAll(() => server.stop());

    it('KG17: limits nothing at 0', async () => {
      const answers = await Promise.all(Array.from({ length: 120 }, () => clients.list(user)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    });

    it('KG14: repeats the HTTP status in every body', async () => {
      const service_id = await clients.newServiceId(user);
      const path = '/api/clients/generate-api-key';
      const json = { 'content-type': 'application/json' };
      // The surface's calls compare the two.
      const answers = [
        await clients.list(user),
        await clients.generate(user, { service_id }),
        await clients.generate(user, {}),
        await clients.generate(undefined, {}),
        await clients.generate(user, { service_id: 'x' }),
        await clients.list(user, '?page=0'),
        await clients.delete(user, '6d4d7bb0-3f0e-4d4e-8f6b-0d8b7b8f7c55'),
        await clients.call(user, 'POST', path, { headers: json, body: '{' }),
        await clients.call(user, 'POST', path, { headers: json, body: `"${'x'.repeat(300_000)}"` }),
        await clients.call(user, 'POST', path, { headers: { 'content-type': 'text/plain' }, body: 'x' }),
        await clients.call(user, 'GET', '/api/clients/nothing'),
        await clients.call(undefined, 'GET', '/api/clients'),
        await clients.call(user, 'PUT', path, { json: {} }),
        await clients.call(user, 'GET', '/api/clients/api-keys/%E0%A4%A'),
        await clients.call(undefined, 'POST', '/api/auth/login', { json: { username: 'x', password: 'x' } }),
        await clients.call(undefined, 'GET', '/api/auth/login'),
      ];
      const statuses = answers.map(({ status }) => (status === 405 ? 404 : status));
      expect(statuses).toEqual([200, 201, 400, 401, 403, 400, 404, 400, 413, 415, 404, 404, 404, 400, 401, 404]);
    });
  });
});
