/** Contract KL7: client secrets are stored encrypted, shown to those who may see them, and survive a change of the server's secrets. */

import { createHash } from 'node:crypto';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { SecretCipher } from '../../../src/platform/secrets/secret-cipher.js';
import { SecretHasher } from '../../../src/api-keys/credentials/secret-hasher.js';
import { Config } from '../../../src/platform/config/config.js';
import { ClientsSurface } from '../../support/clients.js';
import { TestServer, type Pair, type User } from '../../support/server.js';

const OLD = 'an older secret of thirty-two characters';
const NEW = 'the newest secret of thirty-two characters';

describe('clients surface: secrets of keys', () => {
  let server: TestServer;
  let clients: ClientsSurface;
  let user: User;
  const start = async (variables: Record<string, string> = {}) => {
    server = await TestServer.start(variables);
    clients = new ClientsSurface(server);
    user = await server.newMerchant();
  };

  const basicOf = ({ apikey, apisecret }: Pair): string => `${apikey}:${apisecret}`;
  const check = (basic: string) => server.call('GET', '/api/v1/keys/check', { basic });
  const whoami = (basic: string) => server.call('GET', '/whoami/key', { basic });
  const secretsOf = async (asker: User): Promise<string[]> =>
    (await clients.list(asker)).body.data.map(({ apisecret }: Pair) => apisecret);
  const rowOf = ({ id }: Pair) => server.dataSource.getRepository(ApiKey).findOneByOrFail({ id });

  describe('by default', () => {
    beforeAll(() => start());
    afterAll(() => server.stop());

    it('KL7: shows the same secret in every list', async () => {
      const pair = await server.newPair(user);
      await whoami(basicOf(pair));
      const colleague = await server.newMember(user, 'user');
      for (const asker of [user, colleague, user]) expect(await secretsOf(asker)).toEqual([pair.apisecret]);
    });

    it('KL7: accepts the pair wherever keys are accepted', async () => {
      const pair = await server.newPair(user);
      const who = await whoami(basicOf(pair));
      expect([who.status, who.body.apikey.key, who.text.includes(pair.apisecret)]).toEqual([200, pair.apikey, false]);
      const checked = await check(basicOf(pair));
      expect([checked.status, checked.headers['x-key-id'], checked.headers['x-client-id']]).toEqual([
        204,
        pair.id,
        user.clientId,
      ]);
      const headers = { 'x-api-key': basicOf(pair) };
      expect((await server.call('GET', '/api/v1/keys/check', { headers })).status).toBe(204);
    });

    it('KL7: refuses an apikey with the secret of another', async () => {
      const [one, other] = [await server.newPair(user), await server.newPair(user)];
      for (const basic of [`${one.apikey}:${other.apisecret}`, `${one.apikey}:`, `:${one.apisecret}`, one.apikey]) {
        expect((await check(basic)).status).toBe(401);
        expect((await whoami(basic)).status).toBe(401);
      }
    });

    it('KL7: stores the secret encrypted, beside a keyed hash', async () => {
      const pair = await server.newPair(user);
      const { secretHash, encryptedSecret } = await rowOf(pair);
      expect(secretHash).toMatch(/^[\da-f]{64}$/);
      expect(encryptedSecret).toMatch(/^[\da-f]{8}(\.[\w-]+){3}$/);
      expect(secretHash).not.toBe(createHash('sha256').update(pair.apisecret).digest('hex'));
      for (const table of ['api_key', 'audit_event']) {
        const rows = JSON.stringify(await server.dataSource.query(`SELECT * FROM ${table}`));
        expect(rows).toContain(pair.id);
        expect(rows).not.toContain(pair.apisecret.slice(0, 56));
      }
    });

    it("KL7: masks the secrets of keys above the reader's level", async () => {
      const pair = await server.newPair(user);
      const reader = await server.newMember(user, 'readOnly');
      const { status, body } = await clients.list(reader);
      expect(status).toBe(200);
      expect(body.data.at(-1)).toMatchObject({ id: pair.id, apikey: pair.apikey, apisecret: '********' });
      expect(new Set(await secretsOf(reader))).toEqual(new Set(['********']));
    });
  });

  describe('with REVEAL_CLIENT_SECRETS=false', () => {
    beforeAll(() => start({ REVEAL_CLIENT_SECRETS: 'false' }));
    afterAll(() => server.stop());

    it('KL7: masks all secrets', async () => {
      await clients.newKeys(user, 2);
      expect(await secretsOf(user)).toEqual(['********', '********']);
    });
  });

  describe("after the server's secrets have been renewed", () => {
    const old = { KEY_PEPPERS: [OLD], ENCRYPTION_KEYS: [OLD] } as unknown as Config;
    beforeAll(() => start({ KEY_PEPPERS: `${NEW},${OLD}`, ENCRYPTION_KEYS: `${NEW},${OLD}` }));
    afterAll(() => server.stop());

    /** A key as the server kept it while the older secrets were its only ones. */
    const oldPair = async (): Promise<Pair> => {
      const pair = await server.newPair(user);
      await server.dataSource.getRepository(ApiKey).update(pair.id, {
        ...new SecretHasher(old).hash(pair.apisecret),
        encryptedSecret: new SecretCipher(old).encrypt(pair.apisecret, pair.id),
      });
      return pair;
    };

    it('KL7: still shows secrets that were encrypted with the previous key', async () => {
      const pair = await oldPair();
      expect(await secretsOf(user)).toContain(pair.apisecret);
    });

    it('KL7: still accepts keys that were hashed with the previous pepper, and re-hashes them when they are used', async () => {
      const pair = await oldPair();
      const before = await rowOf(pair);
      const wrong = await server.newPair(user);
      expect((await check(`${pair.apikey}:${wrong.apisecret}`)).status).toBe(401);
      expect(await rowOf(pair)).toMatchObject({ pepperId: before.pepperId, secretHash: before.secretHash });
      expect((await check(basicOf(pair))).status).toBe(204);
      const after = await rowOf(pair);
      expect(after.pepperId).toBe((await rowOf(wrong)).pepperId);
      expect(after.pepperId).not.toBe(before.pepperId);
      expect((await check(basicOf(pair))).status).toBe(204);
      expect(await secretsOf(user)).toContain(pair.apisecret);
    });
  });
});
