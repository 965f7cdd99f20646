/**
 * Guarantees for members who are disabled or removed: what happens to the keys they created and to those they are responsible for, shown
 * before and audited after.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Account } from '../../../src/accounts/account.entity.js';
import { ApiKey } from '../../../src/api-keys/api-key.entity.js';
import { Transactions } from '../../../src/platform/database/transactions/transactions.js';
import type { Answer } from '../../support/http.js';
import { TestServer, type Pair, type PersonalKey, type User } from '../../support/server.js';
import { holdRow } from '../../../src/platform/database/row-locks.js';

describe('merchants surface: members who leave', () => {
  let server: TestServer;
  let owner: User;
  let application: string;
  let member: User;
  let fullKey: { id: string; fullKey: string };
  let pair: Pair;
  let personal: PersonalKey;
  beforeAll(async () => {
    server = await TestServer.start();
    owner = await server.newMerchant();
    application = await server.newApplication(owner);
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    member = await server.newMember(owner, 'user');
    fullKey = await server.newFullKey(member, application);
    pair = await server.newPair(member);
    personal = await server.newPersonalKey(member, 2);
  });

  const DISABLED = { status: 'disabled' };
  const change = (query: string, json: object = DISABLED, { token } = owner): Promise<Answer> =>
    server.call('PATCH', `/api/v1/members/${member.uuid}${query}`, { token, json });
  const remove = (query: string): Promise<Answer> =>
    server.call('DELETE', `/api/v1/members/${member.uuid}${query}`, { token: owner.token });
  const statuses = async (): Promise<number[]> => {
    const credentials = [
      { token: fullKey.fullKey },
      { basic: `${pair.apikey}:${pair.apisecret}` },
      { basic: personal.basic },
    ];
    const answers = credentials.map((credential) => server.call('GET', '/api/v1/keys/check', credential));
    return (await Promise.all(answers)).map(({ status }) => status);
  };
  const keyRow = (id: string) => server.dataSource.manager.findOneByOrFail(ApiKey, { id });
  const copy = async (count: number, values: Partial<ApiKey>): Promise<void> => {
    const row = await keyRow(fullKey.id);
    const rows = Array.from({ length: count }, (_, index) => ({
      ...row,
      ...values,
      id: randomUUID(),
      publicId: `ks_live_of_many_${index}_${row.publicId.slice(-8)}`,
    }));
    for (let from = 0; from < count; from += 100)
      await server.dataSource.manager.insert(ApiKey, rows.slice(from, from + 100));
  };
  const eventsAbout = async (id: string): Promise<Record<string, unknown>[]> =>
    (await server.call('GET', `/api/v1/audit-events?targetId=${id}&limit=100`, { token: owner.token })).body.items;
  const named = async (id: string, action: string) =>
    (await eventsAbout(id)).filter((event) => event.action === action);

  it.each([
    ['disabled', (query: string) => change(query)],
    ['removed', remove],
  ])(
    'are previewed, before they are %s, with the keys they created and what ends, and nothing changes',
    async (_, leave) => {
      await server.call('GET', '/api/v1/keys/check', { token: fullKey.fullKey });
      const { status, body } = await leave('?dryRun=true&keys=suspend');
      expect(status).toBe(200);
      expect(body).toEqual({
        keys: [
          {
            id: fullKey.id,
            keyPrefix: fullKey.fullKey.slice(0, 12),
            description: 'A key',
            surface: 'merchants',
            applicationId: application,
            isEnabled: true,
            createdAt: expect.stringMatching(/Z$/),
            lastUsedAt: expect.stringMatching(/Z$/),
          },
          expect.objectContaining({
            id: pair.id,
            keyPrefix: pair.apikey.slice(0, 12),
            surface: 'clients',
            lastUsedAt: null,
          }),
        ],
        totalKeys: 2,
        responsibleFor: [],
        totalResponsibleFor: 0,
        personalKeysEnding: 1,
      });
      expect(await statuses()).toEqual([204, 204, 204]);
      expect(await named(member.uuid, 'account.offboarded')).toEqual([]);
    },
  );

  it.each([
    [{ role: 'readOnly' }, 0],
    [{ role: 'readSome' }, 1],
    [{ status: 'active' }, 0],
    [{ role: 'readSome', status: 'disabled' }, 1],
  ])('lose by %j as many personal keys as the dry run says: %i', async (json, ending) => {
    expect((await change('?dryRun=true', json)).body.personalKeysEnding).toBe(ending);
    expect((await change('', json)).status).toBe(200);
    expect((await statuses())[2]).toBe(ending ? 401 : 204);
  });

  it('leave the merchant its keys, unless the request says otherwise', async () => {
    const { status, body } = await change('?dryRun=false&keys=keep');
    expect([status, body.id, body.status]).toEqual([200, member.uuid, 'disabled']);
    expect(await statuses()).toEqual([204, 204, 401]);
    expect((await remove('')).status).toBe(204);
    expect(await statuses()).toEqual([204, 204, 401]);
    expect(await named(member.uuid, 'account.offboarded')).toEqual([]);
  });

  it.each([
    ['disabled', 200, (query: string) => change(query)],
    ['removed', 204, remove],
  ])('have the keys they created suspended when they are %s, at once and audited', async (_, expected, leave) => {
    const others = await server.newFullKey(owner, application);
    expect((await leave('?keys=suspend')).status).toBe(expected);
    expect(await statuses()).toEqual([401, 401, 401]);
    expect((await server.call('GET', '/api/v1/keys/check', { token: others.fullKey })).status).toBe(204);
    expect(await named(fullKey.id, 'api_key.updated')).toHaveLength(1);
    expect(await named(member.uuid, 'account.offboarded')).toEqual([
      expect.objectContaining({ details: { keys: 'suspend', responsibleId: null } }),
    ]);
    const path = `/api/v1/applications/${application}/api-keys/${fullKey.id}`;
    await server.call('PATCH', path, { token: owner.token, json: { isEnabled: true } });
    expect((await statuses())[0]).toBe(204);
  });

  it('hand over responsibility in the same call, and remain the creators', async () => {
    const successor = await server.newMember(owner, 'readOnly');
    expect((await remove(`?keys=suspend&responsibleId=${successor.uuid}`)).status).toBe(204);
    for (const id of [fullKey.id, pair.id]) {
      expect(await keyRow(id)).toMatchObject({
        accountId: member.accountId,
        responsibleAccountId: successor.accountId,
        isActive: false,
      });
    }
    expect(await named(member.uuid, 'account.offboarded')).toEqual([
      expect.objectContaining({ details: { keys: 'suspend', responsibleId: successor.uuid } }),
    ]);
  });

  it('are followed by the responsible member in every view of a key', async () => {
    const successor = await server.newMember(owner, 'readOnly');
    const others = await server.newFullKey(owner, application);
    await remove(`?responsibleId=${successor.uuid}`);
    const { token } = owner;
    const expected = [
      [fullKey.id, successor.uuid],
      [others.id, null],
    ];
    interface View {
      id: string;
      responsibleId: string | null;
    }
    const newest = 'sort=-createdAt&limit=100';
    const lists = ['/api/v1/api-keys', `/api/v1/applications/${application}/api-keys`];
    for (const path of lists.flatMap((list) => [`${list}?${newest}`, `${list}?cursor=&${newest}`])) {
      const { body } = await server.call('GET', path, { token });
      const shown = (body.items as View[]).map(({ id, responsibleId }) => [id, responsibleId]);
      expect(shown).toEqual(expect.arrayContaining(expected));
    }
    const { text } = await server.call('GET', '/api/v1/api-keys/export', { token });
    const lines = text.trim().split('\n');
    const written = lines.map((line) => JSON.parse(line) as View).map(({ id, responsibleId }) => [id, responsibleId]);
    expect(written).toEqual(expect.arrayContaining([...expected, [pair.id, successor.uuid]]));
    for (const [id, uuid] of expected) {
      for (const path of [`/api/v1/api-keys/${id}`, `/api/v1/applications/${application}/api-keys/${id}`])
        expect((await server.call('GET', path, { token })).body.responsibleId).toBe(uuid);
    }
    const json = { description: 'The same' };
    expect((await server.call('PATCH', `/api/v1/api-keys/${fullKey.id}`, { token, json })).body.responsibleId).toBe(
      successor.uuid,
    );
  });

  it('cannot hand over to an unknown, foreign, disabled or leaving member', async () => {
    const disabled = await server.newMember(owner, 'user');
    await server.call('PATCH', `/api/v1/members/${disabled.uuid}`, { token: owner.token, json: DISABLED });
    const wrong = [randomUUID(), (await server.newMerchant()).uuid, disabled.uuid, member.uuid, 'nobody'];
    for (const id of wrong) {
      for (const query of [`?responsibleId=${id}`, `?dryRun=true&responsibleId=${id}`]) {
        for (const { status, body } of [await change(query), await remove(query)]) {
          expect([status, body.details]).toEqual([400, [{ field: 'responsibleId', message: expect.any(String) }]]);
        }
      }
    }
    expect(await statuses()).toEqual([204, 204, 204]);
  });

  describe('who are responsible for keys of others', () => {
    let successor: User;
    let own: { id: string; fullKey: string };
    beforeEach(async () => {
      successor = await server.newMember(owner, 'user');
      own = await server.newFullKey(successor, application);
      expect((await change(`?responsibleId=${successor.uuid}`)).status).toBe(200);
    });

    const path = () => `/api/v1/members/${successor.uuid}`;
    const removeSuccessor = (query: string) => server.call('DELETE', path() + query, { token: owner.token });
    const leave = {
      disabled: (query: string) => server.call('PATCH', path() + query, { token: owner.token, json: DISABLED }),
      removed: removeSuccessor,
    };
    const idsOf = (keys: { id: string }[]) => keys.map(({ id }) => id);
    const responsibles = () =>
      Promise.all([fullKey, pair, own].map(async ({ id }) => (await keyRow(id)).responsibleAccountId));

    it.each(['disabled', 'removed'] as const)(
      'are previewed with these before they are %s, apart from their own, without deleted and foreign ones',
      async (how) => {
        const unconcerned = await server.newFullKey(owner, application);
        await server.call('DELETE', `/api/v1/api-keys/${fullKey.id}`, { token: owner.token });
        const { body } = await leave[how]('?dryRun=true');
        expect([idsOf(body.keys), body.totalKeys]).toEqual([[own.id], 1]);
        expect([idsOf(body.responsibleFor), body.totalResponsibleFor]).toEqual([[pair.id], 1]);
        expect(JSON.stringify(body)).not.toContain(unconcerned.id);
      },
    );

    it.each(['disabled', 'removed'] as const)('hand these over as well when they are %s, audited', async (how) => {
      const next = await server.newMember(owner, 'readOnly');
      expect((await leave[how](`?responsibleId=${next.uuid}`)).status).toBeLessThan(300);
      expect(await responsibles()).toEqual([next.accountId, next.accountId, next.accountId]);
      expect(await named(fullKey.id, 'api_key.updated')).toHaveLength(2);
      expect((await named(fullKey.id, 'api_key.updated'))[0]).toMatchObject({
        details: { changes: { responsibleAccountId: { from: successor.accountId, to: next.accountId } } },
      });
      expect(await named(successor.uuid, 'account.offboarded')).toEqual([
        expect.objectContaining({ details: { keys: 'keep', responsibleId: next.uuid } }),
      ]);
      const { body } = await server.call('DELETE', `/api/v1/members/${next.uuid}?dryRun=true`, { token: owner.token });
      expect([body.totalKeys, body.totalResponsibleFor]).toEqual([0, 3]);
    });

    it('hand them back to their creator, who is then responsible as such', async () => {
      await change('', { status: 'active' });
      expect((await removeSuccessor(`?responsibleId=${member.uuid}`)).status).toBe(204);
      expect(await responsibles()).toEqual([null, null, member.accountId]);
      const { body } = await remove('?dryRun=true');
      expect([idsOf(body.keys), idsOf(body.responsibleFor)]).toEqual([[fullKey.id, pair.id], [own.id]]);
    });

    it('have only the keys they created themselves suspended', async () => {
      expect((await removeSuccessor('?keys=suspend')).status).toBe(204);
      expect((await keyRow(own.id)).isActive).toBe(false);
      expect((await statuses()).slice(0, 2)).toEqual([204, 204]);
    });

    it('remain noted without a successor, and the record of their removal names the keys', async () => {
      expect((await leave.disabled('')).status).toBe(200);
      expect((await leave.disabled('?dryRun=true')).body.totalResponsibleFor).toBe(2);
      expect((await removeSuccessor('')).status).toBe(204);
      expect(await responsibles()).toEqual([successor.accountId, successor.accountId, null]);
      expect(await named(successor.uuid, 'account.offboarded')).toEqual([
        expect.objectContaining({
          details: {
            keys: 'keep',
            responsibleId: null,
            totalResponsibleFor: 2,
            responsibleFor: [fullKey.id, pair.id],
          },
        }),
      ]);
      const { body } = await server.call('GET', `/api/v1/api-keys/${fullKey.id}`, { token: owner.token });
      expect(body.responsibleId).toBe(successor.uuid);
    });

    it("cannot hand over to another merchant's member, not even by level 8", async () => {
      const stranger = await server.newMerchant();
      const { token } = server.admin;
      for (const query of [`?responsibleId=${stranger.uuid}`, `?dryRun=true&responsibleId=${stranger.uuid}`])
        for (const caller of [owner.token, token]) {
          const { status, body } = await server.call('DELETE', path() + query, { token: caller });
          expect([status, body.details]).toEqual([400, [{ field: 'responsibleId', message: expect.any(String) }]]);
        }
      expect(await responsibles()).toEqual([successor.accountId, successor.accountId, null]);
    });

    it('may be responsible for more keys than are shown, or changed in one batch', async () => {
      await copy(620, { responsibleAccountId: successor.accountId });
      const { body } = await removeSuccessor('?dryRun=true');
      expect([body.responsibleFor.length, body.totalResponsibleFor]).toEqual([100, 622]);
      const next = await server.newMember(owner, 'readOnly');
      expect((await removeSuccessor(`?responsibleId=${next.uuid}`)).status).toBe(204);
      const by = ({ accountId: responsibleAccountId }: User) =>
        server.dataSource.manager.countBy(ApiKey, { responsibleAccountId });
      expect([await by(successor), await by(next)]).toEqual([0, 623]);
    });
  });

  it.each(['dryRun=maybe', 'dryRun=', 'keys=delete'])('are not changed by the query %s', async (query) => {
    for (const { status, body } of [await change(`?${query}`), await remove(`?${query}`)]) {
      expect([status, body.details[0].field]).toEqual([400, query.split('=')[0]]);
    }
    expect(await statuses()).toEqual([204, 204, 204]);
  });

  it('are not shown or changed to a caller who may not, dry run or not', async () => {
    const stranger = await server.newMerchant();
    for (const query of ['?dryRun=true', '?keys=suspend']) {
      expect((await change(query, DISABLED, stranger)).status).toBe(403);
      expect((await change(query, DISABLED, await server.newMember(owner, 'writeSome'))).status).toBe(403);
    }
    const alone = await server.newMerchant();
    const path = `/api/v1/members/${alone.uuid}?dryRun=true`;
    expect((await server.call('DELETE', path, { token: alone.token })).status).toBe(409);
    expect(await statuses()).toEqual([204, 204, 204]);
  });

  it('have a key suspended as well that was being created when they were removed', async () => {
    const row = await keyRow(fullKey.id);
    const late = { ...row, id: randomUUID(), publicId: `ks_live_late_${row.publicId.slice(-8)}` };
    let leaving: Promise<Answer> | undefined;
    // As the creation of a key does.
    await server.app.get(Transactions).run(async ({ manager }) => {
      await holdRow(manager, Account, member.accountId);
      leaving = remove('?keys=suspend');
      await sleep(300);
      await manager.insert(ApiKey, late);
    });
    expect((await leaving)?.status).toBe(204);
    expect((await keyRow(late.id)).isActive).toBe(false);
  });

  it('may have created more keys than are shown, or changed in one batch', async () => {
    await copy(1100, {});
    const { body } = await remove('?dryRun=true');
    expect([body.keys.length, body.totalKeys]).toEqual([100, 1102]);
    expect((await remove('?keys=suspend')).status).toBe(204);
    const orphaned = { accountId: member.accountId, isActive: true };
    expect(await server.dataSource.manager.countBy(ApiKey, orphaned)).toBe(0);
  });
});
