/** Contracts M1–M6, M13 and M17: the shape of a new full key, where it is shown and stored, and the lists of keys. */

import { createHash } from 'node:crypto';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { TestServer, type User } from '../../support/server.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Characters at the end of a full key that say whether the others are right. */
const CHECKSUM_LENGTH = 6;

describe('merchants surface: keys of applications', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let path: string;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    application = await server.newApplication(user);
    path = `/api/v1/applications/${application}/api-keys`;
  });
  afterAll(() => server.stop());

  const create = (json: unknown, to = path) => server.call('POST', to, { token: user.token, json });
  const get = (from: string) => server.call('GET', from, { token: user.token });

  it('M1: answers 201 with exactly the six fields', async () => {
    const { status, headers, body } = await create({ description: 'Checkout' });
    expect(status).toBe(201);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(body).toEqual({
      id: expect.stringMatching(UUID),
      applicationId: expect.any(String),
      fullKey: expect.any(String),
      keyPrefix: expect.any(String),
      description: expect.any(String),
      createdAt: expect.any(String),
    });
  });

  it('M2: echoes the application and the description, and gives the time', async () => {
    const description = 'Kasse „Nord“ 🛒';
    const before = Date.now();
    const { body } = await create({ description });
    expect(body).toMatchObject({ applicationId: application, description, createdAt: expect.stringMatching(TIME) });
    expect(Date.parse(body.createdAt)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(body.createdAt)).toBeLessThanOrEqual(Date.now());
  });

  it.each(['live', 'test'])(
    'M3: names the environment %s in the key, and shows its first 12 characters',
    async (name) => {
      const id = await server.newApplication(user, name);
      const { body } = await create({ description: 'A key' }, `/api/v1/applications/${id}/api-keys`);
      expect(body.fullKey).toMatch(new RegExp(`^ks_${name}_[A-Za-z0-9]{22,}$`));
      expect(body.keyPrefix).toBe((body.fullKey as string).slice(0, 12));
    },
  );

  it('M3: has at least 160 random bits beyond the prefix', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => create({ description: 'Random' })));
    const hidden = answers.map(({ body }) => (body.fullKey as string).slice(12, -CHECKSUM_LENGTH));
    const bits = Array.from({ length: hidden[0]?.length ?? 0 }, (_, at) =>
      Math.log2(new Set(hidden.map((text) => text[at])).size),
    );
    expect(bits.reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(160);
  });

  it('M3: refuses a typo at any position by the checksum alone, without reading the database', async () => {
    const { fullKey } = await server.newFullKey(user, application);
    const check = async (token: string) => (await server.call('GET', '/api/v1/keys/check', { token })).status;
    expect(await check(fullKey)).toBe(204);
    const unused = (await server.newFullKey(user, application)).fullKey;
    const typos = Array.from(fullKey, (character, at) =>
      [fullKey.slice(0, at), character === 'a' ? 'b' : 'a', fullKey.slice(at + 1)].join(''),
    );
    await server.dataSource.query('ALTER TABLE api_key RENAME TO api_key_away');
    try {
      expect(await check(unused)).toBe(500);
      for (const typo of typos) expect([typo, await check(typo)]).toEqual([typo, 401]);
    } finally {
      await server.dataSource.query('ALTER TABLE api_key_away RENAME TO api_key');
    }
  });

  it('M4: shows the full key in no other response', async () => {
    const { id, fullKey } = await server.newFullKey(user, application);
    const checked = await server.call('GET', '/api/v1/keys/check', { token: fullKey });
    const answers = [
      checked,
      await create({ description: fullKey.slice(0, 12) }),
      await get(path),
      await get(`${path}/${id}`),
      await get('/api/v1/applications'),
      await get(`/api/v1/applications/${application}`),
      await get(`/api/v1/audit-events?targetId=${id}`),
      await get('/api/clients/api-keys'),
      await get('/apikeys/jwt'),
      await get('/whoami/jwt'),
      await server.call('DELETE', `${path}/${id}`, { token: user.token }),
      await get(`${path}/${id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([204, 201, 200, 200, 200, 200, 200, 200, 200, 200, 204, 404]);
    for (const { headers, text } of answers) {
      expect(JSON.stringify(headers) + text).not.toContain(fullKey.slice(12));
      expect(JSON.stringify(headers) + text).not.toContain(fullKey.slice(-12));
    }
  });

  it('M5: stores only a keyed hash of the full key, and logs neither', async () => {
    const { id, fullKey } = await server.newFullKey(user, application);
    await server.call('GET', '/api/v1/keys/check', { token: fullKey });
    const tables = server.dataSource.entityMetadatas.map(({ target }) =>
      server.dataSource.getRepository(target).find(),
    );
    const contents = JSON.stringify(await Promise.all(tables));
    expect(contents).toContain(id);
    expect(contents).not.toContain(fullKey);
    expect(contents).not.toContain(fullKey.slice(24));
    expect(server.logs.join('\n')).not.toContain(fullKey.slice(24));

    const { secretHash, encryptedSecret } = await server.dataSource.getRepository(ApiKey).findOneByOrFail({ id });
    const plainHashes = [fullKey, fullKey.slice(24)].map((text) => createHash('sha256').update(text).digest('hex'));
    expect(secretHash).toMatch(/^[\da-f]{64}$/);
    expect(plainHashes).not.toContain(secretHash);
    expect(encryptedSecret).toBeNull();
  });

  it('M6: creates several keys for one application, even with equal descriptions', async () => {
    const answers = [await create({ description: 'Twin' }), await create({ description: 'Twin' })];
    expect(answers.map(({ status, body }) => [status, body.description])).toEqual([
      [201, 'Twin'],
      [201, 'Twin'],
    ]);
    for (const field of ['id', 'fullKey']) expect(new Set(answers.map(({ body }) => body[field])).size).toBe(2);
    for (const { body } of answers) {
      expect((await server.call('GET', '/api/v1/keys/check', { token: body.fullKey })).status).toBe(204);
    }
  });

  it('M13: refuses unknown fields with a detail for each, and creates nothing', async () => {
    const before = (await get(path)).body.totalItems;
    const extra = { id: 'mine', applicationId: 'other', fullKey: 'ks_live_mine', isEnabled: false, expiresIn: 60 };
    const { status, body } = await create({ description: 'Extra', ...extra });
    expect([status, body.error, body.message, body.code]).toEqual([
      400,
      'Bad Request',
      'The request contains invalid parameters or malformed data',
      400,
    ]);
    expect(body.details.map(({ field }: { field: string }) => field)).toEqual(Object.keys(extra));
    expect((await get(path)).body.totalItems).toBe(before);
  });

  describe('lists', () => {
    let keysPath: string;
    let ids: string[];
    let prefixes: string[];
    let lastFours: string[];
    beforeAll(async () => {
      keysPath = `/api/v1/applications/${await server.newApplication(user)}/api-keys`;
      const created = [];
      for (const description of ['one', 'two', 'three']) created.push((await create({ description }, keysPath)).body);
      ids = created.map(({ id }) => id);
      prefixes = created.map(({ keyPrefix }) => keyPrefix);
      lastFours = created.map(({ fullKey }) => fullKey.slice(-4));
    });

    it('M17: lists keys in the envelope, without the full key', async () => {
      const { status, body } = await get(keysPath);
      const { items, ...rest } = body;
      expect(status).toBe(200);
      expect(rest).toEqual({
        page: 1,
        limit: 20,
        totalItems: 3,
        totalPages: 1,
        hasPreviousPage: false,
        hasNextPage: false,
      });
      expect(items).toHaveLength(3);
      expect(items[0]).toEqual({
        id: ids[0],
        applicationId: keysPath.split('/')[4],
        keyPrefix: prefixes[0],
        lastFour: lastFours[0],
        exposedAt: null,
        exposedSource: null,
        description: 'one',
        level: 4,
        scopes: null,
        status: 'active',
        createdAt: expect.stringMatching(TIME),
        expiresAt: null,
        lastUsedAt: null,
        lastUsedFrom: null,
        rateLimit: null,
        rateLimits: null,
        quota: null,
        allowedIps: null,
        metadata: null,
        externalId: null,
        responsibleId: null,
        selfRotate: false,
        previousKey: null,
      });
      expect((await get(`${keysPath}/${ids[0]}`)).body).toEqual(items[0]);
    });

    it('M17: pages through the keys', async () => {
      const second = await get(`${keysPath}?page=2&limit=2`);
      const { items, ...rest } = second.body;
      expect(items.map(({ description }: { description: string }) => description)).toEqual(['three']);
      expect(rest).toEqual({
        page: 2,
        limit: 2,
        totalItems: 3,
        totalPages: 2,
        hasPreviousPage: true,
        hasNextPage: false,
      });
      for (const query of ['page=0', 'limit=0', 'limit=101', 'page=abc']) {
        expect((await get(`${keysPath}?${query}`)).status).toBe(400);
      }
    });

    it('M17: shows the latest use', async () => {
      const { id, fullKey } = (await create({ description: 'used' }, keysPath)).body;
      const usedAfter = Date.now();
      await server.call('GET', '/api/v1/keys/check', { token: fullKey });
      await server.flushed();
      const { lastUsedAt } = (await get(`${keysPath}/${id}`)).body;
      expect(lastUsedAt).toMatch(TIME);
      expect(Date.parse(lastUsedAt)).toBeGreaterThanOrEqual(usedAfter);
    });

    it('M17: leaves out revoked keys and keys of other applications', async () => {
      const { id } = (await create({ description: 'gone' }, keysPath)).body;
      expect((await get(`${path}/${id}`)).status).toBe(404);
      expect((await server.call('DELETE', `${path}/${id}`, { token: user.token })).status).toBe(404);
      expect((await get(`${keysPath}/${id}`)).status).toBe(200);
      expect((await server.call('DELETE', `${keysPath}/${id}`, { token: user.token })).status).toBe(204);
      const { items } = (await get(keysPath)).body;
      expect(items.map((key: { id: string }) => key.id)).not.toContain(id);
      expect((await get(`${keysPath}/${id}`)).status).toBe(404);
      expect((await server.call('DELETE', `${keysPath}/${id}`, { token: user.token })).status).toBe(404);
    });
  });
});
