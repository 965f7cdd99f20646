/**
 * Guarantees for merchants that import alike keys: none can take a key from another, keep it from importing its own, or learn of it; and the
 * formats of a merchant are its own, and end with their last key.
 */

import { ImportFormat } from '../../../src/api-keys/credentials/imported/import-format.entity.js';
import { report, settled } from '../../support/exposures.js';
import {
  bcryptRow,
  check,
  FORMAT,
  foreignKey,
  importLines,
  importText,
  ndjson,
  outcomeOf,
  PEPPER,
  PREFIX,
  sha256Row,
  WAYS,
} from '../../support/imports.js';
import { TestServer, type User } from '../../support/server.js';

const FORMATS = '/api/v1/api-keys/import-formats';

describe('keys that several merchants import', () => {
  let server: TestServer;
  let first: User;
  let second: User;
  beforeAll(async () => {
    server = await TestServer.start();
    server.secrets.add(PEPPER);
  });
  beforeEach(async () => {
    first = await server.newMerchant();
    second = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const verify = async ({ token }: User, key: string) =>
    (await server.call('POST', '/api/v1/keys/verify', { token, json: { key } })).body;
  const importKey = async (user: User, row: unknown) => (await importLines(server, user, [row])).body;

  it.each(Object.keys(WAYS))('are each theirs with %s: the second is not refused, and finds its own', async (way) => {
    const key = foreignKey();
    const application = await server.newApplication(second);
    expect(await importKey(first, await WAYS[way]?.(key))).toMatchObject({ imported: 1, failed: 0 });
    const row = { ...(await WAYS[way]?.(key)), applicationId: application, level: 1 };
    expect(await importKey(second, row)).toMatchObject({ imported: 1, existing: 0, failed: 0 });
    expect(await importKey(second, row)).toMatchObject({ imported: 0, existing: 1 });
    const [own, others] = [await verify(first, key), await verify(second, key)];
    expect([own.outcome, others.outcome]).toEqual(['VALID', 'VALID']);
    expect(own.keyId).not.toBe(others.keyId);
    const named = await server.call('GET', `/api/v1/keys/check?application=${application}`, { token: key });
    expect([named.status, named.headers['x-key-id']]).toEqual([204, others.keyId]);
    for (const merchant of [others.merchantId, others.clientId]) {
      const { headers } = await server.call('GET', `/api/v1/keys/check?merchant=${merchant}`, { token: key });
      expect(headers['x-key-id']).toBe(others.keyId);
    }
    // Without a name it stays that of whoever had it, whatever others import later.
    const unnamed = await server.call('GET', '/api/v1/keys/check', { token: key });
    expect([unnamed.status, unnamed.headers['x-key-id']]).toEqual([204, own.keyId]);
    await server.call('DELETE', `/api/v1/api-keys/${own.keyId}`, { token: first.token });
    expect((await verify(first, key)).outcome).toBe('NOT_FOUND');
    expect((await verify(second, key)).outcome).toBe('VALID');
  });

  it('are all found by a report of the leaked text', async () => {
    const key = foreignKey();
    for (const user of [first, second]) await importKey(user, sha256Row(key));
    await report(server, [key]);
    await settled(server);
    for (const { token } of [first, second]) {
      const { body } = await server.call('GET', '/api/v1/api-keys', { token });
      expect(body.items[0].exposedSource).toBe('report');
    }
  });

  it('have it said that checks must name the merchant, but not whether a key is shared', async () => {
    const format = { prefix: `shop${Math.random().toString(36).slice(2, 8)}_`, length: 42 };
    const key = foreignKey(format.prefix);
    const send = async (user: User, one: string, query = '') =>
      (await importText(server, user, ndjson({ format }, sha256Row(one)), {}, query)).body;
    const plain = { imported: 1, existing: 0, failed: 0, dryRun: false, results: [] };
    expect(await send(first, key)).toEqual(plain);
    expect(await send(second, key, '?dryRun=true')).toEqual({ ...plain, dryRun: true, sharedFormat: true });
    expect(await send(second, key)).toEqual({ ...plain, sharedFormat: true });
    expect(await send(second, foreignKey(format.prefix))).toEqual({ ...plain, sharedFormat: true });
    expect(await send(first, foreignKey(format.prefix))).toEqual(plain);
  });

  it('never stand before a key of this server', async () => {
    const { apikey, apisecret } = await server.newPair(first);
    const pair = `${apikey}:${apisecret}`;
    const format = { prefix: apikey.slice(0, 8), length: pair.length };
    expect((await importText(server, second, ndjson({ format }, sha256Row(pair)))).body.imported).toBe(1);
    const { headers } = await server.call('GET', '/api/v1/keys/check', { basic: pair });
    expect(headers['x-key-id']).toBe((await verify(first, pair)).keyId);
    expect((await verify(second, pair)).outcome).toBe('VALID');
  });

  it.each(['undefined', 'null', 'test', '[object', 'changeme', 'Bearer'])(
    'cannot be %s, whatever a format says',
    async (word) => {
      const prefix = word.slice(0, 4);
      for (const format of [{ prefix }, { prefix, length: word.length }]) {
        await importText(server, first, ndjson({ format }, sha256Row(word)));
        for (const user of [first, server.admin]) expect((await verify(user, word)).outcome).toBe('NOT_FOUND');
        expect(await check(server, { token: word })).toBe(401);
      }
    },
  );

  describe('have formats that', () => {
    const list = async ({ token }: User) => (await server.call('GET', FORMATS, { token })).body;
    const remove = ({ token }: User, id: string) => server.call('DELETE', `${FORMATS}/${id}`, { token });

    it('are listed without the pepper, each to its own merchant', async () => {
      await importKey(first, await WAYS['hmac-sha256 with the pepper of the customer']?.(foreignKey()));
      await importKey(second, await bcryptRow(foreignKey()));
      expect(await list(first)).toMatchObject({ totalItems: 1 });
      expect((await list(first)).items).toEqual([
        {
          id: expect.any(String),
          kind: 'hmac-sha256',
          prefix: PREFIX,
          length: 42,
          lookupLength: null,
          createdAt: expect.stringMatching(/Z$/),
        },
      ]);
      expect((await list(second)).items).toMatchObject([{ kind: 'prefix', lookupLength: 18 }]);
    });

    it('are deleted only by who may, and only without keys', async () => {
      const key = foreignKey();
      await importKey(first, sha256Row(key));
      const { id } = (await list(first)).items[0];
      expect((await remove(second, id)).status).toBe(403);
      expect((await remove(await server.newMember(first, 'writeSome'), id)).status).toBe(403);
      const used = await remove(first, id);
      expect([used.status, used.headers['x-error-code']]).toEqual([409, 'import_format.in_use']);
      expect(await outcomeOf(server, key)).toBe('VALID');
      const { keyId } = await verify(first, key);
      await server.call('DELETE', `/api/v1/api-keys/${keyId}`, { token: first.token });
      expect((await remove(first, id)).status).toBe(204);
      expect((await remove(first, id)).status).toBe(404);
      expect((await list(first)).items).toEqual([]);
      // A deleted key stays deleted, although its format comes back.
      expect(await importKey(first, sha256Row(key))).toMatchObject({ imported: 0, existing: 1 });
      expect(await outcomeOf(server, key)).toBe('NOT_FOUND');
    });

    it('make room for others once they are deleted', async () => {
      const send = async (length: number) =>
        (
          await importText(
            server,
            first,
            ndjson({ format: { prefix: PREFIX, length } }, sha256Row(foreignKey(PREFIX, length))),
          )
        ).body;
      for (let length = 50; length < 70; length += 1) expect(await send(length)).toMatchObject({ imported: 1 });
      expect((await send(70)).results).toMatchObject([{ status: 409 }]);
      expect(await importKey(second, sha256Row(foreignKey()))).toMatchObject({ imported: 1 });
      const { items } = (await server.call('GET', '/api/v1/api-keys', { token: first.token })).body;
      await server.call('DELETE', `/api/v1/api-keys/${items[0].id}`, { token: first.token });
      const formats = (await server.call('GET', `${FORMATS}?limit=100`, { token: first.token })).body.items;
      const statuses = [];
      for (const { id } of formats) statuses.push((await remove(first, id)).status);
      expect(statuses.filter((status) => status === 204)).toHaveLength(1);
      expect(await send(70)).toMatchObject({ imported: 1 });
    });

    it('end overnight with their last key, but not while a rotated credential may be used', async () => {
      const [kept, gone, rotated] = [foreignKey(), foreignKey(), foreignKey()];
      await importKey(first, sha256Row(kept));
      await importKey(second, sha256Row(gone));
      const third = await server.newMerchant();
      await importKey(third, await bcryptRow(rotated));
      const { keyId: rotatedId } = await verify(third, rotated);
      await server.call('POST', `/api/v1/api-keys/${rotatedId}/rotate`, {
        token: third.token,
        json: { overlapSeconds: 600 },
      });
      const { keyId: goneId } = await verify(second, gone);
      await server.call('DELETE', `/api/v1/api-keys/${goneId}`, { token: second.token });
      await server.dataSource
        .getRepository(ImportFormat)
        .createQueryBuilder()
        .update({ createdAt: new Date(Date.now() - 2 * 86_400_000) })
        .execute();
      await server.keepHouse('import_formats');
      expect([await list(first), await list(second), await list(third)].map((page) => page.totalItems)).toEqual([
        1, 0, 1,
      ]);
      expect(await outcomeOf(server, kept)).toBe('VALID');
      expect(await outcomeOf(server, rotated)).toBe('VALID');
      expect(await importText(server, second, ndjson({ format: FORMAT }, sha256Row(foreignKey())))).toMatchObject({
        body: { imported: 1 },
      });
    });
  });
});
