/** Guarantees of a rotation that waits until nobody uses the replaced full key any more: as long as it is used, it stays valid. */

import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import { TestServer, type User } from '../../support/server.js';

const QUIET_SECONDS = 600;
const OVERLAP_SECONDS = 86_400;

describe('a rotation with when_quiet', () => {
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

  const rotate = (json: object) =>
    server.call('POST', `/api/v1/api-keys/${key.id}/rotate`, { token: user.token, json });
  const rotateWhenQuiet = async (overlapSeconds = OVERLAP_SECONDS): Promise<string> =>
    (await rotate({ mode: 'when_quiet', quietSeconds: QUIET_SECONDS, overlapSeconds })).body.fullKey;
  const check = async (fullKey: string): Promise<number> =>
    (await server.call('GET', '/api/v1/keys/check', { headers: { 'x-api-key': fullKey } })).status;
  /** Lets time pass, and the job run. */
  async function wait(seconds: number): Promise<void> {
    server.clock.advance(seconds);
    await server.flushed();
    await server.keepHouse('quiet_credentials');
  }

  it('keeps the replaced full key valid while it is used, and ends it when it was unused for long enough', async () => {
    const renewed = await rotateWhenQuiet();
    for (let times = 0; times < 3; times += 1) {
      expect([await check(key.fullKey), await check(renewed)]).toEqual([204, 204]);
      await wait(QUIET_SECONDS - 60);
    }
    expect(await check(key.fullKey)).toBe(204);
    await wait(QUIET_SECONDS + 60);
    expect([await check(key.fullKey), await check(renewed)]).toEqual([401, 204]);
    const events = server.dataSource.getRepository(AuditEvent);
    const [ended] = await events.findBy({ targetId: key.id, action: 'api_key.previous_ended' });
    expect(ended).toMatchObject({ actorKind: 'system', details: { reason: 'quiet' } });
  });

  it('ends one that is never used after as long, and not the current one with it', async () => {
    const renewed = await rotateWhenQuiet();
    await wait(QUIET_SECONDS - 60);
    expect((await server.keepHouse('quiet_credentials', 'dryRun'))?.counts).toEqual({});
    await wait(120);
    expect([await check(key.fullKey), await check(renewed)]).toEqual([401, 204]);
    await wait(QUIET_SECONDS * 3);
    expect(await check(renewed)).toBe(204);
  });

  it('ends it at the end of the overlap at the latest, and leaves other rotations alone', async () => {
    const renewed = await rotateWhenQuiet(QUIET_SECONDS + 1);
    for (let times = 0; times < 2; times += 1) {
      expect(await check(key.fullKey)).toBe(204);
      await wait((QUIET_SECONDS + 1) / 2 - 1);
    }
    await wait(10);
    expect([await check(key.fullKey), await check(renewed)]).toEqual([401, 204]);
    key = await server.newFullKey(user, application);
    await rotate({ overlapSeconds: OVERLAP_SECONDS });
    await wait(QUIET_SECONDS * 3);
    expect(await check(key.fullKey)).toBe(204);
  });

  it.each([
    [{ mode: 'when_quiet', overlapSeconds: 3600 }, 'quietSeconds'],
    [{ mode: 'when_quiet', quietSeconds: 600 }, 'quietSeconds'],
    [{ mode: 'when_quiet', quietSeconds: 600, overlapSeconds: 600 }, 'quietSeconds'],
    [{ mode: 'when_quiet', quietSeconds: 59, overlapSeconds: 3600 }, 'quietSeconds'],
    [{ mode: 'on_first_use', quietSeconds: 600, overlapSeconds: 3600 }, 'quietSeconds'],
    [{ quietSeconds: 600, overlapSeconds: 3600 }, 'quietSeconds'],
  ])('refuses %j', async (json, field) => {
    const { status, body } = await rotate(json);
    expect([status, body.details?.[0]?.field]).toEqual([400, field]);
    expect(await check(key.fullKey)).toBe(204);
  });

  it('is there for keys that rotate themselves', async () => {
    const own = await server.newFullKey(user, application, { selfRotate: true });
    const json = { mode: 'when_quiet', quietSeconds: QUIET_SECONDS, overlapSeconds: OVERLAP_SECONDS };
    const { status, body } = await server.call('POST', '/api/v1/keys/rotate', { token: own.fullKey, json });
    expect(status).toBe(201);
    await wait(QUIET_SECONDS + 60);
    expect([await check(own.fullKey), await check(body.fullKey)]).toEqual([401, 204]);
  });
});
