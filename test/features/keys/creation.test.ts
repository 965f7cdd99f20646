/** Guarantees for keys created with settings: they get what was asked for and no more, never above their creator, and show it. */

import { randomUUID } from 'node:crypto';
import { In } from 'typeorm';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import { Transactions } from '../../../src/platform/database/transactions/transactions.js';
import type { RequestOptions } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';

const BAD_REQUEST = {
  error: 'Bad Request',
  message: 'The request contains invalid parameters or malformed data',
  code: 400,
};

describe('a key created with settings', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let path: string;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
    application = await server.newApplication(user);
    path = `/api/v1/applications/${application}/api-keys`;
  });
  afterAll(() => server.stop());

  const create = (json: object, to = path, token = user.token) =>
    server.call('POST', to, { token, json: { description: 'A key', ...json } });
  const read = async (id: string) => (await server.call('GET', `/api/v1/api-keys/${id}`, { token: user.token })).body;
  const verify = async (key: string, requirements: object = {}) =>
    (await server.call('POST', '/api/v1/keys/verify', { token: user.token, json: { key, ...requirements } })).body;
  const expectRefusal = (answer: { status: number; body: unknown }, field: string, message = /\S/): void =>
    expect([answer.status, answer.body]).toEqual([
      400,
      { ...BAD_REQUEST, details: [{ field, message: expect.stringMatching(message) }] },
    ]);

  it('is answered with the six fields of every key and those that were asked for, and shows them from then on', async () => {
    const settings = {
      level: 2,
      scopes: ['payments:write', 'refunds:*'],
      expiresAt: '2040-01-01T00:00:00.000Z',
      rateLimit: { limit: 5, windowSeconds: 60 },
      quota: { limit: 100, period: 'month' },
      allowedIps: ['203.0.113.0/24', '2001:db8::/32', '127.0.0.1'],
      externalId: 'cus_9s6XKzkNRiz8i3',
      metadata: { owner: 'checkout', nested: { list: [1, null, { deep: true }] } },
    };
    const { status, body } = await create(settings);
    expect(status).toBe(201);
    const six = ['id', 'applicationId', 'fullKey', 'keyPrefix', 'description', 'createdAt'];
    expect(Object.keys(body).sort()).toEqual([...six, ...Object.keys(settings)].sort());
    expect(body).toMatchObject(settings);
    expect(await read(body.id)).toMatchObject({ ...settings, applicationId: application, previousKey: null });
  });

  it('shows only those settings that were asked for', async () => {
    expect(Object.keys((await create({ level: 1 })).body)).toHaveLength(7);
    expect((await create({ scopes: null })).body).toMatchObject({ scopes: null });
    expect((await create({ expiresInSeconds: 60 })).body).not.toHaveProperty('expiresInSeconds');
  });

  it('is the one that was asked for, however many are created at once, and no refusal affects another request', async () => {
    const orders = Array.from({ length: 40 }, (_, index) => ({
      description: `Key ${index}`,
      level: index % 5 === 2 ? 8 : index % 5,
    }));
    const answers = await Promise.all(orders.map((order) => create(order)));
    expect(answers.map(({ status }) => status)).toEqual(orders.map(({ level }) => (level === 8 ? 400 : 201)));
    const made = answers.filter(({ status }) => status === 201).map(({ body }) => body);
    expect(made).toHaveLength(32);
    for (const { id, fullKey, description, level } of made) {
      expect(await read(id)).toMatchObject({ description, level });
      expect(await verify(fullKey)).toMatchObject({ outcome: 'VALID', level });
    }
    expect(answers.flatMap(({ status, body }) => (status === 201 ? [body.description] : []))).toEqual(
      orders.filter(({ level }) => level !== 8).map(({ description }) => description),
    );
    const events = await server.dataSource
      .getRepository(AuditEvent)
      .findBy({ targetId: In(made.map(({ id }) => id)), action: 'api_key.created' });
    expect(events).toHaveLength(32);
    expect(new Set(events.map(({ requestId }) => requestId)).size).toBe(32);
  });

  it('expires the given number of seconds after its creation', async () => {
    const { body } = await create({ expiresInSeconds: 60 });
    const lasts = Date.parse(body.expiresAt) - Date.parse(body.createdAt);
    expect(Math.abs(lasts - 60_000)).toBeLessThan(2000);
    expect((await verify(body.fullKey)).outcome).toBe('VALID');
  });

  it('is valid for its level and its scopes, and for nothing else', async () => {
    const { fullKey } = (await create({ level: 2, scopes: ['payments:write', 'refunds:*'] })).body;
    const outcome = async (requirements: object) => (await verify(fullKey, requirements)).outcome;
    expect(await outcome({ level: 2 })).toBe('VALID');
    expect(await outcome({ level: 3 })).toBe('INSUFFICIENT_LEVEL');
    expect(await outcome({ scopes: ['payments:write', 'refunds:read', 'refunds:eu:write'] })).toBe('VALID');
    expect(await outcome({ scopes: ['payments:read'] })).toBe('MISSING_SCOPE');
    expect(await outcome({ scopes: ['refunds'] })).toBe('MISSING_SCOPE');
  });

  it.each([
    ['level', { level: 5 }, /above your own/],
    ['level', { level: 9 }],
    ['level', { level: -1 }],
    ['level', { level: 1.5 }],
    ['level', { level: '4' }],
    ['level', { level: null }],
    ['scopes', { scopes: [] }],
    ['scopes', { scopes: 'payments:write' }],
    ['scopes', { scopes: [1] }, /like payments:write/],
    ['scopes', { scopes: ['Payments'] }],
    ['scopes', { scopes: ['*'] }],
    ['scopes', { scopes: ['payments:*:read'] }],
    ['scopes', { scopes: ['payments:'] }],
    ['scopes', { scopes: ['payments write'] }],
    ['scopes', { scopes: ['a'.repeat(101)] }],
    ['scopes', { scopes: Array.from({ length: 51 }, (_, number) => `scope${number}`) }],
    ['expiresInSeconds', { expiresInSeconds: 0 }],
    ['expiresInSeconds', { expiresInSeconds: -5 }],
    ['expiresInSeconds', { expiresInSeconds: 315_360_001 }],
    ['expiresInSeconds', { expiresInSeconds: '60' }, /integer/],
    ['expiresInSeconds', { expiresInSeconds: null }],
    ['expiresAt', { expiresAt: '2020-01-01T00:00:00Z' }, /future/],
    ['expiresAt', { expiresAt: 'tomorrow' }],
    ['expiresAt', { expiresAt: 4_102_444_800 }],
    ['expiresAt', { expiresAt: '2031-02-29' }],
    ['expiresAt', { expiresAt: '9999-12-31T23:59:59-00:01' }, /date or a time/],
    ['expiresAt', { expiresInSeconds: 60, expiresAt: '2040-01-01T00:00:00Z' }, /together/],
    ['expiresAt', { expiresInSeconds: 60, expiresAt: null }, /together/],
    ['allowedIps', { allowedIps: ['203.0.113.7/24'] }, /host bits/],
    ['allowedIps', { allowedIps: ['2001:db8::1/32'] }, /host bits/],
    ['externalId', { externalId: '' }],
    ['externalId', { externalId: 17 }],
    ['externalId', { externalId: 'x'.repeat(256) }],
    ['externalId', { externalId: 'a\u202eb' }],
    ['metadata', { metadata: 'text' }],
    ['metadata', { metadata: ['text'] }],
    ['metadata', { metadata: { text: 'x'.repeat(4086) } }, /4096 bytes/],
    ['metadata', { metadata: { text: 'ü'.repeat(2043) } }, /4096 bytes/],
    ['rateLimit.limit', { rateLimit: { limit: 0, windowSeconds: 60 } }],
  ])('refuses a wrong %s: %j', async (...row: [string, object, RegExp?]) => {
    const [field, json, message] = row;
    expectRefusal(await create(json), field, message);
    expectRefusal(await create(json, '/api/v1/api-keys'), field, message);
  });

  it('accepts values just within the limits', async () => {
    const scopes = Array.from({ length: 50 }, (_, number) => `s${number}`.padEnd(100, '-'));
    const metadata = { text: 'x'.repeat(4085) };
    const { status, body } = await create({ scopes, metadata, expiresInSeconds: 315_360_000 });
    expect([status, body.scopes, body.metadata]).toEqual([201, scopes, metadata]);
    expect((await read(body.id)).metadata).toEqual(metadata);
  });

  it('has level 4 at most by default, and never more than its creator', async () => {
    const admins = `/api/v1/applications/${await server.newApplication(server.admin)}/api-keys`;
    const plain = (await create({}, admins, server.admin.token)).body;
    const strong = (await create({ level: 8 }, admins, server.admin.token)).body;
    expect([(await verify(plain.fullKey)).outcome, (await verify(strong.fullKey)).outcome]).toEqual([
      'NOT_FOUND',
      'NOT_FOUND',
    ]);
    const levelOf = async (id: string) =>
      (await server.call('GET', `/api/v1/api-keys/${id}`, { token: server.admin.token })).body.level;
    expect([await levelOf(plain.id), await levelOf(strong.id)]).toEqual([4, 8]);
  });

  describe('of the merchant itself', () => {
    it.each([undefined, 'live', 'test'])('has no application, in the environment %s', async (environment) => {
      const { status, body, headers } = await create({ environment }, '/api/v1/api-keys');
      expect([status, body.applicationId]).toEqual([201, null]);
      expect(body.fullKey).toMatch(new RegExp(`^ks_${environment ?? 'live'}_[A-Za-z0-9]{54}$`));
      expect(body.environment).toBe(environment);
      expect(headers.etag).toBe('"1"');
      expect(await verify(body.fullKey)).toMatchObject({
        outcome: 'VALID',
        applicationId: null,
        merchantId: user.merchantId,
        environment: environment ?? 'live',
      });
      expect((await verify(body.fullKey, { applicationId: application })).outcome).toBe('NOT_FOUND');
    });

    it('refuses an unknown environment', async () => {
      expectRefusal(await create({ environment: 'production' }, '/api/v1/api-keys'), 'environment');
      expectRefusal(await create({ description: 7 }, '/api/v1/api-keys'), 'description');
    });

    it('belongs to another merchant when level 8 creates it so', async () => {
      const other = await server.newMerchant();
      const to = (merchantId: string) => `/api/v1/api-keys?merchantId=${merchantId}`;
      const { status, body } = await create({ level: 5 }, to(other.merchantId), server.admin.token);
      expect([status, body.applicationId]).toEqual([201, null]);
      expect(await verify(body.fullKey)).toMatchObject({ outcome: 'NOT_FOUND' });
      const json = { key: body.fullKey };
      const verification = await server.call('POST', '/api/v1/keys/verify', { token: other.token, json });
      expect(verification.body).toMatchObject({ outcome: 'VALID', merchantId: other.merchantId, level: 5 });
      const list = await server.call('GET', '/api/v1/api-keys', { token: other.token });
      expect(list.body.items.map(({ id }: { id: string }) => id)).toEqual([body.id]);

      const support = await server.newMember(server.admin, 'support');
      for (const { token } of [user, support]) {
        expect((await create({}, to(other.merchantId), token)).status).toBe(403);
        expect((await create({}, to(randomUUID()), token)).status).toBe(403);
      }
      expect((await create({}, to(user.merchantId))).status).toBe(201);
      expect((await create({}, to(randomUUID()), server.admin.token)).status).toBe(404);
      expectRefusal(await create({}, to('mine'), server.admin.token), 'merchantId');
      expect((await server.call('GET', '/api/v1/api-keys', { token: other.token })).body.totalItems).toBe(1);
    });

    it('is read, changed and deleted by its id, like those of applications', async () => {
      const keys = [(await create({}, '/api/v1/api-keys')).body, (await create({})).body];
      for (const { id, fullKey, applicationId } of keys) {
        const by = (method: string, json?: object) =>
          server.call(method, `/api/v1/api-keys/${id}`, { token: user.token, json });
        expect((await by('GET')).body).toMatchObject({ id, applicationId, status: 'active' });
        expect((await by('PATCH', { isEnabled: false })).body).toMatchObject({ id, status: 'disabled' });
        expect((await verify(fullKey)).outcome).toBe('DISABLED');
        expect([(await by('DELETE')).status, (await by('DELETE')).status, (await by('GET')).status]).toEqual([
          204, 404, 404,
        ]);
        expect((await verify(fullKey)).outcome).toBe('NOT_FOUND');
      }
      const { id } = (await create({}, '/api/v1/api-keys')).body;
      expect((await server.call('GET', `${path}/${id}`, { token: user.token })).status).toBe(404);
    });

    const BROKEN: RequestOptions = { headers: { 'content-type': 'application/json' }, body: '{' };

    it.each(['GET', 'PATCH', 'DELETE', 'POST'])('by %s: 401, 403 for the level, 404, 403, 400', async (method) => {
      const weak = await server.newMember(user, method === 'GET' ? 'readSome' : 'writeSome');
      const other = await server.newMerchant();
      const { id } = (await create({}, '/api/v1/api-keys')).body;
      const pair = await server.newPair(user);
      const call = async (keyId: string, token?: string) => {
        const keyPath = `/api/v1/api-keys/${keyId}${method === 'POST' ? '/rotate' : ''}`;
        return (await server.call(method, keyPath, { ...BROKEN, token })).status;
      };
      expect(await call(randomUUID())).toBe(401);
      if (method !== 'GET') expect(await call(randomUUID(), weak.token)).toBe(403);
      for (const unknown of [randomUUID(), 'x', '%00', id.toUpperCase(), pair.id])
        expect([unknown, await call(unknown, other.token)]).toEqual([unknown, 404]);
      expect(await call(id, other.token)).toBe(403);
      expect(await call(id, user.token)).toBe(method === 'GET' ? 200 : 400);
      expect(await read(id)).toMatchObject({ status: 'active', previousKey: null });
    });

    it('can be read by level 5 and changed by level 8 alone for another merchant', async () => {
      const { id } = (await create({}, '/api/v1/api-keys')).body;
      const [reader, admin] = [await server.newMember(server.admin, 'bughunter'), server.admin];
      const call = async (method: string, { token }: User) =>
        (
          await server.call(method, `/api/v1/api-keys/${id}`, {
            token,
            ...(method === 'PATCH' && { json: { description: 'Changed' } }),
          })
        ).status;
      expect([await call('GET', reader), await call('PATCH', reader), await call('DELETE', reader)]).toEqual([
        200, 403, 403,
      ]);
      expect([await call('PATCH', admin), await call('DELETE', admin)]).toEqual([200, 204]);
    });
  });

  it('created by a scoped key has its scopes, on every surface', async () => {
    const { key, basic } = await server.newPersonalKey(user, 4);
    const scopes = ['payments:write'];
    await server.app.get(Transactions).run(({ manager }) => manager.update(ApiKey, { id: key }, { scopes }));
    const json = { name: 'A key', level: 4, expiresIn: 60 };
    const { status, body } = await server.call('POST', '/apikeys/key', { basic, json });
    expect(status).toBe(201);
    const made = `${body.apikey.key}:${body.apikey.secret}`;
    expect((await verify(made, { scopes: ['payments:write'] })).outcome).toBe('VALID');
    expect((await verify(made, { scopes: ['payments:read'] })).outcome).toBe('MISSING_SCOPE');
  });
});
