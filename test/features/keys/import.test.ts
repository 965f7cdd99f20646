/**
 * Guarantees for imported keys: they keep working wherever they are presented, can be revoked for good on every instance, and slow hashes
 * cannot be used to exhaust the server.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { issueClientPair } from '../../../src/api-keys/credentials/credential.js';
import { SecretHasher } from '../../../src/api-keys/credentials/secret-hasher.js';
import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
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
  sha256,
  sha256Row,
  WAYS,
} from '../../support/imports.js';
import { OAuth } from '../../support/oauth.js';
import { TestServer, type User } from '../../support/server.js';

describe('imported keys', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start();
    server.secrets.add(PEPPER);
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  /** A key that mustn't be found anywhere afterwards. */
  const newKey = (): string => {
    const key = foreignKey();
    for (const secret of [key, sha256(key), sha256(key, 'base64'), sha256(key, 'base64url')])
      server.secrets.add(secret);
    return key;
  };
  const importOne = async (row: unknown): Promise<void> => {
    const { status, body } = await importLines(server, user, [row]);
    expect({ status, body }).toEqual({
      status: 200,
      body: { imported: 1, existing: 0, failed: 0, dryRun: false, results: [] },
    });
  };
  const rowOf = (key: string) =>
    server.dataSource.getRepository(ApiKey).findOneByOrFail({ importedPrefix: key.slice(0, 12), name: key.slice(-8) });

  it.each(Object.keys(WAYS))('keep working with %s, however they are presented', async (plan) => {
    const key = newKey();
    await importOne(await WAYS[plan]?.(key));
    const other = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
    expect(await outcomeOf(server, other)).toBe('NOT_FOUND');
    expect(await outcomeOf(server, key)).toBe('VALID');
    expect(await check(server, { token: key })).toBe(204);
    expect(await check(server, { basic: `${key}:` })).toBe(204);
    expect(await check(server, { headers: { 'x-api-key': key } })).toBe(204);
    expect(await check(server, { token: other })).toBe(401);
    expect(await check(server, { token: sha256(key) })).toBe(401);
  });

  it('work as the name and password of the former system', async () => {
    const key = `${foreignKey(undefined, 20)}:${foreignKey('', 21)}`;
    await importOne(sha256Row(key));
    expect(await check(server, { basic: key })).toBe(204);
    expect(await check(server, { token: key })).toBe(204);
  });

  it('may contain dots, as tokens do', async () => {
    const key = `${foreignKey(undefined, 20)}.${foreignKey('', 10)}.${foreignKey('', 10)}`;
    await importOne(sha256Row(key));
    expect(await outcomeOf(server, key)).toBe('VALID');
    expect(await check(server, { token: key })).toBe(204);
  });

  /** As `importOne`, for keys of another format than all others. */
  const importAs = async (prefix: string, key: string, more: object = {}): Promise<void> => {
    const text = ndjson({ format: { prefix, length: key.length } }, sha256Row(key, { ...more }));
    expect((await importText(server, user, text)).body).toMatchObject({ imported: 1, failed: 0 });
  };
  it('may look like a native pair, even one that was presented before', async () => {
    const { publicId, secret } = issueClientPair();
    const key = `${publicId}:${secret}`;
    for (let time = 0; time < 2; time += 1) expect(await outcomeOf(server, key)).toBe('NOT_FOUND');
    await importAs(publicId.slice(0, 8), key);
    for (let time = 0; time < 2; time += 1) expect(await outcomeOf(server, key)).toBe('VALID');
    const other = `${publicId}:${issueClientPair().secret}`;
    expect(await outcomeOf(server, other)).toBe('NOT_FOUND');
    const { apikey, apisecret } = await server.newPair(user);
    const neighbour = `${apikey}:${apisecret.split('').reverse().join('')}`;
    expect(await outcomeOf(server, `${apikey}:${apisecret}`)).toBe('VALID');
    await importAs(apikey.slice(0, 8), neighbour);
    expect(await outcomeOf(server, neighbour)).toBe('VALID');
  });

  it('open sessions, however a client presents them', async () => {
    const oauth = new OAuth(server);
    const key = `${foreignKey(undefined, 38)}+/%=`;
    await importOne(
      sha256Row(key, { description: key.slice(-8), lookupPrefix: key.slice(0, 16), scopes: ['payments:*'] }),
    );
    const { id, publicId } = await rowOf(key);
    const named = `${foreignKey(undefined, 20)}:${foreignKey('', 21)}`;
    await importOne(sha256Row(named));
    const encoded = encodeURIComponent(key);
    for (const basic of [
      `${key}:`,
      `${encoded}:`,
      `${id}:${encoded}`,
      `${publicId}:${key}`,
      `acme_live_:${key}`,
      named,
    ]) {
      const session = await oauth.open(basic);
      expect((await oauth.check(session)).status).toBe(204);
      expect((await oauth.introspect(basic, session)).body.active).toBe(true);
    }
    const form = { grant_type: 'client_credentials', client_id: id, client_secret: key, scope: 'payments:read' };
    const { status, body } = await server.call('POST', '/oauth/token', { form });
    expect([status, body.scope]).toEqual([200, 'payments:read']);
    expect((await oauth.check(body.access_token, '?scope=payments:read')).status).toBe(204);
    const refused = [`shop:${key}`, `:${key}`, `${key.slice(0, -1)}!:`, `${id}:${key.slice(0, -1)}!`, `${key}:x`];
    for (const basic of refused) expect((await oauth.token(basic)).status).toBe(401);
    await server.call('PATCH', `/api/v1/api-keys/${id}`, { token: user.token, json: { isEnabled: false } });
    expect((await oauth.check(body.access_token)).status).toBe(401);
  });

  it('keep their external ids, in lists, in the export and in the report', async () => {
    const owner = await server.newMerchant();
    const [key, other] = [foreignKey(), foreignKey()];
    const rows = [
      sha256Row(key, { externalId: 'cus_1' }),
      sha256Row(other),
      sha256Row(foreignKey(), { externalId: 'cus_2', level: 8 }),
      sha256Row(foreignKey(), { externalId: ' ' }),
      sha256Row(foreignKey(), { externalId: 'x'.repeat(256) }),
      { externalId: 'cus_3' },
    ];
    const { body } = await importLines(server, owner, rows);
    expect(body).toMatchObject({ imported: 2, failed: 4 });
    expect(body.results.map((row: Record<string, unknown>) => [row.line, row.externalId])).toEqual([
      [4, 'cus_2'],
      [5, undefined],
      [6, undefined],
      [7, 'cus_3'],
    ]);
    for (const at of [1, 2]) expect(body.results[at].details[0].field).toBe('externalId');
    const slow = await bcryptRow(foreignKey());
    const taken = await importLines(server, owner, [
      slow,
      { ...(await bcryptRow(foreignKey(), { externalId: 'cus_4' })), lookupPrefix: slow.lookupPrefix },
    ]);
    expect(taken.body.results).toEqual([expect.objectContaining({ status: 409, externalId: 'cus_4' })]);
    const { token } = owner;
    const list = await server.call('GET', '/api/v1/api-keys', { token });
    const lines = (await server.call('GET', '/api/v1/api-keys/export', { token })).text.trim().split('\n');
    for (const views of [list.body.items, lines.map((line) => JSON.parse(line) as object)])
      expect(views.map(({ externalId }: { externalId: unknown }) => externalId).sort()).toEqual(['cus_1', null, null]);
    const [{ id }] = list.body.items.filter(({ externalId }: { externalId: unknown }) => externalId !== null);
    expect((await server.call('GET', `/api/v1/api-keys/${id}`, { token })).body.externalId).toBe('cus_1');
  });

  it('have the settings of their rows', async () => {
    const application = await server.newApplication(user);
    const key = newKey();
    await importOne(
      sha256Row(key, {
        applicationId: application,
        level: 2,
        scopes: ['payments:*'],
        expiresAt: '2099-01-01T00:00:00Z',
        createdAt: '2021-05-04T09:00:00Z',
        lastUsedAt: '2025-05-04T09:00:00Z',
        rateLimit: { limit: 10, windowSeconds: 60 },
        quota: { limit: 100, period: 'month' },
        allowedIps: ['127.0.0.0/8'],
        lookupPrefix: key.slice(0, 16),
      }),
    );
    const list = await server.call('GET', `/api/v1/applications/${application}/api-keys`, { token: user.token });
    expect(list.body.items).toEqual([
      expect.objectContaining({
        applicationId: application,
        keyPrefix: key.slice(0, 12),
        description: 'A key from before',
        level: 2,
        scopes: ['payments:*'],
        status: 'active',
        createdAt: '2021-05-04T09:00:00.000Z',
        expiresAt: '2099-01-01T00:00:00.000Z',
        lastUsedAt: '2025-05-04T09:00:00.000Z',
        rateLimit: { limit: 10, windowSeconds: 60 },
        quota: { limit: 100, period: 'month' },
        allowedIps: ['127.0.0.0/8'],
      }),
    ]);
    const { headers } = await server.call('GET', '/api/v1/keys/check?scope=payments:write', { token: key });
    expect(headers).toMatchObject({
      'x-application-id': application,
      'x-key-level': '2',
      'x-key-scopes': 'payments:*',
    });
    expect(await check(server, { token: key })).toBe(204);
    expect((await server.call('GET', '/api/v1/keys/check?level=3', { token: key })).status).toBe(403);
  });

  it('are refused until they are enabled', async () => {
    const key = newKey();
    await importOne(sha256Row(key, { isEnabled: false }));
    expect(await outcomeOf(server, key)).toBe('DISABLED');
  });

  it.each(['bcrypt', 'argon2'])('have their %s hash replaced at their first valid use', async (plan) => {
    const key = newKey();
    await importOne({ ...(await WAYS[plan]?.(key)), description: key.slice(-8) });
    const before = await rowOf(key);
    expect(before).toMatchObject({ pepperId: plan, secretHash: expect.stringMatching(/^\$(2b|argon2id)\$/) });
    expect(await outcomeOf(server, `${key.slice(0, -1)}!`)).toBe('NOT_FOUND');
    expect(await rowOf(key)).toMatchObject({ secretHash: before.secretHash });
    expect(await outcomeOf(server, key)).toBe('VALID');
    // A request doesn't wait for a busy database.
    for (let wait = 0; wait < 100 && (await rowOf(key)).pepperId === plan; wait += 1) await sleep(20);
    expect(await rowOf(key)).toMatchObject({
      id: before.id,
      pepperId: expect.stringMatching(/^[0-9a-f]{8}$/),
      secretHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await outcomeOf(server, key)).toBe('VALID');
    expect(await outcomeOf(server, `${key.slice(0, -1)}!`)).toBe('NOT_FOUND');
  });

  it("never have more than two slow hashes compared at a time, nor more than one of a merchant's, and all are answered", async () => {
    const keys = Array.from({ length: 8 }, newKey);
    await importLines(server, user, await Promise.all(keys.slice(0, 6).map((key) => bcryptRow(key, {}, 10))));
    const neighbour = await server.newMerchant();
    await importLines(server, neighbour, await Promise.all(keys.slice(6).map((key) => bcryptRow(key, {}, 10))));
    const { slowHashes } = server.app.get(SecretHasher, { strict: false });
    const mostAtOnce = async (presented: string[]): Promise<number> => {
      const seen = new Set<number>();
      const watch = setInterval(() => seen.add(slowHashes.running), 1);
      const outcomes = await Promise.all(presented.map((key) => outcomeOf(server, key)));
      clearInterval(watch);
      expect(outcomes).toEqual(presented.map(() => 'VALID'));
      return Math.max(...seen);
    };
    expect(await mostAtOnce(keys.slice(0, 3))).toBe(1);
    expect(await mostAtOnce(keys.slice(3))).toBe(2);
    expect(slowHashes.running).toBe(0);
  });

  it('are not crowded out by guesses at a slow hash, which are refused when too many wait', async () => {
    const [guessed, other] = [newKey(), newKey()];
    await importLines(server, user, [await bcryptRow(guessed, {}, 11), await bcryptRow(other, {}, 11)]);
    const guesses = Array.from({ length: 20 }, (_, index) => guessed.slice(0, -2) + String(index + 10));
    const answers = Promise.all(guesses.map((key) => server.call('GET', '/api/v1/keys/check', { token: key })));
    expect(await outcomeOf(server, other)).toBe('VALID');
    const statuses = (await answers).map(({ status }) => status);
    // One is compared and three wait; others may take a place that has become free.
    const refused = statuses.filter((status) => status === 401).length;
    expect(refused).toBeGreaterThanOrEqual(2);
    expect(refused).toBeLessThan(12);
    expect(statuses.filter((status) => status === 503)).toHaveLength(20 - refused);
    expect(await outcomeOf(server, guessed)).toBe('VALID');
  });

  it('are compared with a slow hash once, however many requests first present the same key', async () => {
    const key = newKey();
    await importOne(await bcryptRow(key, {}, 10));
    expect(await Promise.all(Array.from({ length: 30 }, () => outcomeOf(server, key)))).toEqual(
      Array(30).fill('VALID'),
    );
  });

  it.each(['sha256 in hex', 'bcrypt'])(
    'are recognised by %s after a rotation, which their import does not undo',
    async (plan) => {
      const application = await server.newApplication(user);
      const key = newKey();
      const row = { ...(await WAYS[plan]?.(key)), applicationId: application };
      await importOne(row);
      const path = `/api/v1/applications/${application}/api-keys`;
      const [{ id }] = (await server.call('GET', path, { token: user.token })).body.items;
      for (const [json, outcome] of [
        [{ overlapSeconds: 60 }, 'VALID'],
        [{ mode: 'immediately', endPrevious: true }, 'NOT_FOUND'],
      ] as const) {
        const { body } = await server.call('POST', `${path}/${id}/rotate`, { token: user.token, json });
        for (const query of ['?dryRun=true', '']) {
          const again = await importText(server, user, ndjson({ format: FORMAT }, row), {}, query);
          expect(again.body).toMatchObject({ imported: 0, existing: 1, failed: 0 });
        }
        expect(await outcomeOf(server, key)).toBe(outcome);
        expect(await outcomeOf(server, body.fullKey)).toBe('VALID');
      }
    },
  );

  it('reserve their lookup prefix while it still finds a rotated secret', async () => {
    const application = await server.newApplication(user);
    const [key, other] = [newKey(), newKey()];
    await importOne(await bcryptRow(key, { applicationId: application }));
    const path = `/api/v1/applications/${application}/api-keys`;
    const [{ id }] = (await server.call('GET', path, { token: user.token })).body.items;
    const json = { overlapSeconds: 60 };
    await server.call('POST', `${path}/${id}/rotate`, { token: user.token, json });
    const alike = await bcryptRow(key.slice(0, 18) + other.slice(18));
    expect((await importLines(server, user, [alike])).body).toMatchObject({
      imported: 0,
      failed: 1,
      results: [{ status: 409 }],
    });
    expect(await outcomeOf(server, key)).toBe('VALID');
  });

  it('are refused on every instance once they are disabled or deleted, and remain deleted', async () => {
    const application = await server.newApplication(user);
    const key = newKey();
    const row = await bcryptRow(key, { applicationId: application });
    const other = await server.another();
    try {
      await importOne(row);
      expect(await outcomeOf(other, key)).toBe('VALID');
      expect(await outcomeOf(server, key)).toBe('VALID');
      const path = `/api/v1/applications/${application}/api-keys`;
      const [{ id }] = (await server.call('GET', path, { token: user.token })).body.items;
      const patch = (isEnabled: boolean) =>
        server.call('PATCH', `${path}/${id}`, { token: user.token, json: { isEnabled } });
      await patch(false);
      expect(await outcomeOf(other, key)).toBe('DISABLED');
      await patch(true);
      expect(await outcomeOf(other, key)).toBe('VALID');
      await server.call('DELETE', `${path}/${id}`, { token: user.token });
      expect(await outcomeOf(other, key)).toBe('NOT_FOUND');
      expect((await importLines(server, user, [row])).body).toMatchObject({ imported: 0, existing: 1, failed: 0 });
      expect(await outcomeOf(server, key)).toBe('NOT_FOUND');
    } finally {
      // Passport asks the latest application, which is the other one: this is the last test that logs in.
      await other.close();
    }
  });
});

