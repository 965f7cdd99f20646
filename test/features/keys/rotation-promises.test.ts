/**
 * Guarantees of a promised overlap: it is kept, or ended in so many words; it never outlasts the key; and a rotation can extend the key in the
 * same call.
 */

import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import { ExpiryNotice } from '../../../src/api-keys/retention/expiry-notice.entity.js';
import { TestServer, type User } from '../../support/server.js';

describe('a rotation and its promise', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let key: { id: string; fullKey: string };
  beforeAll(async () => {
    server = await TestServer.start({ JWT_TTL_SECONDS: '100000000' });
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  beforeEach(async () => (key = await server.newFullKey(user, application)));
  afterAll(() => server.stop());

  const paths = () => [`/api/v1/api-keys/${key.id}`, `/api/v1/applications/${application}/api-keys/${key.id}`] as const;
  const call = (method: string, path: string, json?: object) => server.call(method, path, { token: user.token, json });
  const rotate = (json?: object, path: string = paths()[0]) => call('POST', `${path}/rotate`, json);
  const patch = (json: object) => call('PATCH', paths()[0], json);
  const read = async () => (await call('GET', paths()[0])).body;
  const statuses = (...keys: string[]) =>
    Promise.all(keys.map(async (token) => (await server.call('GET', '/api/v1/keys/check', { token })).status));
  const eventsOf = (action: string) => server.dataSource.getRepository(AuditEvent).findBy({ targetId: key.id, action });
  const inSeconds = (seconds: number): string => new Date(server.clock.now().getTime() + seconds * 1000).toISOString();
  const expectNear = (time: string, seconds: number): void => {
    expect(Math.abs(Date.parse(time) - Date.parse(inSeconds(seconds)))).toBeLessThan(3000);
  };

  describe('while the overlap runs', () => {
    it.each([
      [undefined],
      [{ mode: 'immediately' }],
      [{ overlapSeconds: 10_000 }],
      [{ mode: 'on_first_use', overlapSeconds: 10, endPrevious: false }],
      [{ expiresInSeconds: 3600 }],
    ])('is refused by either path, which says until when: %j', async (json) => {
      const first = (await rotate({ overlapSeconds: 86_400 })).body;
      const before = await read();
      for (const path of paths()) {
        const { status, body, headers } = await rotate(json, path);
        expect([status, body.message]).toEqual([409, expect.stringContaining(first.previousKey.validUntil)]);
        expect(body.message).toContain('endPrevious');
        expect(Math.abs(Number(headers['retry-after']) - 86_400)).toBeLessThan(5);
      }
      expect(await read()).toEqual(before);
      expect(await statuses(key.fullKey, first.fullKey)).toEqual([204, 204]);
      expect(await eventsOf('api_key.rotated')).toHaveLength(1);
    });

    it('ends the oldest credential at once if it is told to, and leaves a record of it', async () => {
      const first = (await rotate({ overlapSeconds: 86_400 })).body.fullKey;
      expect(await statuses(key.fullKey, first)).toEqual([204, 204]);
      const second = await rotate({ overlapSeconds: 60, endPrevious: true });
      expect(second.status).toBe(201);
      expect(await statuses(key.fullKey, first, second.body.fullKey)).toEqual([401, 204, 204]);
      const [ended] = await eventsOf('api_key.previous_ended');
      expect(ended).toMatchObject({
        actorAccountId: user.accountId,
        details: { reason: 'rotated_again', previousPublicId: key.fullKey.slice(0, 24) },
      });
    });

    it('lets one of several rotations through', async () => {
      const answers = await Promise.all([1, 2, 3, 4].map(() => rotate({ overlapSeconds: 100 })));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
      const won = answers.find(({ status }) => status === 201)?.body.fullKey;
      expect(await statuses(key.fullKey, won)).toEqual([204, 204]);
    });

    it('either rotates or is revoked, never both by halves', async () => {
      const [rotated, deleted] = await Promise.all([rotate({ overlapSeconds: 100 }), call('DELETE', paths()[0])]);
      expect([deleted.status, [201, 404].includes(rotated.status)]).toEqual([204, true]);
      expect(new Set(await statuses(key.fullKey, rotated.body.fullKey ?? key.fullKey))).toEqual(new Set([401]));
    });
  });

  it('may be repeated once the overlap has ended', async () => {
    const first = (await rotate({ overlapSeconds: 100 })).body.fullKey;
    server.clock.advance(101);
    const { status, body } = await rotate({ overlapSeconds: 100 });
    expect(status).toBe(201);
    expect(await statuses(key.fullKey, first, body.fullKey)).toEqual([401, 204, 204]);
    expect(await eventsOf('api_key.previous_ended')).toEqual([]);
  });

  it('may be repeated once the new key has been used, if the promise was until then', async () => {
    const first = (await rotate({ mode: 'on_first_use', overlapSeconds: 86_400 })).body.fullKey;
    expect((await rotate()).status).toBe(409);
    expect(await statuses(first)).toEqual([204]);
    expect((await rotate()).status).toBe(201);
  });

  it('may be repeated by one that promised nothing', async () => {
    expect((await rotate()).status).toBe(201);
    expect((await rotate()).status).toBe(201);
  });

  describe('never outlasts the key', () => {
    it('when it expires sooner', async () => {
      const { body: short } = await patch({ expiresInSeconds: 1000 });
      const { body } = await rotate({ overlapSeconds: 2_592_000 });
      expect(body.previousKey.validUntil).toBe(short.expiresAt);
      expect((await read()).previousKey.validUntil).toBe(short.expiresAt);
      const [event] = await eventsOf('api_key.rotated');
      expect(event?.details.validUntil).toBe(short.expiresAt);
    });

    it('when it is cut afterwards, and a list says so as well', async () => {
      await rotate({ overlapSeconds: 86_400 });
      const { body } = await patch({ expiresInSeconds: 50 });
      expect(body.previousKey.validUntil).toBe(body.expiresAt);
      const { items } = (await call('GET', `/api/v1/applications/${application}/api-keys?limit=100`)).body;
      expect(items.find(({ id }: { id: string }) => id === key.id).previousKey.validUntil).toBe(body.expiresAt);
    });

    it('when the rotation itself ends it sooner', async () => {
      const { body } = await rotate({ overlapSeconds: 86_400, expiresInSeconds: 60 });
      expect(body.previousKey.validUntil).toBe(body.expiresAt);
      expect(await statuses(key.fullKey)).toEqual([204]);
      server.clock.advance(61);
      expect(await statuses(key.fullKey, body.fullKey)).toEqual([401, 401]);
    });

    it('when the rotation, or a later change, extends it: the old secret ends where it would have', async () => {
      const { body: short } = await patch({ expiresInSeconds: 100 });
      const { body } = await rotate({ overlapSeconds: 86_400, expiresInSeconds: 1_000_000 });
      expect(body.previousKey.validUntil).toBe(short.expiresAt);
      await patch({ expiresAt: null });
      expect((await read()).previousKey.validUntil).toBe(short.expiresAt);
      server.clock.advance(101);
      expect(await statuses(key.fullKey, body.fullKey)).toEqual([401, 204]);
      expect((await read()).previousKey).toBeNull();
    });
  });

  describe('with a new expiry', () => {
    it.each([0, 1])('sets it in the same call, by path %d', async (which) => {
      const path = paths()[which] ?? '';
      const { status, body } = await rotate({ expiresInSeconds: 5000 }, path);
      expect(status).toBe(201);
      expectNear(body.expiresAt, 5000);
      expect((await read()).expiresAt).toBe(body.expiresAt);
      const at = inSeconds(7000);
      expect((await rotate({ expiresAt: at }, path)).body.expiresAt).toBe(at);
      expect((await rotate({ expiresAt: null }, path)).body.expiresAt).toBeNull();
      expect((await read()).expiresAt).toBeNull();
      const changes = (await eventsOf('api_key.rotated')).map(({ details }) => Object.keys(details.changes ?? {}));
      expect(changes.every((each) => each.includes('expiresAt'))).toBe(true);
    });

    it('leaves an expiry that the request does not set, and answers it', async () => {
      const { body: short } = await patch({ expiresInSeconds: 1000 });
      expect((await rotate()).body.expiresAt).toBe(short.expiresAt);
      expect((await read()).expiresAt).toBe(short.expiresAt);
    });

    it('brings an expired key back with its new secret alone, whatever the overlap', async () => {
      await patch({ expiresAt: inSeconds(-1000) });
      const { status, body } = await rotate({ overlapSeconds: 86_400, expiresInSeconds: 5000 });
      expect(status).toBe(201);
      expect(Date.parse(body.previousKey.validUntil)).toBeLessThan(server.clock.now().getTime());
      expect(await statuses(key.fullKey, body.fullKey)).toEqual([401, 204]);
      expect((await read()).previousKey).toBeNull();
      const row = await server.dataSource.getRepository(ApiKey).findOneByOrFail({ id: key.id });
      expect(row.previousSecretHash).toBeNull();
    });

    it('is not kept from an expired key by a promise that ended with it', async () => {
      await patch({ expiresInSeconds: 100 });
      const first = (await rotate({ overlapSeconds: 86_400 })).body.fullKey;
      server.clock.advance(200);
      const { status, body } = await rotate({ expiresInSeconds: 5000 });
      expect(status).toBe(201);
      expect(await statuses(key.fullKey, first, body.fullKey)).toEqual([401, 401, 204]);
    });

    it('is needed by an expired key, of which the answer tells', async () => {
      await patch({ expiresAt: inSeconds(-1000) });
      const { status, body } = await rotate({ overlapSeconds: 60 });
      expect([status, body.message]).toEqual([409, expect.stringContaining('expiresInSeconds')]);
    });

    it('has its expiry announced like that of a new key', async () => {
      const notices = server.dataSource.getRepository(ExpiryNotice);
      expect(await notices.existsBy({ id: key.id })).toBe(false);
      await rotate({ expiresInSeconds: 864_000 });
      expect(await notices.existsBy({ id: key.id })).toBe(true);
      await rotate({ expiresAt: null });
      expect(await notices.existsBy({ id: key.id })).toBe(false);
    });

    it.each([
      ['expiresAt', { expiresInSeconds: 60, expiresAt: '2090-01-01T00:00:00Z' }],
      ['expiresAt', { expiresAt: '2020-01-01T00:00:00Z' }],
      ['expiresAt', { expiresAt: 'tomorrow' }],
      ['expiresInSeconds', { expiresInSeconds: 0 }],
      ['expiresInSeconds', { expiresInSeconds: null }],
      ['expiresInSeconds', { expiresInSeconds: 315_360_001 }],
      ['endPrevious', { endPrevious: 'true' }],
      ['endPrevious', { endPrevious: null }],
    ])('refuses a wrong %s: %j', async (field, json) => {
      const { status, body } = await rotate(json);
      expect([status, body.details]).toEqual([400, [{ field, message: expect.stringMatching(/\S/) }]]);
      expect(await statuses(key.fullKey)).toEqual([204]);
    });
  });
});
