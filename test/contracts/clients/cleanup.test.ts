/** Contract KD19: expired and unused keys are deleted on schedule, only when configured, and audited. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Housekeeper } from '../../../src/housekeeping/housekeeper.js';
import { ClientsSurface } from '../../support/clients.js';
import { foreignKey, importLines, sha256Row } from '../../support/imports.js';
import { TestServer, type User } from '../../support/server.js';

const DAY_SECONDS = 86_400;
const EVERY_SECOND = '* * * * * *';

describe('clients surface: cleanup', () => {
  let server: TestServer;
  let clients: ClientsSurface;
  let user: User;
  const start = async (variables: Record<string, string>) => {
    server = await TestServer.start({ HOUSEKEEPING: 'true', ...variables });
    clients = new ClientsSurface(server);
    user = await server.newMerchant();
  };
  afterEach(() => server.stop());

  /** Days go by, and login tokens with them. */
  const wait = async (days: number): Promise<void> => {
    server.clock.advance(days * DAY_SECONDS);
    user = await server.logIn(user.email, user.password);
  };

  /** The ids once the list has this length. */
  const idsOnceThereAre = async (count: number): Promise<string[]> => {
    for (let attempt = 0; attempt < 150; attempt += 1) {
      const ids = await clients.idsOf(user);
      if (ids.length <= count) return ids;
      await sleep(50);
    }
    throw new Error('Nothing is cleaned up.');
  };

  /** A run begun now; one on schedule may be under way. */
  const cleanUp = async (): Promise<void> => {
    while ((await server.keepHouse('key_cleanup')) === null) await sleep(20);
  };
  const idsAfterARun = async (): Promise<string[]> => {
    await cleanUp();
    return clients.idsOf(user);
  };

  const deletionOf = async (id: string) => {
    const path = `/api/v1/audit-events?targetId=${id}&action=api_key.deleted`;
    return (await server.call('GET', path, { token: user.token })).body.items;
  };

  const bySystem = (reason: string) => [
    expect.objectContaining({
      actor: { kind: 'system', accountId: null, keyId: null, memberId: null, username: null },
      details: expect.objectContaining({ reason }),
    }),
  ];

  it('KD19: is off without a schedule', async () => {
    await start({ CLEANUP_UNUSED_AFTER_DAYS: '1' });
    const ids = await clients.newKeys(user, 1, { expires_in: 60 });
    await wait(400);
    expect(await clients.idsOf(user)).toEqual(ids);
    const { jobs } = server.app.get(Housekeeper, { strict: false });
    expect(jobs.get('key_cleanup')?.schedule).toBeUndefined();
  });

  it('KD19: deletes keys that have been expired for long enough, on schedule and audited', async () => {
    await start({ CLEANUP_SCHEDULE: EVERY_SECOND, CLEANUP_EXPIRED_AFTER_DAYS: '30' });
    const [expired = ''] = await clients.newKeys(user, 1, { expires_in: DAY_SECONDS });
    const [later, lasting] = [
      ...(await clients.newKeys(user, 1, { expires_in: 10 * DAY_SECONDS })),
      ...(await clients.newKeys(user, 1)),
    ];
    await wait(30.5);
    expect(await idsAfterARun()).toEqual([expired, later, lasting]);
    await wait(1);
    expect(await idsOnceThereAre(2)).toEqual([later, lasting]);
    expect(await deletionOf(expired)).toEqual(bySystem('cleanup_expired'));
  });

  it('KD19: deletes unused keys when configured, on schedule and audited', async () => {
    await start({ CLEANUP_SCHEDULE: EVERY_SECOND, CLEANUP_UNUSED_AFTER_DAYS: '90' });
    const unused = await server.newPair(user);
    const used = await server.newPair(user);
    await wait(60);
    await server.call('GET', '/api/v1/keys/check', { basic: `${used.apikey}:${used.apisecret}` });
    expect(await idsAfterARun()).toEqual([unused.id, used.id]);
    await wait(31);
    expect(await idsOnceThereAre(1)).toEqual([used.id]);
    expect(await deletionOf(unused.id)).toEqual(bySystem('cleanup_unused'));
    const { status } = await server.call('GET', '/api/v1/keys/check', {
      basic: `${unused.apikey}:${unused.apisecret}`,
    });
    expect(status).toBe(401);
    await wait(60);
    expect(await idsOnceThereAre(0)).toEqual([]);
    expect(await deletionOf(used.id)).toEqual(bySystem('cleanup_unused'));
  });

  it('KD19: gives imported and rotated keys as much time as new ones', async () => {
    await start({ CLEANUP_SCHEDULE: EVERY_SECOND, CLEANUP_UNUSED_AFTER_DAYS: '90' });
    const { id } = await server.newFullKey(user, await server.newApplication(user));
    await wait(89);
    await server.call('POST', `/api/v1/api-keys/${id}/rotate`, { token: user.token });
    await importLines(server, user, [sha256Row(foreignKey(), { createdAt: '2021-05-04T09:00:00Z' })]);
    const count = async () => (await server.call('GET', '/api/v1/api-keys', { token: user.token })).body.totalItems;
    await wait(2);
    await cleanUp();
    expect(await count()).toBe(2);
    await wait(90);
    await cleanUp();
    expect(await count()).toBe(0);
  });

  it('KD19: keeps unused keys unless configured', async () => {
    await start({ CLEANUP_SCHEDULE: EVERY_SECOND });
    const ids = await clients.newKeys(user, 1);
    await wait(3000);
    expect(await idsAfterARun()).toEqual(ids);
  });

  it('KD19: cleans up more keys than fit in one batch', async () => {
    await start({ CLEANUP_SCHEDULE: EVERY_SECOND, CLEANUP_EXPIRED_AFTER_DAYS: '1' });
    await clients.newKeys(user, 120, { expires_in: 60 });
    await wait(2);
    expect(await idsOnceThereAre(0)).toEqual([]);
  });
});
