/** Contracts KD7, KD8 and KD16–KD18: deleting several keys in one call, all that can be and no other. */

import { randomUUID } from 'node:crypto';
import { ClientsSurface, refusal, refusalOf } from '../../support/clients.js';
import { TestServer, type User } from '../../support/server.js';
import { NO_LOGINS, type Tokens } from '../../support/tokens.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const JWT_SECRET = 'a secret that these tests know, too';
const NO_ID = refusal(400, 'Invalid API key ID format');
const NO_TOKEN = refusal(401, 'Invalid JWT token');
const FORBIDDEN = refusal(403, 'Insufficient permissions to delete this API key');

describe('clients surface: deleting several keys', () => {
  let server: TestServer;
  let clients: ClientsSurface;
  let tokens: Tokens;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start({ JWT_SECRET });
    clients = new ClientsSurface(server);
    ({ tokens, user } = await clients.newUserWithTokens(JWT_SECRET));
  });
  afterAll(() => server.stop());

  const byId = (one: { id: string }, other: { id: string }): number => (one.id < other.id ? -1 : 1);

  it('KD16: deletes several keys, each like a single one', async () => {
    const [stays = '', ...ids] = await clients.newKeys(user, 4);
    const before = (await clients.list(user)).body.data;
    const { status, body } = await clients.deleteMany(user, { api_key_ids: ids });
    expect([status, body.message, body.data.failed]).toEqual([200, 'API Keys deleted successfully', []]);
    expect(Object.keys(body.data)).toEqual(['deleted', 'failed']);
    const expected = ids.map((id) => ({ deleted_id: id, deleted_at: expect.stringMatching(TIME) }));
    expect(body.data.deleted).toHaveLength(3);
    expect(body.data.deleted).toEqual(expect.arrayContaining(expected));
    expect(await clients.idsOf(user)).toEqual([stays]);
    for (const { id, apikey, apisecret } of before) {
      const { status: checked } = await server.call('GET', '/api/v1/keys/check', { basic: `${apikey}:${apisecret}` });
      expect(checked).toBe(id === stays ? 204 : 401);
    }
    for (const id of ids) {
      const path = `/api/v1/audit-events?targetId=${id}`;
      const { items } = (await server.call('GET', path, { token: user.token })).body;
      const actions = items.map(({ action }: { action: string }) => action).sort();
      expect(actions).toEqual(['api_key.created', 'api_key.deleted']);
    }
  });

  it('KD17: deletes the keys it can and gives the reason for the others', async () => {
    const stranger = await server.newMerchant();
    const [first = '', second = '', gone = ''] = await clients.newKeys(user, 3);
    const [foreign = ''] = await clients.newKeys(stranger, 1);
    const unknown = randomUUID();
    await clients.delete(user, gone);
    const api_key_ids = [unknown, first, foreign, second, gone];
    const { status, body } = await clients.deleteMany(user, { api_key_ids });
    expect([status, body.message]).toEqual([200, 'API Keys deleted successfully']);
    const deleted = body.data.deleted.map(({ deleted_id }: { deleted_id: string }) => deleted_id);
    expect(deleted.sort()).toEqual([first, second].sort());
    expect(body.data.failed.sort(byId)).toEqual(
      [
        { id: unknown, status: 404, message: 'API Key not found' },
        { id: gone, status: 404, message: 'API Key not found' },
        { id: foreign, status: 403, message: 'Insufficient permissions to delete this API key' },
      ].sort(byId),
    );
    expect(await clients.idsOf(stranger)).toEqual([foreign]);
  });

  it.each([
    ['no api_key_ids', {}],
    ['only other fields', { ids: [randomUUID()] }],
    ['no body', undefined],
    ['an array as the body', [randomUUID()]],
    ['null', { api_key_ids: null }],
    ['an empty array', { api_key_ids: [] }],
    ['a text', { api_key_ids: randomUUID() }],
    ['an object', { api_key_ids: { 0: randomUUID(), length: 1 } }],
    ['a malformed id', { api_key_ids: ['abc'] }],
    ['a malformed id among good ones', { api_key_ids: [randomUUID(), 'abc'] }],
    ['a number', { api_key_ids: [1] }],
    ['null in the array', { api_key_ids: [null] }],
    ['an array in the array', { api_key_ids: [[randomUUID()]] }],
    ['101 ids', { api_key_ids: Array.from({ length: 101 }, () => randomUUID()) }],
  ])('KD18: refuses %s', async (_, json) => {
    expect(refusalOf(await clients.deleteMany(user, json))).toEqual(NO_ID);
  });

  it('KD18: deletes nothing when one id is malformed', async () => {
    const ids = await clients.newKeys(user, 1);
    expect(refusalOf(await clients.deleteMany(user, { api_key_ids: [...ids, 'abc'] }))).toEqual(NO_ID);
    expect(await clients.idsOf(user)).toEqual(expect.arrayContaining(ids));
  });

  it('KD18: accepts a hundred ids', async () => {
    const api_key_ids = Array.from({ length: 100 }, () => randomUUID());
    const { status, body } = await clients.deleteMany(user, { api_key_ids });
    expect([status, body.data.deleted.length, body.data.failed.length]).toEqual([200, 0, 100]);
  });

  it('KD18: counts an id once, however often and in whatever letter case it is sent', async () => {
    const [id = ''] = await clients.newKeys(user, 1);
    const unknown = randomUUID();
    const api_key_ids = [id.toUpperCase(), id, id, unknown, unknown.toUpperCase()];
    const { body } = await clients.deleteMany(user, { api_key_ids });
    expect(body.data).toEqual({
      deleted: [{ deleted_id: id, deleted_at: expect.stringMatching(TIME) }],
      failed: [{ id: unknown, status: 404, message: 'API Key not found' }],
    });
  });

  it('KD18: counts one id that is sent a hundred and one times as one', async () => {
    const unknown = randomUUID();
    const { status, body } = await clients.deleteMany(user, { api_key_ids: Array(101).fill(unknown) });
    expect([status, body.data.failed]).toEqual([200, [{ id: unknown, status: 404, message: 'API Key not found' }]]);
  });

  it('KD17: answers in the order of the request', async () => {
    const ids = Array.from({ length: 20 }, () => randomUUID());
    const { body } = await clients.deleteMany(user, { api_key_ids: ids });
    expect(body.data.failed.map(({ id }: { id: string }) => id)).toEqual(ids);
  });

  it.each(NO_LOGINS)('KD7: refuses %s', async (_, header) => {
    expect(refusalOf(await clients.deleteMany(header(tokens), { api_key_ids: [randomUUID()] }))).toEqual(NO_TOKEN);
  });

  it('KD8: checks the login, then the level, then the body', async () => {
    const reader = await server.newMember(user, 'writeSome');
    const ids = await clients.newKeys(user, 1);
    for (const json of [undefined, {}, { api_key_ids: ['abc'] }, { api_key_ids: ids }]) {
      expect(refusalOf(await clients.deleteMany(undefined, json))).toEqual(NO_TOKEN);
      expect(refusalOf(await clients.deleteMany(reader, json))).toEqual(FORBIDDEN);
    }
    expect(await clients.idsOf(user)).toEqual(expect.arrayContaining(ids));
  });
});
