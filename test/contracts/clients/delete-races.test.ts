/** Contracts KD14 and KD15 under concurrency: each key is deleted once, and no use is accepted after the response. */

import { ClientsSurface, refusal, refusalOf } from '../../support/clients.js';
import { TestServer, type User } from '../../support/server.js';

const ROUNDS = 40;
const NO_KEY = refusal(404, 'API Key not found');

describe('clients surface: concurrent deletions', () => {
  let server: TestServer;
  let clients: ClientsSurface;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start({ USAGE_FLUSH_INTERVAL_MS: '10' });
    clients = new ClientsSurface(server);
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const deletionsOf = async (id: string) => {
    const path = `/api/v1/audit-events?targetId=${id}&action=api_key.deleted`;
    return (await server.call('GET', path, { token: user.token })).body.items;
  };

  it('KD15: lets one of two callers delete a key and answers 404 to the other', async () => {
    for (const id of await clients.newKeys(user, ROUNDS)) {
      const answers = await Promise.all([clients.delete(user, id), clients.delete(user, id)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
      expect(answers.filter(({ status }) => status === 404).map(refusalOf)).toEqual([NO_KEY]);
      expect(await deletionsOf(id)).toHaveLength(1);
    }
  });

  it('KD15: deletes every key once when several lists overlap', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ids = await clients.newKeys(user, 10);
      const lists = [ids, [...ids].reverse(), ids.slice(3), ids.slice(0, 7)];
      const answers = await Promise.all(lists.map((api_key_ids) => clients.deleteMany(user, { api_key_ids })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const deleted = answers.flatMap(({ body }) => body.data.deleted);
      const failed = answers.flatMap(({ body }) => body.data.failed);
      expect(deleted.map(({ deleted_id }) => deleted_id as string).sort()).toEqual([...ids].sort());
      expect(new Set(failed.map(({ status }) => status as number))).toEqual(new Set([404]));
      expect(deleted.length + failed.length).toBe(lists.flat().length);
    }
  });

  it('KD15: never accepts a key after the response to its deletion, however many uses are in flight', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id, apikey, apisecret } = await server.newPair(user);
      const use = () => server.call('GET', '/api/v1/keys/check', { basic: `${apikey}:${apisecret}` });
      const uses = Array.from({ length: 10 }, use);
      expect((await clients.delete(user, id)).status).toBe(200);
      expect((await use()).status).toBe(401);
      expect((await Promise.all(uses)).every(({ status }) => [204, 401].includes(status))).toBe(true);
    }
  });

  it('KD14: shows a use right before the deletion, whether it had been flushed or not', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id, apikey, apisecret } = await server.newPair(user);
      await server.call('GET', '/api/v1/keys/check', { basic: `${apikey}:${apisecret}` });
      await clients.delete(user, id);
      const [{ details }] = await deletionsOf(id);
      expect(details.lastUsedAt).not.toBeNull();
    }
  });
});
