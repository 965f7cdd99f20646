/**
 * Guarantees of the audit trail: any change, removal or insertion of a record is found by its hash chain; what is refused is recorded,
 * within a limit; records are complete, exportable, and placed without gaps.
 */

import { randomUUID } from 'node:crypto';
import { Merchant } from '../../../src/accounts/merchant.entity.js';
import { AuditChain, AuditEvent } from '../../../src/audit/audit-event.entity.js';
import { hashRecord } from '../../../src/audit/record.js';
import { TABLES } from '../../../src/entities.js';
import { createDataSource } from '../../../src/platform/database/data-source.js';
import type { AuditTrailEntry } from '../../../src/platform/events/audit-trail-entry.js';
import { SEALED } from '../../../src/platform/events/listening.js';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { In } from 'typeorm';
import { hashOfEvent } from '../../support/audit-trail.js';
import { runCommand } from '../../support/command.js';
import { PASSWORD, TestServer, type User } from '../../support/server.js';

/** An endpoint's URL as the trail shows it. */
const PLACE = /^http:\/\/127\.0\.0\.1:9\/…[\da-f]{8}$/;

describe('audit trail', () => {
  let server: TestServer;
  let user: User;
  let other: TestServer | undefined;
  beforeAll(async () => {
    server = await TestServer.start({ TRUSTED_PROXIES: '127.0.0.1' });
    user = await server.newMerchant();
    for (let count = 0; count < 8; count += 1) await server.newApplication(user);
    await server.sealed();
  });
  afterAll(async () => {
    await other?.close();
    await server.stop();
  });

  const events = () => server.dataSource.getRepository(AuditEvent);
  const chains = () => server.dataSource.getRepository(AuditChain);
  const chainOf = (merchantId: string) => events().find({ where: { merchantId }, order: { sequence: 'ASC' } });
  /** Records that are not sealed yet. */
  const addUnsealed = async (merchantId: string, count: number) => {
    const [first] = await chainOf(merchantId);
    const row = { ...first, action: 'link.issued', sequence: null, hash: null, previousHash: null };
    for (let left = count; left > 0; left -= 500)
      await events().insert(Array.from({ length: Math.min(500, left) }, () => ({ ...row, id: randomUUID() })));
  };
  /** Takes away all that is known of a merchant's chain; what this returns brings it back. */
  const removeAllOf = async (merchantId: string): Promise<() => Promise<void>> => {
    await server.sealed();
    const all = await chainOf(merchantId);
    const end = await chains().findOneByOrFail({ merchantId });
    const remove = async () => {
      await events().delete({ merchantId });
      await chains().delete({ merchantId });
    };
    await remove();
    return async () => {
      await remove();
      await events().insert(all);
      await chains().insert(end);
    };
  };
  const get = async (path: string, { token } = user) => server.call('GET', `/api/v1/audit-events${path}`, { token });
  const linesOf = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  describe('verified', () => {
    let chain: AuditEvent[];
    let head: AuditChain;
    beforeAll(async () => {
      chain = await chainOf(user.merchantId);
      head = await chains().findOneByOrFail({ merchantId: user.merchantId });
    });
    afterEach(async () => {
      await events().delete({ merchantId: user.merchantId });
      await events().insert(chain);
      await chains().save(head);
    });

    const at = (sequence: number): AuditEvent => {
      const event = chain[sequence - 1];
      if (!event) throw new Error(`No record ${sequence}.`);
      return event;
    };
    const change = (sequence: number, values: Partial<AuditEvent>) => events().update({ id: at(sequence).id }, values);
    const lastHash = () => chain.at(-1)?.hash ?? '';
    const verify = async (query = '') => (await get(`/verify${query}`)).body;
    const found = async (query = '') =>
      (await verify(query)).problems.map(
        ({ kind, sequence, eventId }: { kind: string; sequence: number; eventId: string }) => [kind, sequence, eventId],
      );
    const hashed = (event: AuditEvent, values: Partial<AuditEvent>): AuditEvent => {
      const changed = events().create({ ...event, ...values });
      return Object.assign(changed, { hash: hashRecord(changed) });
    };

    it('is valid, and its head is reported', async () => {
      expect(await verify()).toEqual({
        valid: true,
        entries: chain.length,
        unsealed: 0,
        erased: 0,
        head: { sequence: chain.length, hash: lastHash() },
        problems: [],
      });
      expect(await verify(`?head=${chain.length}:${lastHash()}`)).toMatchObject({ valid: true });
      expect(await verify(`?head=3:${at(3).hash}`)).toMatchObject({ valid: true });
    });

    it.each<[string, Partial<AuditEvent>]>([
      ['action', { action: 'application.deleted' }],
      ['kind of actor', { actorKind: 'system' }],
      ['actor', { actorAccountId: 1 }],
      ['key of the actor', { actorKeyId: 'somebody' }],
      ['type of target', { targetType: 'account' }],
      ['target', { targetId: 'something' }],
      ['details', { details: { name: 'Another one' } }],
      ['address', { address: '192.0.2.1' }],
      ['user agent', { userAgent: 'curl' }],
      ['request', { requestId: null }],
      ['time', { createdAt: new Date(0) }],
      ['hash', { hash: 'f'.repeat(64) }],
      ['hash before', { previousHash: 'f'.repeat(64) }],
    ])('reports a record whose %s was changed', async (_, values) => {
      await change(5, values);
      expect(await found()).toEqual([['changed', 5, at(5).id]]);
      expect(await verify()).toMatchObject({ valid: false });
    });

    it.each([
      ['details are no JSON', `UPDATE audit_event SET details = 'x' WHERE id = ?`],
      [
        'time is none',
        ENGINE === 'sqlite'
          ? `UPDATE audit_event SET created_at = 'x' WHERE id = ?`
          : `UPDATE IGNORE audit_event SET created_at = '0000-00-00' WHERE id = ?`,
      ],
    ])('reports a record whose %s any longer, and still lists all records', async (_, statement) => {
      await server.dataSource.query(statement, [at(5).id]);
      expect(await found()).toEqual([['changed', 5, at(5).id]]);
      expect((await get('?limit=100')).body.items).toHaveLength(chain.length);
      // What was written past the server need not be what the document promises.
      server.answers.clear();
      expect(linesOf((await get('/export')).text)).toHaveLength(chain.length);
    });

    it.each([1, 5])('reports record %i when it was changed together with its hash', async (sequence) => {
      await events().save(hashed(at(sequence), { details: { name: 'Another one' } }));
      expect(await found()).toEqual([['changed', sequence, at(sequence).id]]);
    });

    it('reports the last record when it was changed together with its hash', async () => {
      await events().save(hashed(at(chain.length), { details: { name: 'Another one' } }));
      expect(await found()).toEqual([['head', chain.length, at(chain.length).id]]);
    });

    it('reports changed records and the first one after them', async () => {
      const fifth = hashed(at(5), { details: { name: 'Another one' } });
      await events().save([fifth, hashed(at(6), { previousHash: fifth.hash })]);
      expect(await found()).toEqual([['changed', 6, at(6).id]]);
    });

    it.each(['first', 'middle', 'last'])('reports the removed record, the %s one', async (which) => {
      const sequence = { first: 1, middle: 5, last: chain.length }[which] ?? 0;
      await events().delete({ id: at(sequence).id });
      expect(await found()).toEqual([['removed', sequence, null]]);
    });

    it('reports records that were removed together', async () => {
      await events().delete({ id: In([at(4).id, at(5).id, at(6).id]) });
      expect(await verify()).toMatchObject({
        entries: chain.length - 3,
        problems: [{ kind: 'removed', sequence: 4, message: 'Records 4 to 6 were removed.' }],
      });
    });

    it('reports the removed record when those after it were moved up', async () => {
      await events().delete({ id: at(5).id });
      for (const { id, sequence } of chain.slice(5)) await events().update({ id }, { sequence: Number(sequence) - 1 });
      const problems = await found();
      expect(problems.slice(0, 2)).toEqual(
        expect.arrayContaining([
          ['reordered', 5, at(6).id],
          ['removed', 5, null],
        ]),
      );
      expect(problems).toHaveLength(chain.length - 5 + 1);
    });

    it.each<[string, (keyof AuditEvent)[], number, number]>([
      ['their places', ['sequence'], 4, 7],
      ['their places, side by side', ['sequence'], 4, 5],
      ['their places and the hashes before', ['sequence', 'previousHash'], 4, 7],
      ['all but what the chain says of them', ['sequence', 'previousHash', 'hash'], 4, 7],
      ['all but what the chain says of them, side by side', ['sequence', 'previousHash', 'hash'], 4, 5],
    ])('reports two records that exchanged %s', async (_, columns, a, b) => {
      const of = (sequence: number) => Object.fromEntries(columns.map((column) => [column, at(sequence)[column]]));
      await change(a, of(b));
      await change(b, of(a));
      expect(await found()).toEqual([
        ['reordered', a, at(b).id],
        ['reordered', b, at(a).id],
      ]);
    });

    it('reports a record that was moved to the end', async () => {
      await change(5, { sequence: chain.length + 1 });
      expect(await found()).toEqual([['reordered', chain.length + 1, at(5).id]]);
    });

    describe('reports an inserted record', () => {
      const id = randomUUID();
      const stranger = (values: Partial<AuditEvent>) =>
        hashed(at(5), { id, details: { name: 'A stranger' }, ...values });

      it('at the place of another one', async () => {
        await events().insert(stranger({}));
        expect(await found()).toEqual([['inserted', 5, id]]);
      });

      it('at the place of another one, with an invalid hash', async () => {
        await events().insert({ ...stranger({}), hash: 'f'.repeat(64) });
        expect(await found()).toEqual([['inserted', 5, id]]);
      });

      it('before the first one', async () => {
        await events().insert(stranger({ sequence: 0 }));
        expect(await found()).toEqual([['inserted', 0, id]]);
      });

      it('after the last one', async () => {
        await events().insert(stranger({ sequence: chain.length + 1, previousHash: lastHash() }));
        expect(await found()).toEqual([['inserted', chain.length + 1, id]]);
      });

      it.each(['a good hash', 'a bad hash'])('when those after it were moved down, with %s', async (kind) => {
        for (const { id: other, sequence } of chain.slice(4))
          await events().update({ id: other }, { sequence: Number(sequence) + 1 });
        const row = stranger({ previousHash: at(4).hash });
        await events().insert(kind === 'a good hash' ? row : { ...row, hash: 'f'.repeat(64) });
        const problems = await found();
        expect(problems.slice(0, 2)).toEqual([
          ['inserted', 5, id],
          ['reordered', 6, at(5).id],
        ]);
        expect(problems).toHaveLength(chain.length - 4 + 1);
      });
    });

    it.each<[string, () => Partial<AuditChain>, [string, number][]]>([
      ['hash', () => ({ hash: 'f'.repeat(64) }), [['head', 0]]],
      ['place, to a later one', () => ({ sequence: chain.length + 2 }), [['removed', 1]]],
      [
        'place, to an earlier one',
        () => ({ sequence: chain.length - 1 }),
        [
          ['head', -1],
          ['inserted', 0],
        ],
      ],
    ])('reports a changed head: its %s', async (_, values, expected) => {
      await chains().update({ merchantId: user.merchantId }, values());
      const problems = await found();
      expect(problems.map(([kind, sequence]: [string, number]) => [kind, sequence - chain.length])).toEqual(expected);
    });

    it('reports a removed head', async () => {
      await chains().delete({ merchantId: user.merchantId });
      expect(await found()).toEqual([['head', chain.length, null]]);
    });

    it('detects by a kept head that the chain was rewritten', async () => {
      let previousHash = at(4).hash;
      for (const event of chain.slice(4)) {
        const anew = hashed(event, { previousHash, details: { name: 'Another one' } });
        await events().save(anew);
        previousHash = anew.hash;
      }
      await chains().update({ merchantId: user.merchantId }, { hash: previousHash ?? '' });
      expect(await verify()).toMatchObject({ valid: true });
      expect(await verify(`?head=4:${at(4).hash}`)).toMatchObject({ valid: true });
      expect(await found(`?head=${chain.length}:${lastHash()}`)).toEqual([
        ['rewritten', chain.length, at(chain.length).id],
      ]);
    });

    it('detects by a kept head that the chain was truncated', async () => {
      await events().delete({ id: at(chain.length).id });
      const { hash } = at(chain.length - 1);
      await chains().update({ merchantId: user.merchantId }, { sequence: chain.length - 1, hash: hash ?? '' });
      expect(await verify()).toMatchObject({ valid: true });
      expect(await found(`?head=${chain.length}:${lastHash()}`)).toEqual([['removed', chain.length, null]]);
    });

    it('reports that all records were removed, even of a merchant that has been active since', async () => {
      const robbed = await server.newMerchant();
      const { createdAt } = await server.dataSource.manager.findOneByOrFail(Merchant, { id: robbed.merchantId });
      const problems = async () => (await get('/verify', robbed)).body.problems;
      expect(await problems()).toEqual([]);
      const restore = await removeAllOf(robbed.merchantId);
      const removed = { kind: 'removed', sequence: 1, eventId: null };
      const since = `The merchant has existed since ${createdAt.toISOString()}, but `;
      expect(await problems()).toEqual([{ ...removed, message: `${since}it has no records.` }]);
      await server.newApplication(robbed);
      await server.sealed();
      const message = `${since}the record of its creation was removed.`;
      expect(await problems()).toEqual([{ ...removed, message }]);
      await restore();
      expect(await problems()).toEqual([]);
    });

    it('stops after a hundred findings', async () => {
      const many = await server.newMerchant();
      await addUnsealed(many.merchantId, 120);
      await server.sealed();
      await events().update({ merchantId: many.merchantId }, { userAgent: 'curl' });
      expect((await get('/verify', many)).body.problems).toHaveLength(100);
      await events().update({ merchantId: many.merchantId }, { userAgent: null });
      expect((await get('/verify', many)).body).toMatchObject({ valid: true });
    });

    describe('by the command', () => {
      const run = async (...args: string[]) => {
        const { stdout, ...result } = await runCommand('.', ['audit', 'verify', ...args], {
          DATABASE_URL: server.databaseUrl,
        });
        return { ...result, lines: stdout.trimEnd().split('\n') };
      };
      const mine = (lines: string[]) => lines.filter((line) => line.includes(user.merchantId));

      it('is valid for all merchants', async () => {
        const { code, lines } = await run('--head', `${user.merchantId}=${chain.length}:${lastHash()}`);
        expect(lines.filter((line) => !line.startsWith('valid'))).toEqual([]);
        expect(mine(lines)).toEqual([expect.stringContaining(`${chain.length} records, 0 not sealed yet, head`)]);
        expect(code).toBe(0);
      });

      it('reports what is wrong, with an exit code for scripts', async () => {
        await change(5, { address: null });
        const { merchantId } = await server.newMerchant();
        const restore = await removeAllOf(merchantId);
        const kept = `${randomUUID()}=1:${lastHash()}`;
        const { code, lines } = await run('--head', kept);
        expect(mine(lines)).toEqual([expect.stringMatching(/^BROKEN/)]);
        expect(lines).toContain(`  changed: Record 5 was changed. (${at(5).id})`);
        const broken = lines.findIndex((line) => line.startsWith(`BROKEN  ${merchantId}  0 records`));
        expect(lines[broken + 1]).toMatch(/^ {2}removed: The merchant has existed since .*, but it has no records\.$/);
        await restore();
        expect(lines).toContain(
          '  removed: The chain ends at record 0, but the head that was stored elsewhere is record 1.',
        );
        expect(code).toBe(1);
      });

      it('refuses a malformed head', async () => {
        expect(await run('--head', 'mine')).toMatchObject({
          code: 2,
          stderr: '"mine" is not a head. A head is <merchant id>=<sequence>:<hash>.\n',
        });
      });
    });

    it.each(['1', '0:' + 'f'.repeat(64), `1:${'F'.repeat(64)}`, `1:${'f'.repeat(63)}`, '', 'x:y'])(
      'refuses %s as a kept head',
      async (kept) => {
        const { status, body } = await get(`/verify?head=${kept}`);
        expect([status, body.details]).toEqual([400, [{ field: 'head', message: expect.any(String) }]]);
      },
    );

    it("lets only level 8 see another merchant's", async () => {
      const stranger = await server.newMerchant();
      expect((await get(`/verify?merchantId=${user.merchantId}`, stranger)).status).toBe(403);
      expect((await get(`/export?merchantId=${user.merchantId}`, stranger)).status).toBe(403);
      const { body } = await get(`/verify?merchantId=${user.merchantId}`, server.admin);
      expect(body).toMatchObject({ valid: true, entries: chain.length });
    });
  });

  describe('before and after', () => {
    const call = async (method: string, path: string, json?: object) =>
      (await server.call(method, `/api/v1${path}`, { token: user.token, json })).body;
    const changesOf = async (targetId: string, action: string) => {
      const { items } = await call('GET', `/audit-events?targetId=${targetId}&action=${action}&limit=1`);
      return items[0].details.changes;
    };

    it('of a key', async () => {
      const { id } = await call('POST', '/api-keys', { description: 'One', level: 2, scopes: ['a:b', 'c:d'] });
      const end = '2099-01-01T00:00:00.000Z';
      await call('PATCH', `/api-keys/${id}`, { description: 'Two', level: 2, scopes: ['a:b'], expiresAt: end });
      expect(await changesOf(id, 'api_key.updated')).toEqual({
        name: { from: 'One', to: 'Two' },
        scopes: { from: ['a:b', 'c:d'], to: ['a:b'] },
        expiresAt: { from: null, to: end },
      });
      server.clock.advance(1);
      await call('POST', '/api-keys/bulk-disable', { ids: [id], expectedCount: 1 });
      expect(await changesOf(id, 'api_key.updated')).toEqual({ isActive: { from: true, to: false } });
      await call('POST', `/api-keys/${id}/rotate`, {});
      expect(Object.keys(await changesOf(id, 'api_key.rotated'))).toEqual(['publicId']);
    });

    it('of an application', async () => {
      const id = await server.newApplication(user);
      const { name } = await call('GET', `/applications/${id}`);
      await call('PATCH', `/applications/${id}`, { name: 'Renamed', description: 'New' });
      expect(await changesOf(id, 'application.updated')).toEqual({
        name: { from: name, to: 'Renamed' },
        description: { from: null, to: 'New' },
      });
      server.clock.advance(1);
      await call('PATCH', `/applications/${id}/status`, { isEnabled: false });
      expect(await changesOf(id, 'application.updated')).toEqual({ isEnabled: { from: true, to: false } });
    });

    it('of a member and its keys, without the password', async () => {
      const member = await server.newMember(user, 'user');
      const { body } = await server.call('POST', '/api/v1/api-keys', {
        token: member.token,
        json: { description: 'Of the member' },
      });
      await server.call('PATCH', '/account/jwt', {
        token: member.token,
        json: { language: 'de', password: 'another battery horse', currentPassword: PASSWORD },
      });
      expect(await changesOf(member.uuid, 'account.updated')).toEqual({ language: { from: 'en', to: 'de' } });
      server.clock.advance(1);
      const wish = `keys=suspend&responsibleId=${user.uuid}`;
      await call('PATCH', `/members/${member.uuid}?${wish}`, { status: 'disabled' });
      expect(await changesOf(member.uuid, 'account.updated')).toEqual({ status: { from: 1, to: -1 } });
      expect(await changesOf(body.id, 'api_key.updated')).toEqual({
        isActive: { from: true, to: false },
        responsibleAccountId: { from: null, to: user.accountId },
      });
    });

    it('of an endpoint, with a placeholder for its path', async () => {
      const { id } = await call('POST', '/webhooks', { url: 'http://127.0.0.1:9/one', events: ['member.*'] });
      await call('PATCH', `/webhooks/${id}`, { url: 'http://127.0.0.1:9/other', events: ['*'] });
      const { url, ...rest } = await changesOf(id, 'webhook.updated');
      expect(rest).toEqual({ events: { from: ['member.*'], to: ['*'] } });
      expect([url.from, url.to]).toEqual([expect.stringMatching(PLACE), expect.stringMatching(PLACE)]);
      expect(url.from).not.toBe(url.to);
    });

    it('of a policy, and of a notification choice', async () => {
      await call('PATCH', '/merchants/me/exposure-policy', { inQuery: 'off' });
      expect(await changesOf(user.merchantId, 'exposure_policy.updated')).toEqual({
        inQuery: { from: 'notify', to: 'off' },
      });
      await call('PUT', '/members/me/notifications', { events: ['member.joined'] });
      expect(await changesOf(user.uuid, 'account.notifications_changed')).toEqual({
        events: { from: null, to: ['member.joined'] },
      });
    });

    it('of a merchant', async () => {
      const blocked = await server.newMerchant();
      const path = `/api/v1/merchants/${blocked.merchantId}`;
      await server.call('PATCH', path, { token: server.admin.token, json: { status: 'blocked' } });
      const query = `?targetId=${blocked.merchantId}&action=merchant.updated`;
      const { items } = (await get(query, server.admin)).body;
      expect(items[0].details.changes).toEqual({ status: { from: 'active', to: 'blocked' } });
    });
  });

  describe('refused requests', () => {
    const refusalsOf = async (merchantId: string, action: string) => {
      await server.sealed();
      const { body } = await get(`?merchantId=${merchantId}&action=${action}&limit=100`, server.admin);
      return body.items;
    };
    const logIn = async (username: string, password: string) =>
      (await server.call('POST', '/api/v1/auth/login', { json: { username, password } })).status;

    it('of a known caller are recorded with what, by whom and why', async () => {
      const stranger = await server.newMerchant();
      const application = await server.newApplication(user);
      const path = `/api/v1/applications/${application}`;
      expect((await server.call('DELETE', path, { token: stranger.token })).status).toBe(403);
      expect((await server.call('GET', '/api/v1/merchants', { token: stranger.token })).status).toBe(403);
      const deniedRequests = await refusalsOf(stranger.merchantId, 'access.refused');
      expect(deniedRequests).toHaveLength(2);
      const [second, first] = deniedRequests;
      expect(first).toMatchObject({
        actor: { kind: 'account', accountId: stranger.accountId, keyId: null },
        target: { type: 'merchant', id: stranger.merchantId },
        address: '127.0.0.1',
        details: { method: 'DELETE', route: '/api/v1/applications/:id', reason: 'access.other_owner' },
      });
      expect(second.details).toEqual({ method: 'GET', route: '/api/v1/merchants', reason: 'access.level_lacking' });
      expect(await refusalsOf(user.merchantId, 'access.refused')).toEqual([]);
    });

    it('of a blocked account, and of a key, are recorded as well', async () => {
      const owner = await server.newMerchant();
      const member = await server.newMember(owner, 'user');
      const { basic, key } = await server.newPersonalKey(member, 1);
      expect(
        (await server.call('POST', '/apikeys/key', { basic, json: { name: 'x', level: 1, expiresIn: 60 } })).status,
      ).toBe(403);
      await server.call('PATCH', `/api/v1/members/${member.uuid}`, {
        token: owner.token,
        json: { status: 'disabled' },
      });
      expect((await server.call('GET', '/api/v1/applications', { token: member.token })).status).toBe(403);
      const [second, first] = await refusalsOf(owner.merchantId, 'access.refused');
      expect(first.actor).toEqual({
        kind: 'key',
        accountId: member.accountId,
        keyId: key,
        memberId: member.uuid,
        username: member.email,
      });
      expect(second).toMatchObject({
        actor: { kind: 'account', accountId: member.accountId },
        details: { reason: 'access.account_inactive' },
      });
    });

    it('of an unknown caller leave no record', async () => {
      const before = await events().countBy({ action: In(['access.refused', 'account.login_failed']) });
      expect((await server.call('GET', '/api/v1/applications', { token: 'x.y.z' })).status).toBe(401);
      expect(await logIn(`nobody-${randomUUID()}`, 'wrong')).toBe(401);
      await server.sealed();
      expect(await events().countBy({ action: In(['access.refused', 'account.login_failed']) })).toBe(before);
    });

    it('at a login are recorded for the account that was meant', async () => {
      const owner = await server.newMerchant();
      expect(await logIn(owner.email, 'a wrong password')).toBe(401);
      const failures = await refusalsOf(owner.merchantId, 'account.login_failed');
      expect(failures).toMatchObject([
        {
          actor: { kind: 'visitor', accountId: null, keyId: null },
          target: { type: 'account', id: owner.uuid },
          details: { reason: 'login.failed' },
        },
      ]);
      expect(JSON.stringify(failures)).not.toContain('a wrong password');
    });

    it('are recorded when the server stops right after them', async () => {
      const last = await server.newMerchant();
      expect((await server.call('GET', '/api/v1/merchants', { token: last.token })).status).toBe(403);
      await server.close();
      await server.open();
      expect(await events().countBy({ merchantId: last.merchantId, action: 'access.refused' })).toBe(1);
      expect(server.logs.filter((line) => line.includes('wait for the database'))).toEqual([]);
    });

    it('have their place in the trail, like everything written while the server stops', async () => {
      const last = await server.newMerchant();
      const { fullKey } = await server.newFullKey(last, await server.newApplication(last));
      expect((await server.call('GET', '/api/v1/keys/check', { token: fullKey })).status).toBe(204);
      expect((await server.call('GET', '/api/v1/merchants', { token: last.token })).status).toBe(403);
      await server.close();
      const source = await createDataSource(server.databaseUrl, TABLES).initialize();
      const written = await source.getRepository(AuditEvent).findBy({ merchantId: last.merchantId });
      await source.destroy();
      await server.open();
      expect(written.map(({ action }) => action)).toEqual(
        expect.arrayContaining(['access.refused', 'api_key.first_used']),
      );
      expect(written.filter(({ sequence }) => sequence === null)).toEqual([]);
    });

    it('are recorded up to a limit, beyond which their number is recorded', async () => {
      const noisy = await server.newMerchant();
      const refuse = async (times: number) => {
        for (let count = 0; count < times; count += 1)
          expect((await server.call('GET', '/api/v1/merchants', { token: noisy.token })).status).toBe(403);
      };
      server.clock.advance(60);
      await refuse(45);
      expect(await refusalsOf(noisy.merchantId, 'access.refused')).toHaveLength(20);
      server.clock.advance(60);
      await refuse(2);
      const deniedRequests = await refusalsOf(noisy.merchantId, 'access.refused');
      expect(deniedRequests).toHaveLength(22);
      expect(deniedRequests[1].details.suppressed).toBe(25);
      expect(deniedRequests[0].details).not.toHaveProperty('suppressed');
    });
  });

  it('holds the address of a request, or of an untrusted proxy itself', async () => {
    const spellings = {
      '192.0.2.7': '192.0.2.7',
      '::ffff:192.0.2.7': '192.0.2.7',
      '::FFFF:c000:207': '192.0.2.7',
      '2001:DB8:0:0::7': '2001:db8::7',
      ['x'.repeat(100)]: '127.0.0.1',
      [`fe80::1%${'x'.repeat(60)}`]: `fe80::1%${'x'.repeat(37)}`,
    };
    const made = await Promise.all(
      Object.keys(spellings).map((address) =>
        server.call('POST', '/api/v1/applications', {
          token: user.token,
          json: { name: `app ${randomUUID()}` },
          headers: { 'x-forwarded-for': address },
        }),
      ),
    );
    expect(made.map(({ status }) => status)).toEqual(made.map(() => 201));
    const noted = made.map(async ({ body }) => (await get(`?targetId=${body.id}`)).body.items[0].address);
    expect(await Promise.all(noted)).toEqual(Object.values(spellings));
  });

  describe('read', () => {
    it('is divided by cursor as it is in pages', async () => {
      await server.sealed();
      const pages = (await get('?limit=100&targetType=application')).body.items;
      const parts = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const { body } = await get(`?limit=3&targetType=application&cursor=${cursor}`);
        expect(Object.keys(body).sort()).toEqual(['items', 'limit', 'nextCursor']);
        parts.push(...body.items);
        cursor = body.nextCursor;
      }
      expect(parts.length).toBeGreaterThan(7);
      expect(parts).toEqual(pages);
    });

    it('refuses a cursor of another list, and one beside a page', async () => {
      const { nextCursor } = (await get('?limit=1&cursor=')).body;
      for (const query of [`?cursor=${nextCursor}&action=api_key.created`, '?cursor=nonsense', '?cursor=&page=1'])
        expect([query, (await get(query)).status]).toEqual([query, 400]);
      expect((await get(`?cursor=${nextCursor}`)).status).toBe(200);
    });

    it('continues after a part without matches', async () => {
      const reader = await server.newMerchant();
      await addUnsealed(reader.merchantId, 4500);
      const { body } = await get('?action=merchant.created&cursor=', reader);
      expect(body.items).toEqual([]);
      const rest = (await get(`?action=merchant.created&cursor=${body.nextCursor}`, reader)).body;
      expect(rest).toMatchObject({ items: [{ action: 'merchant.created' }], nextCursor: null });
      const all = linesOf((await get('/export?action=merchant.created', reader)).text);
      expect(all).toHaveLength(1);
    });

    it('refuses a time outside the range that every engine stores', async () => {
      for (const query of ['from=9999-12-31T23:59:59-01:00', 'to=0000-01-01T00:00:00%2B01:00'])
        expect((await get(`?${query}`)).status).toBe(400);
      const json = { description: 'A key', expiresAt: '9999-12-31T23:59:59-01:00' };
      expect((await server.call('POST', '/api/v1/api-keys', { token: user.token, json })).status).toBe(400);
    });

    it('is exported completely, one line per event, each with what its hash is made of', async () => {
      const lines = linesOf((await get('/export')).text);
      const { items } = (await get('?limit=100')).body;
      expect(lines).toEqual(items.toReversed());
      for (const line of lines) expect(line.hash).toBe(hashOfEvent(line));
      const other = linesOf((await get('/export?targetType=merchant')).text);
      expect(other.map(({ action }: { action: string }) => action)).toContain('merchant.created');
      expect(new Set(other.map(({ target }: { target: { type: string } }) => target.type))).toEqual(
        new Set(['merchant']),
      );
    });
  });

  describe('sealed', () => {
    it('continues for other merchants when the events of one cannot be passed on', async () => {
      const [stuck, fine] = [await server.newMerchant(), await server.newMerchant()];
      await server.sealed();
      const refuse = (entries: AuditTrailEntry[]): void => {
        if (entries.some(({ merchantId }) => merchantId === stuck.merchantId)) throw new Error('No.');
      };
      const emitter = server.app.get(EventEmitter2).on(SEALED, refuse);
      await Promise.all([server.newApplication(stuck), server.newApplication(fine)]);
      await expect(server.sealed()).rejects.toThrow('No.');
      expect((await get('/verify', fine)).body).toMatchObject({ valid: true, unsealed: 0 });
      expect((await get('/verify', stuck)).body).toMatchObject({ valid: true, unsealed: 1 });
      emitter.off(SEALED, refuse);
      await server.sealed();
      expect((await get('/verify', stuck)).body).toMatchObject({ valid: true, unsealed: 0 });
    });

    it('orders the simultaneous changes of several instances without gaps, and passes each on once', async () => {
      const busy = [await server.newMerchant(), await server.newMerchant()];
      other = await server.another();
      const heard: AuditTrailEntry[] = [];
      const instances = [server, other];
      for (const { app } of instances)
        app.get(EventEmitter2).on(SEALED, (entries: AuditTrailEntry[]) => void heard.push(...entries));
      await Promise.all(
        instances.flatMap((instance) =>
          busy.flatMap((one) => Array.from({ length: 15 }, () => instance.newApplication(one))),
        ),
      );
      // On SQLite, where a statement waits for a lock without letting anybody else in this process go on, one after the other.
      if (ENGINE !== 'sqlite') await Promise.all(instances.map((instance) => instance.sealed()));
      for (const instance of instances) await instance.sealed();
      for (const { merchantId } of busy) {
        const chain = await chainOf(merchantId);
        expect(chain.length).toBeGreaterThanOrEqual(30);
        expect(chain.map(({ sequence }) => sequence)).toEqual(chain.map((_, index) => index + 1));
        expect(await chains().findOneBy({ merchantId })).toMatchObject({
          sequence: chain.length,
          hash: chain.at(-1)?.hash,
        });
        const told = heard.filter((entry) => entry.merchantId === merchantId);
        const created = chain.filter(({ action }) => action === 'application.created');
        for (const { id, sequence, targetId, details, createdAt } of created)
          expect(told.filter((entry) => entry.id === id)).toEqual([
            expect.objectContaining({
              name: 'application.created',
              sequence,
              targetId,
              details,
              occurredAt: createdAt,
            }),
          ]);
      }
      expect((await get('/verify', busy[0])).body).toMatchObject({ valid: true, unsealed: 0, problems: [] });
    });
  });
});
