/**
 * Guarantees of a rotation: the new secret is valid at once, the old one exactly as long as its mode says, on every instance, and neither
 * leaves a trace.
 */

import { createHash, createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { IsNull, Not } from 'typeorm';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { AuditEvent } from '../../../src/audit/audit-event.entity.js';
import { Transactions } from '../../../src/platform/database/transactions/transactions.js';
import { FirstUse } from '../../../src/verification/first-use.js';
import { Instance } from '../../../src/verification/barrier/instance.entity.js';
import { KeyChange, KeyRevision } from '../../../src/verification/key-change.entity.js';
import type { CachedKey } from '../../../src/verification/cache/cached-key.js';
import { TestServer, type User } from '../../support/server.js';

interface Key {
  id: string;
  fullKey: string;
}

describe('rotating a key', () => {
  let server: TestServer;
  let user: User;
  let application: string;
  let key: Key;
  beforeAll(async () => {
    server = await TestServer.start({
      JWT_TTL_SECONDS: '100000000',
      KEY_PEPPERS: `${'new'.repeat(11)},${'old'.repeat(11)}`,
    });
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  beforeEach(async () => (key = await server.newFullKey(user, application)));
  afterAll(() => server.stop());

  const call = (method: string, path: string, json?: object) =>
    server.call(method, `/api/v1/api-keys/${path}`, { token: user.token, json });
  const rotate = (json?: object, id = key.id) => call('POST', `${id}/rotate`, json);
  const rotated = async (json?: object): Promise<string> => (await rotate(json)).body.fullKey;
  const read = async (id = key.id) => (await call('GET', id)).body;
  const row = (id = key.id) => server.dataSource.getRepository(ApiKey).findOneByOrFail({ id });
  const verify = async (fullKey: string) =>
    (await server.call('POST', '/api/v1/keys/verify', { token: user.token, json: { key: fullKey } })).body;
  const outcomes = async (...keys: string[]) => Promise.all(keys.map(async (each) => (await verify(each)).outcome));
  const check = (token: string) => server.call('GET', '/api/v1/keys/check', { token });

  it('makes a second first use wait for the same instances as the first', async () => {
    const fullKey = await rotated({ mode: 'on_first_use', overlapSeconds: 60 });
    expect(await outcomes(fullKey)).toEqual(['VALID']);
    expect(await outcomes(key.fullKey)).toEqual(['NOT_FOUND']);
    const { publicId } = await row();
    const instances = server.dataSource.getRepository(Instance);
    const slow = { id: 'slow', leaseUntil: Date.now() + 60_000, appliedRevision: 0 };
    await instances.insert(slow);
    let isBack = false;
    const second = server.app.get(FirstUse, { strict: false }).endPrevious({
      id: key.id,
      publicId,
      merchantId: user.merchantId,
    } as CachedKey);
    const back = second.then(() => (isBack = true));
    await sleep(300);
    expect(isBack).toBe(false);
    await instances.update({ id: slow.id }, { appliedRevision: 1_000_000 });
    await back;
    await instances.delete({ id: slow.id });
  });

  it('makes a concurrent read of the key wait for them as well', async () => {
    const fullKey = await rotated({ mode: 'on_first_use', overlapSeconds: 60 });
    const instances = server.dataSource.getRepository(Instance);
    await instances.insert({ id: 'slow', leaseUntil: Date.now() + 60_000, appliedRevision: 0 });
    const first = outcomes(fullKey);
    while ((await row()).previousSecretHash !== null) await sleep(5);
    expect((await read()).previousKey).toBeNull();
    let isBack = false;
    const second = outcomes(fullKey).then((all) => {
      isBack = true;
      return all;
    });
    await sleep(300);
    expect(isBack).toBe(false);
    await instances.update({ id: 'slow' }, { appliedRevision: 1_000_000 });
    expect([await first, await second]).toEqual([['VALID'], ['VALID']]);
    await instances.delete({ id: 'slow' });
    expect(await row()).toMatchObject({ previousPublicId: null, previousEndsOnFirstUse: null });
  });

  it('accepts the new secret only after every other instance has ended the old one', async () => {
    const fullKey = await rotated({ mode: 'on_first_use', overlapSeconds: 60 });
    expect(await outcomes(key.fullKey)).toEqual(['VALID']);
    const { previousPublicId } = await row();
    // As another instance does it that dies right after the commit.
    await server.dataSource.transaction(async (manager) => {
      await manager.update(ApiKey, { id: key.id }, { previousSecretHash: null, previousPepperId: null });
      await manager.increment(KeyRevision, { id: 1 }, 'value', 1);
      const { value: revision } = await manager.findOneByOrFail(KeyRevision, { id: 1 });
      const change = { revision, kind: 'key' as const, subject: previousPublicId ?? '', createdAtMs: Date.now() };
      await manager.insert(KeyChange, change);
    });
    expect(await outcomes(fullKey)).toEqual(['VALID']);
    expect(await outcomes(key.fullKey)).toEqual(['NOT_FOUND']);
    expect(await row()).toMatchObject({ previousPublicId: null, previousEndsOnFirstUse: null });
  });

  it('answers like a creation, with the previous key', async () => {
    await verify(key.fullKey);
    await server.flushed();
    const before = await read();
    const { status, body, headers } = await rotate({ overlapSeconds: 60 });
    expect([status, headers.etag]).toEqual([201, '"2"']);
    expect(body).toEqual({
      id: key.id,
      applicationId: application,
      fullKey: expect.stringMatching(/^ks_live_[A-Za-z0-9]{54}$/),
      keyPrefix: body.fullKey.slice(0, 12),
      description: before.description,
      createdAt: before.createdAt,
      previousKey: {
        keyPrefix: before.keyPrefix,
        validUntil: expect.any(String),
        lastUsedAt: before.lastUsedAt,
      },
    });
    expect(body.fullKey).not.toBe(key.fullKey);
    const left = Date.parse(body.previousKey.validUntil) - server.clock.now().getTime();
    expect(Math.abs(left - 60_000)).toBeLessThan(2000);
    expect(await read()).toEqual({
      ...before,
      keyPrefix: body.keyPrefix,
      lastFour: body.fullKey.slice(-4),
      previousKey: body.previousKey,
    });
  });

  it('works by the path of its application as well', async () => {
    const path = `/api/v1/applications/${application}/api-keys/${key.id}/rotate`;
    const { status, body } = await server.call('POST', path, { token: user.token });
    expect(status).toBe(201);
    expect(await outcomes(key.fullKey, body.fullKey)).toEqual(['NOT_FOUND', 'VALID']);
  });

  it.each([
    [undefined],
    [{}],
    [{ overlapSeconds: 0 }],
    [{ mode: 'immediately' }],
    [{ mode: 'after_overlap', overlapSeconds: 0 }],
  ])('ends the old secret at once by %j, with the answer of a revoked key', async (json) => {
    expect(await outcomes(key.fullKey)).toEqual(['VALID']);
    const next = await rotated(json);
    expect(await outcomes(key.fullKey, next)).toEqual(['NOT_FOUND', 'VALID']);
    const revoked = await server.newFullKey(user, application);
    await call('DELETE', revoked.id);
    const [old, gone] = [await check(key.fullKey), await check(revoked.fullKey)];
    expect([old.status, old.body]).toEqual([gone.status, gone.body]);
    expect((await read()).previousKey).toBeNull();
    expect(await row()).toMatchObject({ previousSecretHash: null, previousPublicId: null });
  });

  it('accepts the old secret until the overlap ends, and no longer', async () => {
    const next = await rotated({ overlapSeconds: 100 });
    for (let time = 0; time < 3; time += 1) expect(await outcomes(key.fullKey, next)).toEqual(['VALID', 'VALID']);
    server.clock.advance(98);
    expect(await outcomes(key.fullKey, next)).toEqual(['VALID', 'VALID']);
    server.clock.advance(2);
    expect(await outcomes(key.fullKey, next)).toEqual(['NOT_FOUND', 'VALID']);
    expect((await check(key.fullKey)).status).toBe(401);
    expect((await read()).previousKey).toBeNull();
  });

  it('ends the old secret when the new one is first verified as valid, and not before', async () => {
    const next = await rotated({ mode: 'on_first_use', overlapSeconds: 100 });
    expect((await read()).previousKey).not.toBeNull();
    const refused = { key: next, level: 8 };
    const { body } = await server.call('POST', '/api/v1/keys/verify', { token: user.token, json: refused });
    expect(body.outcome).toBe('INSUFFICIENT_LEVEL');
    expect(await outcomes(key.fullKey)).toEqual(['VALID']);
    expect((await check(next)).status).toBe(204);
    expect(await outcomes(key.fullKey, next)).toEqual(['NOT_FOUND', 'VALID']);
    expect((await read()).previousKey).toBeNull();
    expect(await row()).toMatchObject({ previousSecretHash: null, previousPublicId: null, version: 2 });
  });

  it('ends the old secret with the overlap if the new one is never used', async () => {
    const next = await rotated({ mode: 'on_first_use', overlapSeconds: 100 });
    server.clock.advance(100);
    expect(await outcomes(key.fullKey)).toEqual(['NOT_FOUND']);
    expect(await outcomes(next)).toEqual(['VALID']);
  });

  it('ends the old secret once, however many requests first use the new one', async () => {
    const next = await rotated({ mode: 'on_first_use', overlapSeconds: 100 });
    expect(new Set(await outcomes(...Array<string>(30).fill(next)))).toEqual(new Set(['VALID']));
    expect(await outcomes(key.fullKey, next)).toEqual(['NOT_FOUND', 'VALID']);
    const events = server.dataSource.getRepository(AuditEvent);
    expect(await events.countBy({ targetId: key.id, action: 'api_key.previous_ended' })).toBe(1);
  });

  it('counts calls to this server as a use of the new secret', async () => {
    const next = await rotated({ mode: 'on_first_use', overlapSeconds: 100 });
    const json = { key: 'x' };
    expect((await server.call('POST', '/api/v1/keys/verify', { token: next, json })).status).toBe(200);
    expect(await outcomes(key.fullKey)).toEqual(['NOT_FOUND']);
  });

  it('accepts the new secret while the change cannot be written, and ends the old one at a later use', async () => {
    const next = await rotated({ mode: 'on_first_use', overlapSeconds: 100 });
    const writer = server.dataSource;
    const transaction = writer.transaction.bind(writer);
    writer.transaction = () => Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }));
    expect((await check(next)).status).toBe(204);
    expect((await check(key.fullKey)).status).toBe(204);
    writer.transaction = transaction;
    expect((await check(next)).status).toBe(204);
    expect((await check(key.fullKey)).status).toBe(401);
  });

  it('that is repeated and told to ends the secret before the previous one', async () => {
    const second = await rotated({ overlapSeconds: 100 });
    expect(await outcomes(key.fullKey, second)).toEqual(['VALID', 'VALID']);
    const third = await rotated({ overlapSeconds: 100, endPrevious: true });
    expect(await outcomes(key.fullKey, second, third)).toEqual(['NOT_FOUND', 'VALID', 'VALID']);
    expect((await read()).previousKey.keyPrefix).toBe(second.slice(0, 12));
    const fourth = await rotated({ endPrevious: true });
    expect(await outcomes(key.fullKey, second, third, fourth)).toEqual([
      'NOT_FOUND',
      'NOT_FOUND',
      'NOT_FOUND',
      'VALID',
    ]);
  });

  it('is safe when several run at once: one new secret remains, and one previous', async () => {
    const keys = await Promise.all([1, 2, 3, 4].map(() => rotated({ overlapSeconds: 100, endPrevious: true })));
    const all = await outcomes(key.fullKey, ...keys);
    expect(all.filter((outcome) => outcome === 'VALID')).toHaveLength(2);
    expect(all[0]).toBe('NOT_FOUND');
  });

  it('does not survive a deletion: both secrets are refused and destroyed, even during a rotation', async () => {
    const next = await rotated({ overlapSeconds: 100 });
    expect(await outcomes(key.fullKey, next)).toEqual(['VALID', 'VALID']);
    const [late, deleted] = await Promise.all([rotate({ endPrevious: true }), call('DELETE', key.id)]);
    expect([deleted.status, [201, 404].includes(late.status)]).toEqual([204, true]);
    const keys = [key.fullKey, next, ...(late.status === 201 ? [late.body.fullKey] : [])];
    expect(new Set(await outcomes(...keys))).toEqual(new Set(['NOT_FOUND']));
    expect(await row()).toMatchObject({ secretHash: null, previousSecretHash: null, pepperId: null });
    expect((await rotate()).status).toBe(404);
  });

  it('does not enable a disabled key: both secrets remain refused', async () => {
    const next = await rotated({ overlapSeconds: 100 });
    await outcomes(key.fullKey, next);
    await call('PATCH', key.id, { isEnabled: false });
    expect(await outcomes(key.fullKey, next)).toEqual(['DISABLED', 'DISABLED']);
    const third = await rotated({ overlapSeconds: 100, endPrevious: true });
    expect(await outcomes(next, third)).toEqual(['DISABLED', 'DISABLED']);
    await call('PATCH', key.id, { isEnabled: true });
    expect(await outcomes(key.fullKey, next, third)).toEqual(['NOT_FOUND', 'VALID', 'VALID']);
  });

  it('is refused for an expired key', async () => {
    await call('PATCH', key.id, { expiresAt: '2020-01-01T00:00:00Z' });
    const { status, body } = await rotate();
    expect([status, body]).toEqual([409, { error: 'Conflict', message: expect.stringMatching(/expired/), code: 409 }]);
  });

  it('leaves both secrets under the same id, settings and limits', async () => {
    const next = await rotated({ overlapSeconds: 100 });
    expect(await outcomes(key.fullKey, next)).toEqual(['VALID', 'VALID']);
    await call('PATCH', key.id, { rateLimit: { limit: 2, windowSeconds: 3600 }, level: 1 });
    expect([(await verify(key.fullKey)).level, (await verify(next)).level]).toEqual([1, 1]);
    expect(await outcomes(key.fullKey, next)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
  });

  it('records the last use of the old secret separately', async () => {
    const next = await rotated({ overlapSeconds: 10_000 });
    const uses = async () => {
      await server.flushed();
      const { lastUsedAt, previousKey } = await read();
      return [Date.parse(lastUsedAt), Date.parse(previousKey.lastUsedAt)] as const;
    };
    expect((await read()).previousKey.lastUsedAt).toBeNull();
    await verify(key.fullKey);
    const [first, firstOfOld] = await uses();
    expect([Math.abs(first - server.clock.now().getTime()) < 5000, firstOfOld]).toEqual([true, first]);
    server.clock.advance(100);
    await verify(next);
    const [second, secondOfOld] = await uses();
    expect([second - first > 99_000, secondOfOld]).toEqual([true, firstOfOld]);
    server.clock.advance(100);
    await verify(key.fullKey);
    const [third, thirdOfOld] = await uses();
    expect([third - second > 99_000, thirdOfOld]).toEqual([true, third]);
  });

  it('re-hashes the old secret under the newest pepper as well', async () => {
    const pepper = 'old'.repeat(11);
    const pepperId = createHash('sha256').update(`pepper:${pepper}`).digest('hex').slice(0, 8);
    const next = await rotated({ overlapSeconds: 100 });
    const previousSecretHash = createHmac('sha256', pepper).update(key.fullKey.slice(24)).digest('hex');
    const outdated = { previousSecretHash, previousPepperId: pepperId };
    await server.app.get(Transactions).run(({ manager }) => manager.update(ApiKey, { id: key.id }, outdated));
    expect(await outcomes(key.fullKey)).toEqual(['VALID']);
    const moved = await row();
    expect([moved.previousPepperId === pepperId, moved.previousPepperId]).toEqual([false, moved.pepperId]);
    expect(await outcomes(key.fullKey, next)).toEqual(['VALID', 'VALID']);
  });

  it('leaves nothing of the old secret in the database after its end', async () => {
    await rotated({ overlapSeconds: 100 });
    const other = await server.newFullKey(user, application);
    await rotate({ overlapSeconds: 1000 }, other.id);
    const before = await row();
    server.clock.advance(161);
    // As it is left by a first use that was interrupted before all instances had heard of it.
    const third = await server.newFullKey(user, application);
    await rotate({ mode: 'on_first_use', overlapSeconds: 1000 }, third.id);
    const ended = { previousSecretHash: null, previousPepperId: null, previousValidUntil: before.previousValidUntil };
    await server.app.get(Transactions).run(({ manager }) => manager.update(ApiKey, { id: third.id }, ended));
    await server.keepHouse('replaced_credentials');
    expect((await row(third.id)).previousPublicId).toBeNull();
    expect(await row()).toMatchObject({ previousPublicId: null, previousSecretHash: null, previousValidUntil: null });
    expect((await row(other.id)).previousSecretHash).not.toBeNull();
    const hashes = { previousSecretHash: Not(IsNull()) };
    const left = await server.dataSource.getRepository(ApiKey).findBy(hashes);
    for (const { previousValidUntil } of left)
      expect(previousValidUntil?.getTime()).toBeGreaterThan(server.clock.now().getTime());
  });

  it('leaves an audit record without a secret', async () => {
    const next = await rotated({ mode: 'on_first_use', overlapSeconds: 100 });
    const [event] = await server.dataSource
      .getRepository(AuditEvent)
      .findBy({ targetId: key.id, action: 'api_key.rotated' });
    expect(event).toMatchObject({
      actorAccountId: user.accountId,
      details: { mode: 'on_first_use', overlapSeconds: 100, validUntil: expect.any(String) },
    });
    for (const secret of [key.fullKey, next]) expect(JSON.stringify(event)).not.toContain(secret.slice(24));
  });

  it.each([
    ['overlapSeconds', { overlapSeconds: -1 }],
    ['overlapSeconds', { overlapSeconds: 2_592_001 }],
    ['overlapSeconds', { overlapSeconds: 1.5 }],
    ['overlapSeconds', { overlapSeconds: '60' }],
    ['overlapSeconds', { overlapSeconds: null }],
    ['overlapSeconds', { mode: 'immediately', overlapSeconds: 1 }],
    ['overlapSeconds', { mode: 'after_overlap' }],
    ['overlapSeconds', { mode: 'on_first_use' }],
    ['overlapSeconds', { mode: 'on_first_use', overlapSeconds: 0 }],
    ['mode', { mode: 'later' }],
    ['mode', { mode: null }],
  ])('refuses a wrong %s: %j', async (field, json) => {
    const { status, body } = await rotate(json);
    expect([status, body.details]).toEqual([400, [{ field, message: expect.stringMatching(/\S/) }]]);
    expect(await outcomes(key.fullKey)).toEqual(['VALID']);
  });

  it.each(['[]', '[{"overlapSeconds": 60}]', '"after_overlap"', '60', 'true'])('refuses the body %s', async (body) => {
    const headers = { 'content-type': 'application/json' };
    const path = `/api/v1/api-keys/${key.id}/rotate`;
    expect((await server.call('POST', path, { token: user.token, body, headers })).status).toBe(400);
    expect(await outcomes(key.fullKey)).toEqual(['VALID']);
  });
});