describe('an import over several instances', () => {
  let server: TestServer;
  beforeAll(async () => (server = await TestServer.start()));
  afterAll(() => server.stop());

  it('makes its keys valid everywhere from the response on, even those presented before', async () => {
    const user = await server.newMerchant();
    const other = await server.another();
    try {
      const keys = Array.from({ length: 3 }, () => foreignKey());
      await importLines(server, user, [sha256Row(foreignKey())]);
      for (const key of keys) for (const at of [server, other]) expect(await outcomeOf(at, key)).toBe('NOT_FOUND');
      expect(
        (
          await importLines(
            server,
            user,
            keys.map((key) => sha256Row(key)),
          )
        ).body,
      ).toMatchObject({ imported: 3 });
      for (const key of keys) for (const at of [server, other]) expect(await outcomeOf(at, key)).toBe('VALID');
      const events = await server.dataSource.getRepository(AuditEvent).findBy({
        action: 'api_key.imported',
        merchantId: user.merchantId,
      });
      expect(events.map(({ details, targetType }) => ({ targetType, details }))).toEqual(
        expect.arrayContaining([{ targetType: 'import', details: { count: 3, applicationIds: [] } }]),
      );
      expect(events).toHaveLength(2);
    } finally {
      await other.close();
    }
  });
});
