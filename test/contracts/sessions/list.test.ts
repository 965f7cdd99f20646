/** Contract S2: one's own sessions are listed, and ended one by one or all but the current one. */

import { randomUUID } from 'node:crypto';
import { TestServer, type User } from '../../support/server.js';

const SESSIONS = '/api/v1/sessions';

interface Listed {
  id: string;
  createdAt: string;
  lastSeenAt: string;
  expiresAt: string;
  address: string | null;
  userAgent: string | null;
  isCurrent: boolean;
}

describe('sessions: list', () => {
  let server: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start({ JWT_TTL_SECONDS: '7200' });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    server.admin = await server.logIn(server.admin.email, server.admin.password);
    user = await server.newMerchant();
  });

  const logIn = () => server.logIn(user.email, user.password);
  const list = async (token: string, query = ''): Promise<Listed[]> =>
    (await server.call('GET', SESSIONS + query, { token })).body.items;
  /** The id of the session of a token. */
  const ownId = async (token: string) => (await list(token)).find(({ isCurrent }) => isCurrent)?.id ?? '';
  const end = (token: string, id: string) => server.call('DELETE', `${SESSIONS}/${id}`, { token });
  const isValid = async ({ token }: User) => (await server.call('GET', '/whoami/jwt', { token })).status === 200;
  const at = (time: string) => Math.abs(Date.parse(time) - server.clock.nowMs());

  it("S2: GET lists one's own valid sessions, the latest first, and says which is the current one", async () => {
    server.clock.advance(1);
    const json = { email: user.email, password: user.password };
    const headers = { 'user-agent': 'A browser' };
    const { token } = (await server.call('POST', '/login', { json, headers, from: '127.0.0.3' })).body;
    const { status, body } = await server.call('GET', SESSIONS, { token, from: '127.0.0.3' });
    const page = { page: 1, limit: 20, totalItems: 2, totalPages: 1, hasPreviousPage: false, hasNextPage: false };
    expect([status, body]).toEqual([200, { ...page, items: [expect.anything(), expect.anything()] }]);
    const [current, first] = body.items as [Listed, Listed];
    expect(current).toEqual({
      id: expect.any(String),
      createdAt: expect.any(String),
      lastSeenAt: current.createdAt,
      expiresAt: expect.any(String),
      address: '127.0.0.3',
      userAgent: 'A browser',
      isCurrent: true,
    });
    expect(at(current.createdAt)).toBeLessThan(5000);
    expect(Date.parse(current.expiresAt) - Date.parse(current.createdAt)).toBe(7_200_000);
    expect([first.address, first.userAgent, first.isCurrent]).toEqual(['127.0.0.1', null, false]);
    expect(Date.parse(first.createdAt)).toBeLessThan(Date.parse(current.createdAt));
    const [, seenByFirst] = await list(user.token);
    expect([seenByFirst?.id, seenByFirst?.isCurrent]).toEqual([first.id, true]);
  });

  it('S2: sessions that have ended or expired are not listed', async () => {
    const second = await logIn();
    await server.call('POST', '/logout', { token: second.token });
    expect(await list(user.token)).toHaveLength(1);
    server.clock.advance(7000);
    const third = await logIn();
    expect(await list(third.token)).toHaveLength(2);
    server.clock.advance(300);
    expect((await list(third.token)).map(({ isCurrent }) => isCurrent)).toEqual([true]);
  });

  it('S2: the list comes in pages', async () => {
    for (let login = 0; login < 4; login += 1) await logIn();
    const all = await list(user.token);
    expect(all).toHaveLength(5);
    const pages = [];
    for (const page of [1, 2, 3]) pages.push(...(await list(user.token, `?page=${page}&limit=2`)));
    expect(pages).toEqual(all);
    for (const query of ['?page=0', '?limit=101', '?limit=x'])
      expect((await server.call('GET', SESSIONS + query, { token: user.token })).status).toBe(400);
  });

  it('S2: the time and the address of the latest request are shown, to the minute', async () => {
    const [before] = await list(user.token);
    server.clock.advance(59);
    await server.call('GET', '/whoami/jwt', { token: user.token });
    await server.flushed();
    expect((await list(user.token))[0]?.lastSeenAt).toBe(before?.lastSeenAt);
    server.clock.advance(3000);
    await server.call('GET', '/whoami/jwt', { token: user.token });
    await server.flushed();
    const [after] = await list(user.token);
    expect(at(after?.lastSeenAt ?? '')).toBeLessThan(5000);
    expect(after?.createdAt).toBe(before?.createdAt);
    await server.call('GET', '/whoami/jwt', { token: user.token, from: '127.0.0.9' });
    await server.flushed();
    expect((await list(user.token))[0]?.address).toBe('127.0.0.9');
  });

  it('S2: the last use is written when the server stops', async () => {
    server.clock.advance(600);
    const { email, password } = user;
    await server.call('GET', '/whoami/jwt', { token: user.token });
    await server.close();
    await server.open();
    const { token } = await server.logIn(email, password);
    const [, used] = await list(token);
    expect(at(used?.lastSeenAt ?? '')).toBeLessThan(30_000);
    expect(Date.parse(used?.lastSeenAt ?? '') - Date.parse(used?.createdAt ?? '')).toBeGreaterThan(500_000);
  });

  it('S2: DELETE of one ends it and no other', async () => {
    const [second, third] = [await logIn(), await logIn()];
    const id = await ownId(second.token);
    const { status, text } = await end(user.token, id);
    expect([status, text]).toEqual([204, '']);
    expect([await isValid(user), await isValid(second), await isValid(third)]).toEqual([true, false, true]);
    expect((await list(user.token)).map((session) => session.id)).not.toContain(id);
    expect((await end(user.token, id)).status).toBe(404);
  });

  it('S2: DELETE of the current one ends it, too', async () => {
    const id = await ownId(user.token);
    expect((await end(user.token, id)).status).toBe(204);
    expect(await isValid(user)).toBe(false);
  });

  it('S2: DELETE of all others leaves the current one', async () => {
    const others = [await logIn(), await logIn()];
    expect((await server.call('DELETE', SESSIONS, { token: user.token })).status).toBe(204);
    expect(await isValid(user)).toBe(true);
    for (const other of others) expect(await isValid(other)).toBe(false);
    expect((await list(user.token)).map(({ isCurrent }) => isCurrent)).toEqual([true]);
    expect((await server.call('DELETE', SESSIONS, { token: user.token })).status).toBe(204);
  });

  it("S2: another account's sessions are neither listed nor ended, not even by an administrator", async () => {
    const colleague = await server.newMember(user, 'readSome');
    const id = await ownId(colleague.token);
    const NOT_FOUND = { error: 'Not Found', message: 'The requested resource was not found', code: 404 };
    for (const { token } of [user, server.admin]) {
      expect((await list(token, '?limit=100')).map((session) => session.id)).not.toContain(id);
      const { status, body } = await end(token, id);
      expect([status, body]).toEqual([404, NOT_FOUND]);
      await server.call('DELETE', SESSIONS, { token });
    }
    expect(await isValid(colleague)).toBe(true);
    for (const unknown of [randomUUID(), 'nothing', '%00']) expect((await end(user.token, unknown)).status).toBe(404);
  });

  it('S2: the job `sessions` deletes those that have expired, and no other', async () => {
    const count = async () =>
      Number((await server.dataSource.query<{ n: number }[]>('SELECT COUNT(*) n FROM login_session'))[0]?.n);
    await server.call('POST', '/logout', { token: (await logIn()).token });
    server.clock.advance(7190);
    const late = await logIn();
    const before = await count();
    server.clock.advance(60);
    const result = await server.keepHouse('sessions');
    expect(result).toMatchObject({ counts: { deleted_sessions: before - 1 } });
    expect([await count(), await isValid(late)]).toEqual([1, true]);
  });
});
