/** Contracts of `/api/v1/applications`: creating, changing, disabling and deleting applications, and what happens to their keys. */

import { randomUUID } from 'node:crypto';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { Application } from '../../../src/applications/application.entity.js';
import { TestServer, type User } from '../../support/server.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const APPLICATIONS = '/api/v1/applications';
const BAD_REQUEST = {
  error: 'Bad Request',
  message: 'The request contains invalid parameters or malformed data',
  code: 400,
};
const NAME_TAKEN = { error: 'Conflict', message: 'An application with this name already exists', code: 409 };

describe('merchants surface: applications', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const newName = () => `app ${randomUUID()}`;
  const call = (method: string, path: string, json?: unknown, { token } = user) =>
    server.call(method, APPLICATIONS + path, { token, json });
  const create = (json: unknown, caller = user) => call('POST', '', json, caller);

  it('creates an enabled live application', async () => {
    const name = newName();
    const { status, body } = await create({ name });
    expect([status, body]).toEqual([
      201,
      {
        id: expect.stringMatching(UUID),
        name,
        description: null,
        isEnabled: true,
        environment: 'live',
        createdAt: expect.stringMatching(TIME),
      },
    ]);
    expect((await call('GET', `/${body.id}`)).body).toEqual(body);
  });

  it.each(['live', 'test'])('creates an application for the environment %s', async (environment) => {
    const { status, body } = await create({ name: newName(), environment });
    expect([status, body.environment, body.isEnabled]).toEqual([201, environment, true]);
    expect(body.id).toMatch(UUID);
  });

  it.each<[string, { name: string; description?: string | null }]>([
    ['100 code points', { name: '🛒'.repeat(100) }],
    ['250 code points', { name: 'Long description', description: '🛒'.repeat(250) }],
    ['no description', { name: 'No description', description: null }],
    ['SQL', { name: "'; DROP TABLE application; --", description: '" OR 1=1' }],
  ])('stores %s unchanged', async (_, json) => {
    const { status, body } = await create(json);
    expect([status, body.name, body.description]).toEqual([201, json.name, json.description ?? null]);
    expect((await call('GET', `/${body.id}`)).body).toEqual(body);
  });

  it.each([
    ['name', {}],
    ['name', { description: 'No name' }],
    ['name', { name: null }],
    ['name', { name: '' }],
    ['name', { name: '  ' }],
    ['name', { name: 7 }],
    ['name', { name: ['app'] }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: 'a\0b' }],
    ['description', { name: 'Good', description: 'x'.repeat(251) }],
    ['description', { name: 'Good', description: 7 }],
    ['environment', { name: 'Good', environment: 'staging' }],
    ['environment', { name: 'Good', environment: true }],
  ])('refuses a bad %s: %j', async (field, json) => {
    const { status, body } = await create(json);
    expect([status, body]).toEqual([400, { ...BAD_REQUEST, details: [{ field, message: expect.any(String) }] }]);
  });

  describe('names', () => {
    it('are unique within a merchant', async () => {
      const name = newName();
      await create({ name });
      for (const again of [name, ` ${name} `]) {
        const { status, body } = await create({ name: again });
        expect([status, body]).toEqual([409, NAME_TAKEN]);
      }
      expect((await create({ name: name.toUpperCase() })).status).toBe(201);
      expect((await create({ name }, await server.newMerchant())).status).toBe(201);
    });

    it('are given to exactly one of several simultaneous creations', async () => {
      const name = newName();
      const answers = await Promise.all(Array.from({ length: 6 }, () => create({ name })));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
      expect(await server.dataSource.getRepository(Application).countBy({ name })).toBe(1);
    });

    it('are given to exactly one of several simultaneous changes', async () => {
      const ids = await Promise.all([1, 2, 3].map(() => server.newApplication(user)));
      const name = newName();
      const answers = await Promise.all(ids.map((id) => call('PATCH', `/${id}`, { name })));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    });

    it('cannot be changed to a taken one, but to their present one', async () => {
      const taken = (await create({ name: newName() })).body;
      const { body } = await create({ name: newName() });
      const refused = await call('PATCH', `/${body.id}`, { name: taken.name });
      expect([refused.status, refused.body]).toEqual([409, NAME_TAKEN]);
      expect((await call('GET', `/${body.id}`)).body).toEqual(body);
      expect((await call('PATCH', `/${body.id}`, { name: body.name })).status).toBe(200);
    });

    it('are free again when the application is deleted', async () => {
      const { body } = await create({ name: newName() });
      expect((await create({ name: body.name })).status).toBe(409);
      await call('DELETE', `/${body.id}`);
      expect((await create({ name: body.name })).status).toBe(201);
    });
  });

  describe('changes', () => {
    it('set name and description, each alone, and nothing else', async () => {
      const { body } = await create({ name: newName(), description: 'First' });
      const name = newName();
      const more = { environment: 'test', isEnabled: false, id: randomUUID(), merchantId: randomUUID() };
      expect((await call('PATCH', `/${body.id}`, { name, ...more })).status).toBe(400);
      expect((await call('GET', `/${body.id}`)).body).toEqual(body);
      const renamed = await call('PATCH', `/${body.id}`, { name });
      expect([renamed.status, renamed.body]).toEqual([200, { ...body, name }]);
      const described = await call('PATCH', `/${body.id}`, { description: 'Second' });
      expect(described.body).toEqual({ ...body, name, description: 'Second' });
      expect((await call('PATCH', `/${body.id}`, { description: null })).body.description).toBeNull();
      expect((await call('GET', `/${body.id}`)).body).toEqual({ ...body, name, description: null });
    });

    it.each([
      ['name', { name: '' }],
      ['name', { name: null }],
      ['name', { name: 'x'.repeat(101) }],
      ['name', { name: {} }],
      ['description', { description: ' ' }],
      ['description', { description: 'x'.repeat(251) }],
      ['description', { description: false }],
    ])('are refused for a bad %s: %j', async (field, json) => {
      const { body: before } = await create({ name: newName() });
      const { status, body } = await call('PATCH', `/${before.id}`, json);
      expect([status, body]).toEqual([400, { ...BAD_REQUEST, details: [{ field, message: expect.any(String) }] }]);
      expect((await call('GET', `/${before.id}`)).body).toEqual(before);
    });

    it('of the status disable and enable', async () => {
      const { body } = await create({ name: newName() });
      for (const isEnabled of [false, false, true]) {
        const changed = await call('PATCH', `/${body.id}/status`, { isEnabled });
        expect([changed.status, changed.body]).toEqual([200, { ...body, isEnabled }]);
        expect((await call('GET', `/${body.id}`)).body).toEqual({ ...body, isEnabled });
      }
    });

    it("G8: of the status neither disable nor enable a key above the caller's level", async () => {
      const id = await server.newApplication(user);
      const status = async (isEnabled: boolean, { token } = user) =>
        (await server.call('PATCH', `/api/v1/applications/${id}/status`, { token, json: { isEnabled } })).status;
      const strong = await server.newFullKey(server.admin, id, { level: 5, expiresInSeconds: 100 });
      const check = async () => (await server.call('GET', '/api/v1/keys/check', { token: strong.fullKey })).status;
      expect([await status(true), await status(false), await check()]).toEqual([200, 403, 204]);
      expect([await status(false, server.admin), await check()]).toEqual([200, 401]);
      expect([await status(false), await status(true), await check()]).toEqual([200, 403, 401]);
      expect((await call('GET', `/${id}`)).body.isEnabled).toBe(false);
      const path = `/api/v1/applications/${id}/api-keys/${strong.id}`;
      const disabled = { token: server.admin.token, json: { isEnabled: false } };
      expect((await server.call('PATCH', path, disabled)).status).toBe(200);
      expect(await status(true)).toBe(200);
    });

    it.each([{}, { isEnabled: null }, { isEnabled: 'false' }, { isEnabled: 0 }, { isEnabled: [false] }, []])(
      'of the status are refused for %j',
      async (json) => {
        const id = await server.newApplication(user);
        const { status, body } = await call('PATCH', `/${id}/status`, json);
        expect([status, body]).toEqual([
          400,
          { ...BAD_REQUEST, details: [{ field: 'isEnabled', message: expect.any(String) }] },
        ]);
        expect((await call('GET', `/${id}`)).body.isEnabled).toBe(true);
      },
    );
  });

  describe('deleting', () => {
    it("G8: is refused while the application has a key above the caller's level, and deletes none of its keys", async () => {
      const id = await server.newApplication(user);
      const weak = await server.newFullKey(user, id);
      const strong = await server.newFullKey(server.admin, id, { level: 5 });
      const disabled = { token: server.admin.token, json: { isEnabled: false } };
      await server.call('PATCH', `/api/v1/api-keys/${strong.id}`, disabled);
      const refused = await call('DELETE', `/${id}`);
      const message = 'A key whose level is above yours would be affected';
      expect([refused.status, refused.body]).toEqual([403, { error: 'Forbidden', message, code: 403 }]);
      expect((await server.call('GET', '/api/v1/keys/check', { token: weak.fullKey })).status).toBe(204);
      await server.call('DELETE', `/api/v1/api-keys/${strong.id}`, { token: server.admin.token });
      expect((await call('DELETE', `/${id}`)).status).toBe(204);
    });

    it('revokes the keys with the application, for good', async () => {
      const id = await server.newApplication(user);
      const keys = [await server.newFullKey(user, id), await server.newFullKey(user, id)];
      const other = await server.newFullKey(user, await server.newApplication(user));
      const check = async (token: string) => (await server.call('GET', '/api/v1/keys/check', { token })).status;

      const { status, text } = await call('DELETE', `/${id}`);
      expect([status, text]).toEqual([204, '']);
      for (const key of keys) {
        expect(await check(key.fullKey)).toBe(401);
        const row = await server.dataSource.getRepository(ApiKey).findOneByOrFail({ id: key.id });
        expect([row.isActive, row.secretHash, row.encryptedSecret]).toEqual([false, null, null]);
        const { items } = (await server.call('GET', `/api/v1/audit-events?targetId=${key.id}`, { token: user.token }))
          .body;
        const actions = items.map(({ action }: { action: string }) => action);
        expect(actions).toContain('api_key.deleted');
      }
      expect(await check(other.fullKey)).toBe(204);
      for (const path of [`/${id}`, `/${id}/api-keys`]) expect((await call('GET', path)).status).toBe(404);
      expect((await call('DELETE', `/${id}`)).status).toBe(404);
    });

    it('succeeds for exactly one of several simultaneous requests', async () => {
      const id = await server.newApplication(user);
      const answers = await Promise.all([1, 2, 3].map(() => call('DELETE', `/${id}`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404]);
    });

    it('leaves no key valid that is created at the same moment', async () => {
      for (let round = 0; round < 5; round += 1) {
        const id = await server.newApplication(user);
        const json = { description: 'Late' };
        const [made] = await Promise.all([call('POST', `/${id}/api-keys`, json), call('DELETE', `/${id}`)]);
        expect([201, 404]).toContain(made.status);
        const token = (made.body.fullKey as string | undefined) ?? 'ks_live_none';
        expect((await server.call('GET', '/api/v1/keys/check', { token })).status).toBe(401);
        expect(await server.dataSource.getRepository(ApiKey).countBy({ applicationId: id, isActive: true })).toBe(0);
      }
    });
  });
});
