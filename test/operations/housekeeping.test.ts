/**
 * Guarantees of scheduled jobs: one instance runs each, and notices, disabling, deletion and clean-up happen once, on time, as the policy
 * says.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { In, IsNull } from 'typeorm';
import { Account } from '../../src/accounts/account.entity.js';
import { Merchant } from '../../src/accounts/merchant.entity.js';
import { OneTimeLink } from '../../src/accounts/links/one-time-link.entity.js';
import { ApiKey } from '../../src/api-keys/api-key.entity.js';
import { AuditEvent } from '../../src/audit/audit-event.entity.js';
import { JobLeases } from '../../src/housekeeping/job-leases.js';
import { JobState } from '../../src/housekeeping/job-state.entity.js';
import { Service } from '../../src/services/service.entity.js';
import { Instance } from '../../src/verification/barrier/instance.entity.js';
import { KeyChange } from '../../src/verification/key-change.entity.js';
import { WaitingRows } from '../../src/verification/journal/waiting-rows.js';
import { KeyUsage } from '../../src/verification/usage/key-usage.entity.js';
import { TestServer, type User } from '../support/server.js';

const DAY_SECONDS = 86_400;
const POLICY = '/api/v1/merchants/me/idle-policy';

describe('housekeeping', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    user = await server.newMerchant();
  });

  /** Days go by, and login tokens with them. */
  const wait = async (days: number): Promise<void> => {
    server.clock.advance(days * DAY_SECONDS);
    user = await server.logIn(user.email, user.password);
    server.admin = await server.logIn('admin', server.admin.password);
  };
  const newKey = async (settings: object = {}): Promise<{ id: string; fullKey: string }> =>
    (await server.call('POST', '/api/v1/api-keys', { token: user.token, json: { description: 'A key', ...settings } }))
      .body;
  const check = async (fullKey: string) => (await server.call('GET', '/api/v1/keys/check', { token: fullKey })).status;
  const patch = (path: string, json: object) => server.call('PATCH', path, { token: user.token, json });

  /** What the audit trail says of a thing, but for how it was made and read. */
  const eventsOf = async (...ids: string[]): Promise<AuditEvent[]> => {
    const events = server.dataSource.getRepository(AuditEvent);
    return events.find({ where: { targetId: In(ids) }, order: { createdAt: 'ASC', id: 'ASC' } });
  };
  const told = async (id: string): Promise<unknown[]> =>
    (await eventsOf(id))
      .filter(({ action }) => /expir|idle/.test(action))
      .map(({ action, details: { daysLeft } }) => (typeof daysLeft === 'number' ? `${action} ${daysLeft}` : action));

  describe('a job', () => {
    const JOB = 'idempotency_records';
    const statuses = () => server.dataSource.getRepository(JobState);
    const leases = (of = server) => of.app.get(JobLeases, { strict: false });

    it('is run by one instance, though it is due on all', async () => {
      const variables = { HOUSEKEEPING: 'true', CLEANUP_SCHEDULE: '0 0 1 1 *' };
      const [one, other] = [await server.another(variables), await server.another(variables)];
      const { id } = await newKey({ expiresInSeconds: 3600 });
      await wait(366);
      const state = () => statuses().findOneBy({ name: 'key_cleanup' });
      for (let attempt = 0; attempt < 400 && (await state())?.lastOutcome == null; attempt += 1) await sleep(50);
      // Time for the other instance to run it as well.
      await sleep(2100);
      await other.close();
      await one.close();
      await server.close();
      await server.open();
      expect(await state()).toMatchObject({ runs: 1, lastOutcome: 'completed', lastCounts: { cleanup_expired: 1 } });
      expect((await eventsOf(id)).filter(({ action }) => action === 'api_key.deleted')).toHaveLength(1);
    });

    it('is skipped while another run holds it, and finished by the next run when the holder has died', async () => {
      const held = await leases().take(JOB, null);
      expect(held).not.toBeNull();
      expect(await leases().take(JOB, null)).toBeNull();
      expect(await server.keepHouse(JOB)).toBeNull();
      await statuses().update({ name: JOB }, { heldUntil: 1 });
      expect(await server.keepHouse(JOB)).toMatchObject({ outcome: 'completed' });
      // Whoever was only asleep does nothing more.
      if (held) await expect(leases().renew(server.dataSource, held)).rejects.toThrow('taken over');
      expect(await statuses().findOneBy({ name: JOB })).toMatchObject({ holder: null, lastOutcome: 'completed' });
    });

    it('can be run by level 8 beside its schedule, after a look at what that would do', async () => {
      const run = (job: string, query = '', { token } = server.admin) =>
        server.call('POST', `/api/v1/housekeeping/${job}/run${query}`, { token });
      const { fullKey } = await newKey({ expiresInSeconds: 60 });
      await wait(1);
      const foreseen = await run('key_expiry', '?dryRun=true');
      expect([foreseen.status, foreseen.body]).toEqual([
        200,
        {
          dryRun: true,
          outcome: 'completed',
          counts: { expired: 1 },
          examples: { expired: [expect.any(String)] },
          durationMs: expect.any(Number),
        },
      ]);
      const [id = ''] = foreseen.body.examples.expired;
      expect(await told(id)).toEqual([]);
      expect((await run('key_expiry')).body).toMatchObject({
        dryRun: false,
        outcome: 'completed',
        counts: { expired: 1 },
      });
      expect(await told(id)).toEqual(['api_key.expired']);
      expect((await run('key_expiry', '?dryRun=true')).body.counts).toEqual({});
      expect(await check(fullKey)).toBe(401);
      expect((await run('no_such_job')).status).toBe(404);
      expect((await run('key_expiry', '?dryRun=1')).status).toBe(400);
      const held = await leases().take(JOB, null);
      expect([(await run(JOB)).status, (await run(JOB, '?dryRun=true')).status]).toEqual([409, 200]);
      if (held) await leases().giveBack(server.dataSource.manager, held, 'completed', {});
      expect((await run(JOB)).status).toBe(200);
    });

    it('is started by one of several instances that see the same state', async () => {
      await server.keepHouse(JOB);
      const { runs } = await statuses().findOneByOrFail({ name: JOB });
      const taken = await Promise.all([1, 2, 3].map(() => leases().take(JOB, runs)));
      const [held, ...others] = taken.filter((one) => one !== null);
      expect([held?.name, others]).toEqual([JOB, []]);
      if (held) await leases().giveBack(server.dataSource.manager, held, 'completed', {});
      expect(await leases().take(JOB, runs)).toBeNull();
    });

    it('is audited where it changed something, and listed with its outcome for level 8', async () => {
      await newKey({ expiresInSeconds: 60 });
      await wait(1);
      await server.keepHouse('key_expiry');
      await server.keepHouse('key_expiry');
      const records = (await eventsOf('key_expiry')).filter(({ merchantId }) => merchantId === server.admin.merchantId);
      expect(records.at(-1)).toMatchObject({ actorKind: 'system', details: { outcome: 'completed', expired: 1 } });
      const { body } = await server.call('GET', '/api/v1/housekeeping', { token: server.admin.token });
      expect(body.items.find(({ name }: { name: string }) => name === 'key_expiry')).toMatchObject({
        schedule: '*/5 * * * *',
        isRunning: false,
        lastOutcome: 'completed',
        lastCounts: {},
      });
    });
  });

  describe('an expiring key', () => {
    it('is announced 30, 7 and 1 days before and at its expiry, each once', async () => {
      const { id } = await newKey({ expiresInSeconds: 40 * DAY_SECONDS });
      const seen: unknown[] = [];
      for (const days of [9, 2, 21, 2.5, 5, 1, 3]) {
        await wait(days);
        await server.keepHouse('key_expiry');
        await server.keepHouse('key_expiry');
        seen.push((await told(id)).length);
      }
      expect(seen).toEqual([0, 1, 1, 2, 3, 4, 4]);
      expect(await told(id)).toEqual([
        'api_key.expiring 30',
        'api_key.expiring 7',
        'api_key.expiring 1',
        'api_key.expired',
      ]);
    });

    it('is announced only at times before its expiry that its lifetime exceeds', async () => {
      const brief = await newKey({ expiresInSeconds: 3600 });
      const week = await newKey({ expiresInSeconds: 7 * DAY_SECONDS });
      await server.keepHouse('key_expiry');
      expect([await told(brief.id), await told(week.id)]).toEqual([[], []]);
      await wait(6.5);
      await server.keepHouse('key_expiry');
      expect([await told(brief.id), await told(week.id)]).toEqual([['api_key.expired'], ['api_key.expiring 1']]);
    });

    it('is announced again when its expiry is changed, and no longer without one', async () => {
      const { id } = await newKey({ expiresInSeconds: 10 * DAY_SECONDS });
      await wait(4);
      await server.keepHouse('key_expiry');
      await patch(`/api/v1/api-keys/${id}`, { expiresAt: server.clock.in(20 * DAY_SECONDS).toISOString() });
      await server.keepHouse('key_expiry');
      await wait(14);
      await server.keepHouse('key_expiry');
      expect(await told(id)).toEqual(['api_key.expiring 7', 'api_key.expiring 7']);
      await patch(`/api/v1/api-keys/${id}`, { expiresAt: null });
      await wait(20);
      await server.keepHouse('key_expiry');
      expect(await told(id)).toHaveLength(2);
    });

    it('is not announced once it is deleted', async () => {
      const { id } = await newKey({ expiresInSeconds: DAY_SECONDS });
      await server.call('DELETE', `/api/v1/api-keys/${id}`, { token: user.token });
      await wait(2);
      expect(await server.keepHouse('key_expiry', 'dryRun')).toMatchObject({ counts: {} });
      await server.keepHouse('key_expiry');
      expect(await told(id)).toEqual([]);
    });

    it('is counted and named by a dry run, which notifies nobody', async () => {
      const { id } = await newKey({ expiresInSeconds: DAY_SECONDS });
      await wait(2);
      const { runs } = await server.dataSource.getRepository(JobState).findOneByOrFail({ name: 'key_expiry' });
      const foreseen = await server.keepHouse('key_expiry', 'dryRun');
      expect(foreseen).toMatchObject({ counts: { expired: 1 }, examples: { expired: [id] } });
      expect(await told(id)).toEqual([]);
      expect(await server.keepHouse('key_expiry')).toMatchObject({ counts: { expired: 1 } });
      const state = await server.dataSource.getRepository(JobState).findOneByOrFail({ name: 'key_expiry' });
      expect(state.runs).toBe(runs + 1);
    });
  });

  describe('an unused key', () => {
    const idle = { idleAfterDays: 30, disableAfterDays: 40, deleteAfterDays: 60 };

    it('is announced, disabled and deleted, with the days of its policy in between', async () => {
      expect((await patch(POLICY, idle)).body).toEqual(idle);
      const { id, fullKey } = await newKey();
      const used = await newKey();
      const actions: unknown[] = [];
      // It was idle for long when it is found: the other steps wait all the same.
      for (const days of [29, 71, 9, 2, 19, 2]) {
        await wait(days);
        expect(await check(used.fullKey)).toBe(204);
        await server.flushed();
        await server.keepHouse('idle_keys');
        await server.keepHouse('idle_keys');
        actions.push((await eventsOf(id)).map(({ action }) => action.slice(8)).slice(1));
      }
      expect(actions).toEqual([
        [],
        ['idle'],
        ['idle'],
        ['idle', 'updated'],
        ['idle', 'updated'],
        ['idle', 'updated', 'deleted'],
      ]);
      expect([await check(fullKey), await told(used.id)]).toEqual([401, []]);
      expect((await eventsOf(id)).at(-1)).toMatchObject({ actorKind: 'system', details: { reason: 'idle' } });
    });

    it('starts over when it is used or changed', async () => {
      await patch(POLICY, idle);
      const [used, changed] = [await newKey(), await newKey()];
      await wait(31);
      await server.keepHouse('idle_keys');
      expect(await check(used.fullKey)).toBe(204);
      await patch(`/api/v1/api-keys/${changed.id}`, { description: 'Still wanted' });
      await server.flushed();
      await wait(20);
      await server.keepHouse('idle_keys');
      expect([await check(used.fullKey), await check(changed.fullKey)]).toEqual([204, 204]);
      expect([await told(used.id), await told(changed.id)]).toEqual([['api_key.idle'], ['api_key.idle']]);
      await wait(31);
      await server.keepHouse('idle_keys');
      expect(await told(changed.id)).toEqual(['api_key.idle', 'api_key.idle']);
    });

    it('is only announced by default, and not even that where it is switched off', async () => {
      expect((await server.call('GET', POLICY, { token: user.token })).body).toEqual({
        idleAfterDays: 90,
        disableAfterDays: 0,
        deleteAfterDays: 0,
      });
      const { id, fullKey } = await newKey();
      const silent = await server.newMerchant();
      const json = { description: 'A key' };
      const other = (await server.call('POST', '/api/v1/api-keys', { token: silent.token, json })).body;
      await server.call('PATCH', POLICY, { token: silent.token, json: { idleAfterDays: 0 } });
      await wait(91);
      expect((await server.keepHouse('idle_keys', 'dryRun'))?.examples.told).toContain(id);
      await server.keepHouse('idle_keys');
      await wait(400);
      await server.keepHouse('idle_keys');
      expect([await check(fullKey), await told(id)]).toEqual([204, ['api_key.idle']]);
      expect(await told(other.id)).toEqual([]);
    });

    it.each([
      { disableAfterDays: 90 },
      { idleAfterDays: 0, deleteAfterDays: 10 },
      { disableAfterDays: 200, deleteAfterDays: 150 },
      { idleAfterDays: -1 },
      { idleAfterDays: 1.5 },
      { idleAfterDays: '30' },
      { deleteAfterDays: 3651 },
    ])('refuses the policy %j', async (json) => {
      const { status, body } = await patch(POLICY, json);
      expect([status, body.details?.length]).toEqual([400, 1]);
    });

    it("follows its merchant's policy step by step, whatever the server's policy has become", async () => {
      // The policy was set while the server announced keys after 30 days.
      await server.dataSource.getRepository(Merchant).update(user.merchantId, { idleDisableAfterDays: 40 });
      const { body } = await server.call('GET', POLICY, { token: user.token });
      expect(body).toEqual({ idleAfterDays: 90, disableAfterDays: 0, deleteAfterDays: 0 });
      expect((await patch(POLICY, { deleteAfterDays: 100 })).status).toBe(400);
      const { id, fullKey } = await newKey();
      await wait(91);
      for (let run = 0; run < 2; run += 1) await server.keepHouse('idle_keys');
      expect([await told(id), await check(fullKey)]).toEqual([['api_key.idle'], 204]);
    });

    it("follows the server's policy again once its merchant withdraws its own", async () => {
      await patch(POLICY, idle);
      const back = { idleAfterDays: null, disableAfterDays: null, deleteAfterDays: null };
      expect((await patch(POLICY, back)).body).toMatchObject({ idleAfterDays: 90, disableAfterDays: 0 });
    });
  });

  it('deletes tombstones and counts when their time is over, and not before', async () => {
    const [gone, kept] = [await newKey(), await newKey()];
    await check(kept.fullKey);
    await server.call('DELETE', `/api/v1/api-keys/${gone.id}`, { token: user.token });
    await server.flushed();
    const counts = async () => [
      await server.dataSource.getRepository(ApiKey).countBy({ id: In([gone.id, kept.id]) }),
      await server.dataSource.getRepository(KeyUsage).countBy({ keyId: kept.id }),
    ];
    const run = async () => [await server.keepHouse('deleted_keys'), await server.keepHouse('usage')];
    await wait(364);
    await run();
    expect(await counts()).toEqual([2, 1]);
    await wait(2);
    expect((await server.keepHouse('deleted_keys', 'dryRun'))?.examples.forgotten).toContain(gone.id);
    await run();
    expect(await counts()).toEqual([1, 1]);
    await wait(40);
    await run();
    expect(await counts()).toEqual([1, 0]);
    expect((await eventsOf(gone.id)).map(({ action }) => action)).toContain('api_key.deleted');
  });

  it('deletes expired services and links, and frees the addresses of expired invitations', async () => {
    await server.call('POST', '/api/clients/generate-service-id', { token: user.token });
    const invite = (email: string) =>
      server.call('POST', '/api/v1/members', { token: user.token, json: { email, role: 'readOnly' } });
    const email = `late-${user.clientId}@shop.example`;
    const { body } = await invite(email);
    const left = async () => [
      await server.dataSource.getRepository(Service).countBy({ merchantId: user.merchantId }),
      await server.dataSource.getRepository(OneTimeLink).countBy({ purpose: 'member_signup' }),
    ];
    const [services, links = 0] = await left();
    expect([services, links > 0]).toEqual([1, true]);
    await wait(36);
    await server.keepHouse('invitations');
    expect((await left())[1]).toBe(links);
    expect((await invite(email)).status).toBe(409);
    await wait(2);
    await server.keepHouse('expired_services');
    await server.keepHouse('invitations');
    expect(await left()).toEqual([0, 0]);
    const account = await server.dataSource.getRepository(Account).findOneByOrFail({ uuid: body.id });
    expect(account.deletedAt).not.toBeNull();
    expect((await invite(email)).status).toBe(201);
  });

  it('deletes links that have no account, and accounts whose links a restore has taken away', async () => {
    const links = server.dataSource.getRepository(OneTimeLink);
    const email = `nobody-${user.clientId}@person.example`;
    await server.call('POST', '/signup', { json: { email, language: 'en' } });
    await server.call('POST', '/recover', { json: { email } });
    const json = { email: `lost-${user.clientId}@shop.example`, role: 'readOnly' };
    const { body } = await server.call('POST', '/api/v1/members', { token: user.token, json });
    const invited = await server.dataSource.getRepository(Account).findOneByOrFail({ uuid: body.id });
    expect([invited.emailKey, await links.countBy({ email })]).toEqual([null, 2]);
    await links.delete({ accountId: invited.id });
    const left = async () => [
      await links.countBy({ email }),
      await server.dataSource.getRepository(Account).countBy({ uuid: body.id, deletedAt: IsNull() }),
    ];
    await wait(29);
    await server.keepHouse('invitations');
    expect(await left()).toEqual([2, 1]);
    await wait(9);
    await server.keepHouse('invitations');
    expect(await left()).toEqual([0, 0]);
  });

  it('leaves a member who has logged in, whatever became of the account since', async () => {
    const signup = { email: `old-${user.clientId}@person.example`, language: 'en', unittest: true };
    const { confirmation } = (await server.call('POST', '/signup', { json: signup })).body;
    const confirmed = await server.call('POST', `/confirm/signup/${confirmation}`, { json: { consent: 1 } });
    const { token } = confirmed.body;
    await server.call('PATCH', '/account/jwt', { token, json: { consent: 0 } });
    const { id, uuid } = await server.dataSource
      .getRepository(Account)
      .findOneByOrFail({ id: confirmed.body.account.id });
    const path = `/api/v1/members/${uuid}`;
    const change = (status: string) => server.call('PATCH', path, { token: server.admin.token, json: { status } });
    expect((await change('disabled')).status).toBe(200);
    expect((await change('active')).body.status).toBe('active');
    await wait(40);
    await server.keepHouse('invitations');
    expect((await server.dataSource.getRepository(Account).findOneByOrFail({ id })).deletedAt).toBeNull();
  });

  it('deletes key changes that every instance has applied, and instances that have ended', async () => {
    const changes = server.dataSource.getRepository(KeyChange);
    const instances = server.dataSource.getRepository(Instance);
    const hourAgo = Date.now() - 3_700_000;
    await instances.insert({ id: 'gone', leaseUntil: hourAgo, appliedRevision: 1 });
    await changes.insert({ revision: -1, kind: 'key', subject: 'nobody', createdAtMs: hourAgo });
    const others = (await changes.count()) - 1;
    expect(await server.keepHouse('key_changes')).toMatchObject({
      counts: { forgotten_changes: 1, forgotten_instances: 1 },
    });
    expect([await changes.count(), await instances.count()]).toEqual([others, 1]);
  });

  it('keeps key changes that wait for the revocation journal', async () => {
    const changes = server.dataSource.getRepository(KeyChange);
    const hourAgo = Date.now() - 3_700_000;
    const waiting = { kind: 'key', subject: 'nobody', createdAtMs: hourAgo, revocation: '{}' } as const;
    await changes.insert([-3, -2, -1].map((revision) => ({ ...waiting, revision })));
    expect(await server.keepHouse('key_changes')).toMatchObject({ counts: {} });
    const journalled = new WaitingRows(server.dataSource.manager);
    journalled.add(-3, -3);
    journalled.add(-1, -1);
    await journalled.clear();
    expect(await server.keepHouse('key_changes')).toMatchObject({ counts: { forgotten_changes: 2 } });
    await changes.update({ revision: -2 }, { revocation: null });
    expect(await server.keepHouse('key_changes')).toMatchObject({ counts: { forgotten_changes: 1 } });
  });
});
