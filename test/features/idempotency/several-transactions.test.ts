/**
 * Guarantees for requests of several transactions: the record is committed with the last one, and a retry finishes what a failure or a
 * crash left undone.
 */

import { randomUUID } from 'node:crypto';
import { Application } from '../../../src/applications/application.entity.js';
import { Transactions } from '../../../src/platform/database/transactions/transactions.js';
import type { IdentifiedRequest } from '../../../src/idempotency/identified-request.js';
import { IdempotencyRecord } from '../../../src/idempotency/idempotency-record.entity.js';
import { IdempotencyService, type Answer } from '../../../src/idempotency/idempotency.service.js';
import { TestServer, type User } from '../../support/server.js';

const LEASE_SECONDS = 60;

describe('a request of several transactions', () => {
  let server: TestServer;
  let user: User;
  let request: IdentifiedRequest;
  let ids: string[];
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    request = { id: randomUUID(), fingerprint: 'what is asked', level: 4 };
    ids = [];
    for (let index = 0; index < 3; index += 1) ids.push(await server.newApplication(user));
  });

  const done = async (): Promise<number> =>
    (await server.dataSource.manager.findBy(Application, { description: request.id })).length;
  const records = () => server.dataSource.getRepository(IdempotencyRecord);
  const once = (work: () => Promise<Answer>) => server.app.get(IdempotencyService).once(request, work);
  const change = (id = '', afterCommit = () => Promise.resolve()): Promise<unknown> =>
    server.app.get(Transactions).run((tx) => {
      tx.during('wait', afterCommit);
      return tx.manager.update(Application, { id }, { description: request.id });
    });
  const changeAll = async (): Promise<Answer> => {
    for (const id of ids) await change(id);
    return { status: 200, body: { changed: ids.length }, etag: null };
  };

  it('is recorded with its last change', async () => {
    expect(await once(changeAll)).toEqual({
      answer: { status: 200, body: { changed: 3 }, etag: null },
      isReplayed: false,
    });
    expect(await done()).toBe(3);
    const again = await once(() => Promise.reject(new Error('It is not done again.')));
    expect(again).toEqual({ answer: { status: 200, body: { changed: 3 }, etag: null }, isReplayed: true });
  });

  it('may run its transactions at once, and each is committed', async () => {
    await once(async () => {
      await Promise.all(ids.map((id) => change(id)));
      return { status: 200, body: null, etag: null };
    });
    expect(await done()).toBe(3);
  });

  it('is recorded even when it changes nothing', async () => {
    await once(() => Promise.resolve({ status: 200, body: { count: 0 }, etag: null }));
    expect((await once(changeAll)).isReplayed).toBe(true);
    expect(await done()).toBe(0);
  });

  it('that fails keeps its committed changes, and a retry does the rest at once', async () => {
    const failing = once(async () => {
      await change(ids[0]);
      await change(ids[1]);
      throw new Error('It fails.');
    });
    await expect(failing).rejects.toThrow('It fails.');
    expect(await done()).toBe(1);
    expect((await once(changeAll)).isReplayed).toBe(false);
    expect(await done()).toBe(3);
  });

  it('whose process has died is taken over after a minute and not before', async () => {
    await change(ids[0]);
    const left = { attempt: randomUUID(), status: null, answer: null, expiresAt: server.clock.in(LEASE_SECONDS) };
    await records().insert({ ...request, ...left });
    await expect(once(changeAll)).rejects.toThrow('idempotency.under_way');
    server.clock.advance(LEASE_SECONDS - 5);
    await expect(once(changeAll)).rejects.toThrow('idempotency.under_way');
    expect(await done()).toBe(1);
    server.clock.advance(10);
    expect((await once(changeAll)).isReplayed).toBe(false);
    expect(await done()).toBe(3);
  });

  it('that was taken over while it was suspended commits nothing', async () => {
    const other = { attempt: randomUUID() };
    const sleeping = once(async () => {
      await change(ids[0], async () => {
        await records().update({ id: request.id }, other);
      });
      return changeAll();
    });
    await expect(sleeping).rejects.toThrow('idempotency.under_way');
    expect(await done()).toBe(1);
    expect(await records().findOneBy({ id: request.id })).toMatchObject({ ...other, status: null });
  });
});
