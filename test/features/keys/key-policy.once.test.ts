/** Guarantees of the policies for the life of keys: nothing is created, imported, enabled or extended beyond them, and nothing is cut. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Merchant } from '../../../src/accounts/merchant.entity.js';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import { lockRow } from '../../../src/platform/database/row-locks.js';
import { Transactions } from '../../../src/platform/database/transactions/transactions.js';
import type { Answer } from '../../support/http.js';
import { FORMAT, foreignKey, importLines, importText, ndjson, sha256Row } from '../../support/imports.js';
import { aKey, insertKeys } from '../../support/keys.js';
import { TestServer, type User } from '../../support/server.js';

const DAY = 86_400;
const POLICY = '/api/v1/merchants/me/key-policy';
const KEYS = '/api/v1/api-keys';

describe('the policy for the life of keys', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    server = await TestServer.start({ JWT_TTL_SECONDS: '100000000', CLIENT_RATE_LIMIT_PER_MINUTE: '0' });
  });
  beforeEach(async () => {
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(() => server.stop());

  const call = (method: string, path: string, json?: object, { token } = user) =>
    server.call(method, path, { token, json });
  const setPolicy = async (json: object): Promise<void> => {
    expect((await call('PATCH', POLICY, json)).status).toBe(200);
  };
  const create = (json: object = {}) => call('POST', KEYS, { description: 'A key', ...json });
  const patch = (id: string, json: object) => call('PATCH', `${KEYS}/${id}`, json);
  const rotate = (id: string, json: object) => call('POST', `${KEYS}/${id}/rotate`, json);
  const codeOf = ({ headers }: Answer): unknown => headers['x-error-code'];
  const secondsLeft = (expiresAt: string): number =>
    Math.round((Date.parse(expiresAt) - server.clock.now().getTime()) / 10_000) * 10;
  const inSeconds = (seconds: number): string => new Date(server.clock.now().getTime() + seconds * 1000).toISOString();
  const statusOf = async (token: string) => (await server.call('GET', '/api/v1/keys/check', { token })).status;

  describe('of a merchant', () => {
    it('is empty until it is set, shows its parts, and is audited', async () => {
      const nothing = { maxLifeSeconds: null, defaultLifeSeconds: null, expiryRequired: false };
      const empty = { ...nothing, own: nothing, operator: nothing, exceedingKeys: 0 };
      expect((await call('GET', POLICY)).body).toEqual(empty);
      const rules = { maxLifeSeconds: 90 * DAY, defaultLifeSeconds: 30 * DAY, expiryRequired: true };
      const { status, body } = await call('PATCH', POLICY, rules);
      expect([status, body]).toEqual([200, { ...rules, own: rules, operator: nothing, exceedingKeys: 0 }]);
      expect((await call('PATCH', POLICY, { defaultLifeSeconds: null })).body.own).toEqual({
        ...rules,
        defaultLifeSeconds: null,
      });
      expect((await call('GET', POLICY)).body.own.maxLifeSeconds).toBe(90 * DAY);
      await setPolicy({ maxLifeSeconds: null, expiryRequired: false });
      expect((await call('GET', POLICY)).body).toEqual(empty);
      const events = await server.dataSource
        .getRepository(AuditEvent)
        .findBy({ merchantId: user.merchantId, action: 'merchant.policy_changed' });
      expect(events.map(({ details }) => details.changes)).toContainEqual({
        maxLifeSeconds: { from: null, to: 90 * DAY },
        defaultLifeSeconds: { from: null, to: 30 * DAY },
        expiryRequired: { from: false, to: true },
      });
    });

    it.each([
      ['maxLifeSeconds', { maxLifeSeconds: 0 }],
      ['maxLifeSeconds', { maxLifeSeconds: '60' }],
      ['maxLifeSeconds', { maxLifeSeconds: 315_360_001 }],
      ['defaultLifeSeconds', { defaultLifeSeconds: 1.5 }],
      ['defaultLifeSeconds', { maxLifeSeconds: DAY, defaultLifeSeconds: DAY + 1 }],
      ['expiryRequired', { expiryRequired: null }],
    ])('is refused with a wrong or contradictory %s: %j', async (field, json) => {
      const { status, body } = await call('PATCH', POLICY, json);
      expect([status, body.details]).toEqual([400, [{ field, message: expect.stringMatching(/\S/) }]]);
      expect((await call('GET', POLICY)).body.maxLifeSeconds).toBeNull();
    });

    it('cannot contradict itself step by step', async () => {
      await setPolicy({ maxLifeSeconds: 90 * DAY, defaultLifeSeconds: 30 * DAY });
      expect((await call('PATCH', POLICY, { maxLifeSeconds: DAY })).status).toBe(400);
      expect((await call('PATCH', POLICY, { defaultLifeSeconds: 91 * DAY })).status).toBe(400);
    });
  });

  describe('bounds what is created', () => {
    it('on the merchants surface, by either path', async () => {
      await setPolicy({ maxLifeSeconds: 90 * DAY });
      for (const path of [KEYS, `/api/v1/applications/${application}/api-keys`]) {
        const make = (json: object) => call('POST', path, { description: 'A key', ...json });
        expect((await make({ expiresInSeconds: 90 * DAY })).status).toBe(201);
        expect((await make({ expiresAt: inSeconds(90 * DAY - 5) })).status).toBe(201);
        const tooLong = await make({ expiresInSeconds: 90 * DAY + 1 });
        expect([tooLong.status, codeOf(tooLong)]).toEqual([400, 'api_key.life_too_long']);
        expect(tooLong.body.details).toEqual([
          { field: 'expiresAt', message: expect.stringContaining(String(90 * DAY)) },
        ]);
        for (const json of [{}, { expiresAt: null }]) {
          const endless = await make(json);
          expect([endless.status, codeOf(endless)]).toEqual([400, 'api_key.expiry_required']);
        }
      }
    });

    it('by a default, which the answer shows', async () => {
      await setPolicy({ defaultLifeSeconds: 30 * DAY });
      const { body } = await create();
      expect(secondsLeft(body.expiresAt)).toBe(30 * DAY);
      expect((await call('GET', `${KEYS}/${body.id}`)).body.expiresAt).toBe(body.expiresAt);
      // A default alone forbids nothing.
      expect((await create({ expiresAt: null })).body.expiresAt).toBeNull();
      expect(secondsLeft((await create({ expiresInSeconds: 60 * DAY })).body.expiresAt)).toBe(60 * DAY);
    });

    it('by an expiry that must be there', async () => {
      await setPolicy({ expiryRequired: true });
      expect(codeOf(await create())).toBe('api_key.expiry_required');
      expect((await create({ expiresInSeconds: 3650 * DAY })).status).toBe(201);
    });

    it('on the clients surface', async () => {
      const { body } = await call('POST', '/api/clients/generate-service-id');
      const generate = (json: object = {}) =>
        call('POST', '/api/clients/generate-api-key', { service_id: body.data.SERVICE_ID, ...json });
      await setPolicy({ maxLifeSeconds: 30 * DAY });
      const endless = await generate();
      expect([endless.status, endless.body.message]).toEqual([400, 'expires_in is required by the key policy']);
      expect(codeOf(await generate({ expires_in: 30 * DAY + 1 }))).toBe('api_key.life_too_long');
      expect((await generate({ expires_in: 30 * DAY })).status).toBe(201);
      await setPolicy({ defaultLifeSeconds: DAY });
      const { id } = (await generate()).body.data;
      const key = await server.dataSource.getRepository(ApiKey).findOneByOrFail({ id });
      expect(secondsLeft(String(key.expiresAt?.toISOString()))).toBe(DAY);
    });

    it('on the accounts surface', async () => {
      await setPolicy({ maxLifeSeconds: DAY });
      const make = (expiresIn: number) => call('POST', '/apikeys/jwt', { name: 'A key', level: 1, expiresIn });
      expect((await make(DAY)).status).toBe(201);
      const { status, body } = await make(DAY + 1);
      expect([status, body]).toEqual([400, { result: 'error', error: 'expiresIsHigherThanMaximum' }]);
    });

    it('by an import, line by line, also in a dry run', async () => {
      await setPolicy({ maxLifeSeconds: 90 * DAY });
      const rows = [
        sha256Row(foreignKey(), { expiresInSeconds: 90 * DAY, externalId: 'right' }),
        sha256Row(foreignKey(), { expiresInSeconds: 91 * DAY, externalId: 'long' }),
        sha256Row(foreignKey(), { externalId: 'endless' }),
        // The life of a credential begins where it was issued.
        sha256Row(foreignKey(), { createdAt: inSeconds(-60 * DAY), expiresInSeconds: 40 * DAY, externalId: 'old' }),
      ];
      const dry = await importText(server, user, ndjson({ format: FORMAT }, ...rows), {}, '?dryRun=true');
      const { body: report } = await importLines(server, user, rows);
      expect([report.imported, report.failed]).toEqual([1, 3]);
      expect(report.results).toEqual([
        {
          line: 3,
          externalId: 'long',
          status: 400,
          message: expect.stringMatching(/policy/),
          details: expect.anything(),
        },
        {
          line: 4,
          externalId: 'endless',
          status: 400,
          message: expect.stringMatching(/expiry/),
          details: expect.anything(),
        },
        {
          line: 5,
          externalId: 'old',
          status: 400,
          message: expect.stringMatching(/policy/),
          details: expect.anything(),
        },
      ]);
      expect(dry.body.results).toEqual(report.results);
      await setPolicy({ defaultLifeSeconds: 30 * DAY });
      expect((await importLines(server, user, [sha256Row(foreignKey())])).body.imported).toBe(1);
      // What has been imported stays so when the policy is narrowed, and the import is repeated.
      await setPolicy({ maxLifeSeconds: 60, defaultLifeSeconds: 60 });
      expect((await importLines(server, user, rows.slice(0, 1))).body).toMatchObject({ existing: 1, failed: 0 });
    });

    it('that waits for a policy which is being narrowed', async () => {
      let creation: ReturnType<typeof create> | undefined;
      await server.app.get(Transactions).run(async ({ manager }) => {
        await lockRow(manager, Merchant, user.merchantId);
        creation = create();
        await sleep(300);
        await manager.update(Merchant, { id: user.merchantId }, { keyExpiryRequired: true });
      });
      expect((await creation)?.status).toBe(400);
    });
  });

  describe('leaves existing keys as they are', () => {
    let long: { id: string; fullKey: string };
    let endless: { id: string; fullKey: string };
    beforeEach(async () => {
      long = (await create({ expiresInSeconds: 200 * DAY })).body;
      endless = (await create()).body;
      await setPolicy({ maxLifeSeconds: 90 * DAY });
    });

    it('valid', async () => {
      expect([await statusOf(long.fullKey), await statusOf(endless.fullKey)]).toEqual([204, 204]);
      expect((await call('GET', `${KEYS}/${endless.id}`)).body.expiresAt).toBeNull();
    });

    it('changeable, but not extendable', async () => {
      expect((await patch(long.id, { description: 'Another', level: 1 })).status).toBe(200);
      const { expiresAt } = (await call('GET', `${KEYS}/${long.id}`)).body;
      expect((await patch(long.id, { expiresAt })).status).toBe(200);
      expect((await patch(endless.id, { expiresAt: null })).status).toBe(200);
      expect(codeOf(await patch(long.id, { expiresInSeconds: 201 * DAY }))).toBe('api_key.life_too_long');
      expect(codeOf(await patch(long.id, { expiresAt: null }))).toBe('api_key.expiry_required');
      // Shorter is better, even where it is not yet short enough.
      expect((await patch(endless.id, { expiresInSeconds: 300 * DAY })).status).toBe(200);
      expect((await patch(endless.id, { expiresInSeconds: 50 * DAY })).status).toBe(200);
      expect((await patch(endless.id, { expiresInSeconds: 89 * DAY })).status).toBe(200);
      expect((await patch(endless.id, { expiresInSeconds: 91 * DAY })).status).toBe(400);
    });

    it('disabled, once they are, until they are short enough', async () => {
      for (const { id } of [long, endless]) {
        expect((await patch(id, { isEnabled: false })).status).toBe(200);
        expect((await patch(id, { isEnabled: true })).status).toBe(400);
      }
      const bulk = { ids: [long.id, endless.id], expectedCount: 2 };
      const { body } = await call('POST', `${KEYS}/bulk-enable`, bulk);
      expect(body.results).toEqual([
        { id: long.id, status: 400, message: expect.stringMatching(/policy/) },
        { id: endless.id, status: 400, message: expect.stringMatching(/policy/) },
      ]);
      expect((await patch(long.id, { isEnabled: true, expiresInSeconds: 60 * DAY })).status).toBe(200);
      expect(await statusOf(long.fullKey)).toBe(204);
      expect(await statusOf(endless.fullKey)).toBe(401);
    });

    it('rotatable, with the expiry that they have or one within the policy, counted from the rotation', async () => {
      expect((await rotate(endless.id, {})).status).toBe(201);
      expect(codeOf(await rotate(endless.id, { expiresAt: null }))).toBe('api_key.expiry_required');
      server.clock.advance(50 * DAY);
      expect(codeOf(await rotate(long.id, { expiresInSeconds: 91 * DAY }))).toBe('api_key.life_too_long');
      expect((await rotate(long.id, { expiresInSeconds: 90 * DAY })).status).toBe(201);
      expect((await patch(long.id, { expiresInSeconds: 80 * DAY })).status).toBe(200);
      server.clock.advance(20 * DAY);
      expect((await patch(long.id, { expiresInSeconds: 70 * DAY - 60 })).status).toBe(200);
      expect((await patch(long.id, { expiresInSeconds: 71 * DAY })).status).toBe(400);
    });

    it('listed, exported, counted and selected for bulk changes', async () => {
      const within = (await create({ expiresInSeconds: 90 * DAY })).body.id;
      const ids = async (path: string): Promise<string[]> =>
        (await call('GET', path)).body.items.map(({ id }: { id: string }) => id).sort();
      const both = [long.id, endless.id].sort();
      for (const more of ['', '&cursor=', '&sort=-expiresAt', '&status=active']) {
        expect(await ids(`${KEYS}?exceedsPolicy=true${more}`)).toEqual(both);
        expect(await ids(`${KEYS}?exceedsPolicy=false${more}`)).toEqual([within]);
      }
      expect((await call('GET', POLICY)).body.exceedingKeys).toBe(2);
      const exported = (await call('GET', `${KEYS}/export?exceedsPolicy=true`)).text.trim().split('\n');
      expect(exported.map((line) => (JSON.parse(line) as { id: string }).id).sort()).toEqual(both);
      const inApplication = await server.newFullKey(user, application, { expiresInSeconds: 90 * DAY });
      const path = `/api/v1/applications/${application}/api-keys`;
      expect(await ids(`${path}?exceedsPolicy=false`)).toEqual([inApplication.id]);
      const bulk = { filter: { exceedsPolicy: true }, expectedCount: 2 };
      expect((await call('POST', `${KEYS}/bulk-disable`, bulk)).body.results).toHaveLength(2);
      expect((await call('GET', `${KEYS}?exceedsPolicy=maybe`)).status).toBe(400);
      // Without a policy, nothing exceeds it.
      await setPolicy({ maxLifeSeconds: null });
      expect(await ids(`${KEYS}?exceedsPolicy=true`)).toEqual([]);
      await setPolicy({ expiryRequired: true });
      expect(await ids(`${KEYS}?exceedsPolicy=true`)).toEqual([endless.id]);
    });

    it('uncounted if there are very many', async () => {
      const keys = Array.from({ length: 10_001 }, () => aKey(user));
      await insertKeys(server, keys);
      expect((await call('GET', POLICY)).body.exceedingKeys).toBeNull();
    });
  });

  it('belongs to one merchant', async () => {
    const other = await server.newMerchant();
    await setPolicy({ maxLifeSeconds: DAY });
    expect((await call('POST', KEYS, { description: 'A key' }, other)).status).toBe(201);
    expect((await call('GET', POLICY, undefined, other)).body.maxLifeSeconds).toBeNull();
  });
});

describe("the operator's policy", () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start({
      KEY_MAX_LIFE_SECONDS: String(90 * DAY),
      KEY_DEFAULT_LIFE_SECONDS: String(30 * DAY),
      KEY_EXPIRY_REQUIRED: 'true',
    });
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());

  const call = (method: string, path: string, json?: object) => server.call(method, path, { token: user.token, json });

  it('applies to every merchant', async () => {
    expect((await call('GET', POLICY)).body).toMatchObject({
      maxLifeSeconds: 90 * DAY,
      defaultLifeSeconds: 30 * DAY,
      expiryRequired: true,
      own: { maxLifeSeconds: null, defaultLifeSeconds: null, expiryRequired: false },
    });
    const { status, body } = await call('POST', KEYS, { description: 'A key' });
    expect([status, typeof body.expiresAt]).toEqual([201, 'string']);
    expect((await call('POST', KEYS, { description: 'A key', expiresInSeconds: 91 * DAY })).status).toBe(400);
  });

  it.each([
    ['maxLifeSeconds', { maxLifeSeconds: 91 * DAY }],
    ['defaultLifeSeconds', { defaultLifeSeconds: 31 * DAY }],
  ])('cannot be relaxed by a merchant in %s', async (field, json) => {
    const { status, body } = await call('PATCH', POLICY, json);
    expect([status, body.details]).toEqual([400, [{ field, message: expect.stringContaining('operator') }]]);
  });

  it('is combined with the stricter one of a merchant, and its default never exceeds the maximum', async () => {
    const { status, body } = await call('PATCH', POLICY, { maxLifeSeconds: 10 * DAY, expiryRequired: false });
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ maxLifeSeconds: 10 * DAY, defaultLifeSeconds: 10 * DAY, expiryRequired: true }),
    ]);
    expect((await call('POST', KEYS, { description: 'A key', expiresInSeconds: 11 * DAY })).status).toBe(400);
    expect((await call('POST', KEYS, { description: 'A key' })).status).toBe(201);
  });
});
