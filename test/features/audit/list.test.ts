/** Guarantees of `GET /api/v1/audit-events`: who sees which events, and how they are filtered and paged. */

import { randomUUID } from 'node:crypto';
import { ROLE_NAMES } from '../../../src/access/levels.js';
import { TestServer, type User } from '../../support/server.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const HASH = /^[\da-f]{64}$/;
const FORBIDDEN = { error: 'Forbidden', message: "You don't have permission to access this resource", code: 403 };

interface Event {
  id: string;
  action: string;
  actor: { accountId: number };
  target: { type: string; id: string };
  merchantId: string;
  createdAt: string;
}

describe('merchants surface: the list of audit events', () => {
  let server: TestServer;
  let user: User;
  let colleague: User;
  let other: User;
  /** Made by the user; the colleague and the other merchant made one each as well. */
  let applications: string[];
  let othersApplication: string;
  let between: string;
  beforeAll(async () => {
    server = await TestServer.start();
    user = await server.newMerchant();
    colleague = await server.newMember(user, 'user');
    other = await server.newMerchant();
    server.clock.advance(10);
    applications = [await server.newApplication(user), await server.newApplication(user)];
    othersApplication = await server.newApplication(other);
    server.clock.advance(10);
    between = server.clock.now().toISOString();
    server.clock.advance(10);
    applications.push(await server.newApplication(colleague));
    await server.sealed();
  });
  afterAll(() => server.stop());

  const list = ({ token }: User, query = '') => server.call('GET', `/api/v1/audit-events${query}`, { token });

  async function eventsOf(caller: User, query: string): Promise<Event[]> {
    const { status, body } = await list(caller, `?limit=100&${query}`);
    expect([query, status]).toEqual([query, 200]);
    expect(body.totalItems).toBe(body.items.length);
    return body.items;
  }

  const targetsOf = (events: Event[]) => events.map(({ target }) => target.id).sort();
  const merchantsOf = (events: Event[]) => new Set(events.map(({ merchantId }) => merchantId));

  it('shows who did what, when and from where', async () => {
    const [event] = await eventsOf(user, `targetId=${applications[2]}`);
    expect(event).toEqual({
      id: expect.any(String),
      action: 'application.created',
      actor: {
        kind: 'account',
        accountId: colleague.accountId,
        keyId: null,
        memberId: colleague.uuid,
        username: colleague.email,
      },
      target: { type: 'application', id: applications[2] },
      merchantId: user.merchantId,
      details: expect.objectContaining({ environment: 'live' }),
      address: '127.0.0.1',
      userAgent: null,
      requestId: expect.any(String),
      personalSalt: expect.stringMatching(/^[\w-]{22}$/),
      personalDigest: expect.stringMatching(HASH),
      createdAt: expect.stringMatching(TIME),
      sequence: expect.any(Number),
      hash: expect.stringMatching(HASH),
      previousHash: expect.stringMatching(HASH),
    });
    expect(Date.parse(event?.createdAt ?? '')).toBeGreaterThan(Date.parse(between));
  });

  describe('by level', () => {
    it.each(['readSome', 'readOnly', 'writeSome'] as const)('%s sees nothing', async (role) => {
      const { status, body } = await list(await server.newMember(user, role));
      expect([status, body]).toEqual([403, FORBIDDEN]);
    });

    it('level 4 sees its own merchant only', async () => {
      await server.sealed();
      for (const caller of [user, colleague]) {
        const events = await eventsOf(caller, '');
        expect(merchantsOf(events)).toEqual(new Set([user.merchantId]));
        expect(targetsOf(events)).toEqual(expect.arrayContaining([...applications].sort()));
        expect(await eventsOf(caller, `merchantId=${user.merchantId}`)).toEqual(events);
        expect(await eventsOf(caller, `targetId=${othersApplication}`)).toEqual([]);
        expect(await eventsOf(caller, `actorId=${other.uuid}`)).toEqual([]);
      }
    });

    it.each(ROLE_NAMES.filter((role) => role !== 'admin'))("%s sees no other merchant's", async (role) => {
      const caller = await server.newMember(server.admin, role);
      const { status, body } = await list(caller, `?merchantId=${user.merchantId}`);
      expect([status, body]).toEqual([403, FORBIDDEN]);
    });

    it('level 8 sees all, or those of one merchant', async () => {
      const all = merchantsOf(await eventsOf(server.admin, 'action=application.created'));
      expect(all).toEqual(new Set([user.merchantId, other.merchantId]));
      const one = await eventsOf(server.admin, `merchantId=${other.merchantId}`);
      expect(merchantsOf(one)).toEqual(new Set([other.merchantId]));
      expect(targetsOf(one)).toContain(othersApplication);
    });

    it('it is refused without a login and to keys', async () => {
      expect((await server.call('GET', '/api/v1/audit-events')).status).toBe(401);
      const { fullKey } = await server.newFullKey(other, othersApplication);
      expect((await server.call('GET', '/api/v1/audit-events', { token: fullKey })).status).toBe(401);
    });
  });

  describe('filtered', () => {
    it('by action', async () => {
      const events = await eventsOf(user, 'action=application.created');
      expect(targetsOf(events)).toEqual([...applications].sort());
      expect(await eventsOf(user, 'action=application.deleted')).toEqual([]);
    });

    it('by the type of the target', async () => {
      const events = await eventsOf(user, 'targetType=application');
      expect(targetsOf(events)).toEqual([...applications].sort());
      for (const { target } of await eventsOf(user, 'targetType=account')) expect(target.type).toBe('account');
      expect(await eventsOf(user, 'targetType=service')).toEqual([]);
    });

    it('by the target', async () => {
      expect(targetsOf(await eventsOf(user, `targetId=${applications[0]}`))).toEqual([applications[0]]);
      expect(await eventsOf(user, `targetId=${randomUUID()}`)).toEqual([]);
    });

    it('by the actor', async () => {
      const events = await eventsOf(user, `actorId=${colleague.uuid}&action=application.created`);
      expect(targetsOf(events)).toEqual([applications[2]]);
      for (const { actor } of await eventsOf(user, `actorId=${user.uuid}`)) {
        expect(actor.accountId).toBe(user.accountId);
      }
      expect(await eventsOf(user, `actorId=${randomUUID()}`)).toEqual([]);
    });

    it('by the actor, even after the actor is gone', async () => {
      const gone = await server.newMember(other, 'user');
      const id = await server.newApplication(gone);
      await server.call('DELETE', `/api/v1/members/${gone.uuid}`, { token: other.token });
      expect(targetsOf(await eventsOf(other, `actorId=${gone.uuid}&targetType=application`))).toEqual([id]);
    });

    it('by time, from one moment until before another', async () => {
      const query = 'targetType=application';
      expect(targetsOf(await eventsOf(user, `${query}&from=${between}`))).toEqual([applications[2]]);
      expect(targetsOf(await eventsOf(user, `${query}&to=${between}`))).toEqual(applications.slice(0, 2).sort());
      const [event] = await eventsOf(user, `targetId=${applications[0]}`);
      const createdAt = event?.createdAt ?? '';
      const after = new Date(Date.parse(createdAt) + 1).toISOString();
      const exact = `targetId=${applications[0]}`;
      expect(await eventsOf(user, `${exact}&from=${createdAt}&to=${after}`)).toHaveLength(1);
      expect(await eventsOf(user, `${exact}&from=${after}`)).toEqual([]);
      expect(await eventsOf(user, `${exact}&to=${createdAt}`)).toEqual([]);
    });

    it('by a time with an offset, and by a day', async () => {
      const shifted = new Date(Date.parse(between) + 7_200_000).toISOString().replace('Z', '%2B02:00');
      expect(targetsOf(await eventsOf(user, `targetType=application&from=${shifted}`))).toEqual([applications[2]]);
      expect(await eventsOf(user, 'to=2020-01-01')).toEqual([]);
      expect(await eventsOf(user, 'from=2020-01-01')).not.toEqual([]);
    });

    it.each([
      ['targetType', 'password'],
      ['targetType', ''],
      ['actorId', '1'],
      ['merchantId', 'mine'],
      ['from', 'yesterday'],
      ['from', ''],
      ['from', '2026-13-01'],
      ['to', '1700000000'],
      ['to', '2026-01-01T00:00:00'],
      ['action', ''],
      ['action', 'x'.repeat(41)],
      ['page', '0'],
      ['limit', '101'],
    ])('refuses %s=%s', async (field, value) => {
      const { status, body } = await list(user, `?${field}=${value}`);
      expect([status, body]).toEqual([
        400,
        {
          error: 'Bad Request',
          message: 'The request contains invalid parameters or malformed data',
          code: 400,
          details: [{ field, message: expect.any(String) }],
        },
      ]);
    });
  });

  it('comes in pages, newest first', async () => {
    const reader = await server.newMerchant();
    for (let count = 0; count < 5; count += 1) {
      server.clock.advance(1);
      await server.newApplication(reader);
    }
    await server.sealed();
    const all = await eventsOf(reader, '');
    const times = all.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
    const paged: Event[] = [];
    const totalPages = Math.ceil(all.length / 2);
    for (let page = 1; page <= totalPages; page += 1) {
      const { items, ...rest } = (await list(reader, `?page=${page}&limit=2`)).body;
      expect(rest).toEqual({
        page,
        limit: 2,
        totalItems: all.length,
        totalPages,
        hasPreviousPage: page > 1,
        hasNextPage: page < totalPages,
      });
      paged.push(...(items as Event[]));
    }
    expect(paged).toEqual(all);
  });

  it('cannot be changed', async () => {
    const [event] = await eventsOf(user, 'action=application.created');
    for (const method of ['PUT', 'PATCH', 'DELETE', 'POST']) {
      for (const path of [`/api/v1/audit-events/${event?.id}`, '/api/v1/audit-events']) {
        const { status } = await server.call(method, path, { token: server.admin.token, json: {} });
        expect([404, 405]).toContain(status);
      }
    }
  });
});
