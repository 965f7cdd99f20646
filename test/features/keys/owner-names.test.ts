/** Guarantees for `externalId` and `metadata`, an owner's own data about a key: kept exactly, changed, found by, and answered by verifications. */

import { KeyCache } from '../../../src/verification/cache/key-cache.js';
import { FORMAT, foreignKey, importLines, ndjson, sha256Row } from '../../support/imports.js';
import { TestServer, type User } from '../../support/server.js';

describe("an owner's own data about a key", () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.shared();
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const call = (method: string, path: string, json?: unknown) => server.call(method, path, { token: user.token, json });
  const verify = async (key: string) => (await call('POST', '/api/v1/keys/verify', { key })).body;
  const externalId = `Kunde ${'ü'.repeat(248)}`;
  const metadata = { plan: 'gold', seats: 12, rate: 0.1, big: 9007199254740991, list: [1, null, { deep: 'x' }] };

  it.each(['application', 'merchant'])(
    'is given to a new key of the %s, and is in every answer to its verification',
    async (owner) => {
      const path = owner === 'application' ? `/api/v1/applications/${application}/api-keys` : '/api/v1/api-keys';
      const { status, body } = await call('POST', path, { description: 'x', externalId, metadata });
      expect([status, body]).toMatchObject([201, { externalId, metadata }]);
      expect((await call('GET', `/api/v1/api-keys/${body.id}`)).body).toMatchObject({ externalId, metadata });
      expect(await verify(body.fullKey)).toMatchObject({ valid: true, externalId, metadata });
      const keys = [{ key: body.fullKey }, { key: body.fullKey, level: 8 }, { key: `${body.fullKey}x` }];
      const batch = await call('POST', '/api/v1/keys/verify/batch', { keys });
      expect(batch.body.results).toMatchObject([
        { outcome: 'VALID', externalId, metadata },
        { outcome: 'INSUFFICIENT_LEVEL', externalId, metadata },
        { outcome: 'NOT_FOUND', externalId: null, metadata: null },
      ]);
    },
  );

  it('is changed and removed, which the next verification shows', async () => {
    const { id, fullKey } = await server.newFullKey(user, application, { externalId: 'first', metadata });
    expect(await verify(fullKey)).toMatchObject({ externalId: 'first', metadata });
    const path = `/api/v1/applications/${application}/api-keys/${id}`;
    expect((await call('PATCH', path, { externalId: 'second' })).body).toMatchObject({
      externalId: 'second',
      metadata,
    });
    expect(await verify(fullKey)).toMatchObject({ externalId: 'second', metadata });
    await call('PATCH', path, { externalId: null, metadata: null });
    expect(await verify(fullKey)).toMatchObject({ externalId: null, metadata: null });
    const { status, body } = await call('PATCH', path, { externalId: 'x'.repeat(256) });
    expect([status, body.details[0].field]).toEqual([400, 'externalId']);
  });

  it('is imported with a key', async () => {
    const key = foreignKey();
    await importLines(server, user, [{ ...sha256Row(key), externalId, metadata }]);
    expect(await verify(key)).toMatchObject({ valid: true, externalId, metadata });
  });

  it('selects keys for lists, the export and bulk calls, and by nothing but the exact text', async () => {
    const names = ['Team 7', 'team 7', 'Team 7 ', 'Team 77'];
    const ids = [];
    for (const name of [...names, names[0]])
      ids.push((await server.newFullKey(user, application, { externalId: name })).id);
    const wanted = [ids[0], ids[4]];
    const idsOf = (items: { id: string }[]) => items.map(({ id }) => id);
    for (const path of ['/api/v1/api-keys', `/api/v1/applications/${application}/api-keys`])
      expect(idsOf((await call('GET', `${path}?externalId=Team%207`)).body.items)).toEqual(wanted);
    const exported = await call('GET', '/api/v1/api-keys/export?externalId=Team%207');
    expect(
      idsOf(
        exported.text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ),
    ).toEqual(wanted);
    const filter = { externalId: 'Team 7' };
    const { body } = await call('POST', '/api/v1/api-keys/bulk-disable', { filter, expectedCount: 2 });
    expect(body.results).toEqual(wanted.map((id) => ({ id, status: 200 })));
    expect((await call('GET', '/api/v1/api-keys?externalId=')).status).toBe(400);
  });

  const inexact = ['9007199254740993', '1e400', '1e-400', '0.1000000000000000055511', '123456789012345678901'];
  const exact = ['9007199254740992', '1e3', '1.50', '0.30000000000000004', '-0.0', '1E+2', '100000000000000000000000'];

  it.each(inexact)('refuses %s in metadata, which JSON cannot keep, wherever it stands', async (number) => {
    const { id } = await server.newFullKey(user, application);
    const send = (method: string, path: string, body: string) =>
      server.call(method, path, {
        token: user.token,
        headers: { 'content-type': 'application/json' },
        body,
      });
    for (const value of [`{"n":${number}}`, `{"a":[{"b": ${number} }]}`, `{"a":[1,${number}]}`])
      for (const [method, path, text] of [
        ['POST', '/api/v1/api-keys', `{"description":"1e999, 9007199254740993","metadata":${value}}`],
        ['PATCH', `/api/v1/api-keys/${id}`, `{"metadata":${value}}`],
      ] as const) {
        const { status, body } = await send(method, path, text);
        expect([status, body.details]).toEqual([
          400,
          [{ field: 'metadata', message: expect.stringContaining('cannot be kept exactly') }],
        ]);
      }
    const row = JSON.stringify({ ...sha256Row(foreignKey()), metadata: {} }).replace(
      '"metadata":{}',
      `"metadata":{"n":${number}}`,
    );
    const lines = ndjson({ format: FORMAT }, row);
    const { body } = await server.call('POST', '/api/v1/api-keys/import', {
      token: user.token,
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines,
    });
    expect(body.results).toMatchObject([{ line: 2, status: 400, details: [{ field: 'metadata' }] }]);
  });

  it.each(exact)('keeps the number %s, and every text that looks like one', async (number) => {
    const { status, body } = await server.call('POST', '/api/v1/api-keys', {
      token: user.token,
      headers: { 'content-type': 'application/json' },
      body: `{"description":"x","metadata":{"n":${number},"text":"\\": 9007199254740993, 1e999"}}`,
    });
    expect([status, body.metadata]).toEqual([201, { n: Number(number) + 0, text: '": 9007199254740993, 1e999' }]);
  });
});

it('counts the metadata of cached keys against the size of the cache', async () => {
  const server = await TestServer.start({ KEYRING_MAX_KEYS: '20' });
  const cache = server.app.get(KeyCache, { strict: false });
  const application = await server.newApplication(server.admin);
  const verifyAll = async (metadata: object | null) => {
    for (let n = 0; n < 25; n += 1) {
      const { fullKey } = await server.newFullKey(server.admin, application, { metadata });
      await server.call('GET', '/api/v1/keys/check', { token: fullKey });
    }
    return cache.size;
  };
  expect(await verifyAll({ text: 'x'.repeat(4000) })).toBe(5);
  expect(await verifyAll(null)).toBe(20);
  await server.stop();
});
