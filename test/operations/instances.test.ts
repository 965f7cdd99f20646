/** Guarantees of the list of instances: every process that shares the database, as it is, and how long revocations waited for all of them. */

import { randomUUID } from 'node:crypto';
import { Instance } from '../../src/verification/barrier/instance.entity.js';
import { readVersion } from '../../src/platform/runtime/version.js';
import { TestServer, type User } from '../support/server.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

interface Listed {
  id: string;
  isSelf: boolean;
  leaseRenewedAt: string;
  leaseUntil: string;
}

describe('the list of instances', () => {
  let server: TestServer;
  let support: User;
  beforeAll(async () => {
    server = await TestServer.start();
    support = await server.newMember(server.admin, 'support');
  });
  afterAll(() => server.stop());

  const read = async (of = server) => (await of.call('GET', '/api/v1/instances', { token: support.token })).body;

  it('has each that runs, with its version and its lease, and marks the one that answers', async () => {
    const other = await server.another();
    const [one, two] = [await read(), await read(other)];
    expect(one.items).toHaveLength(2);
    for (const item of one.items) {
      expect(item).toEqual({
        id: expect.any(String),
        version: readVersion(),
        isSelf: expect.any(Boolean),
        holdsLease: true,
        leaseRenewedAt: expect.stringMatching(TIME),
        leaseUntil: expect.stringMatching(TIME),
        unappliedChanges: 0,
      });
      expect(Date.parse(item.leaseUntil) - Date.parse(item.leaseRenewedAt)).toBe(3000);
    }
    const selves = [one, two].flatMap(({ items }) => items.filter(({ isSelf }: Listed) => isSelf));
    expect(new Set(selves.map(({ id }: Listed) => id)).size).toBe(2);
    await other.close();
    expect((await read()).items).toHaveLength(1);
  });

  it('says which has lost its lease, and which has changes yet to apply', async () => {
    const instances = server.dataSource.getRepository(Instance);
    const { value: latest } = await server.dataSource.getRepository('KeyRevision').findOneByOrFail({ id: 1 });
    const gone = { id: randomUUID(), leaseUntil: 1, appliedRevision: Number(latest) - 2, version: null };
    await instances.insert({ ...gone, hintAddress: null, hintKey: null });
    const { items } = await read();
    expect(items.at(-1)).toEqual({
      id: gone.id,
      version: null,
      isSelf: false,
      holdsLease: false,
      leaseRenewedAt: expect.stringMatching(TIME),
      leaseUntil: '1970-01-01T00:00:00.001Z',
      unappliedChanges: 2,
    });
    await instances.delete({ id: gone.id });
  });

  it('counts how long revocations waited', async () => {
    const user = await server.newMerchant();
    const before = (await read()).revocationWaits;
    const { id } = (
      await server.call('POST', '/api/v1/api-keys', { token: user.token, json: { description: 'A key' } })
    ).body;
    await server.call('DELETE', `/api/v1/api-keys/${id}`, { token: user.token });
    const { count, totalMs, waiting, ranges } = (await read()).revocationWaits;
    expect([count - before.count, waiting]).toEqual([1, 0]);
    expect(totalMs).toBeGreaterThanOrEqual(before.totalMs);
    const sum = ranges.reduce((total: number, range: { count: number }) => total + range.count, 0);
    expect([sum, ranges.at(0).upToMs, ranges.at(-1).upToMs]).toEqual([count, 5, null]);
  });
});
