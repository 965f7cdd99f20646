/** Contract S1: a login opens a session that its token names; a logout on any surface has the token refused at once, on every instance. */

import type { Answer } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';
import { claimsOf, forge } from '../../support/tokens.js';

const LOGOUTS: [string, [number, unknown]][] = [
  ['/api/v1/auth/logout', [204, undefined]],
  ['/logout', [204, undefined]],
  ['/api/auth/logout', [200, { status: 200, message: 'Logout successful', data: null }]],
];

/** A read on each surface, and one outside Nest. */
const READS: [string, string, unknown?][] = [
  ['GET', '/api/v1/merchants/me'],
  ['GET', '/api/clients/api-keys'],
  ['GET', '/whoami/jwt'],
  ['GET', '/api/v1/sessions'],
  ['POST', '/api/v1/keys/verify', { key: 'ks_live_nothing' }],
];

describe('sessions: logout', () => {
  const jwtSecret = 'a secret that signs login tokens, of 32 characters or more';
  let server: TestServer;
  let other: TestServer;
  let user: User;
  beforeAll(async () => {
    server = await TestServer.start({ JWT_SECRET: jwtSecret });
    other = await server.another();
  });
  afterAll(async () => {
    await other.close();
    await server.stop();
  });
  beforeEach(async () => {
    user = await server.newMerchant();
  });

  const statuses = async (token: string, at = server): Promise<number[]> => {
    const answers: Answer[] = [];
    for (const [method, path, json] of READS) answers.push(await at.call(method, path, { token, json }));
    return answers.map(({ status }) => status);
  };
  const logIn = () => server.logIn(user.email, user.password);

  it.each(LOGOUTS)(
    'S1: POST %s ends the session; its token is refused at once, on every instance',
    async (path, answered) => {
      expect(await statuses(user.token)).toEqual([200, 200, 200, 200, 200]);
      expect(await statuses(user.token, other)).toEqual([200, 200, 200, 200, 200]);
      const { status, body } = await server.call('POST', path, { token: user.token });
      expect([status, body]).toEqual(answered);
      expect(await statuses(user.token, other)).toEqual([401, 401, 401, 401, 401]);
      expect(await statuses(user.token)).toEqual([401, 401, 401, 401, 401]);
    },
  );

  it.each(LOGOUTS)('S1: POST %s ends no other session of the account', async (path) => {
    const second = await logIn();
    await server.call('POST', path, { token: user.token });
    expect(await statuses(second.token)).toEqual([200, 200, 200, 200, 200]);
  });

  it.each(LOGOUTS)('S1: POST %s answers 401 without a login, and to a token whose session has ended', async (path) => {
    expect((await server.call('POST', path)).status).toBe(401);
    await server.call('POST', path, { token: user.token });
    expect((await server.call('POST', path, { token: user.token })).status).toBe(401);
  });

  it.each(LOGOUTS)('S1: POST %s takes no key', async (path) => {
    const { basic } = await server.newPersonalKey(user);
    expect((await server.call('POST', path, { basic })).status).toBe(401);
    expect(await statuses(user.token)).toEqual([200, 200, 200, 200, 200]);
  });

  it('S1: simultaneous logouts of one session are all answered alike, or find it ended', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => server.call('POST', '/logout', { token: user.token })));
    expect(answers.every(({ status }) => status === 204 || status === 401)).toBe(true);
    expect((await server.call('GET', '/whoami/jwt', { token: user.token })).status).toBe(401);
  });

  it('S1: each login opens a session of its own, on any surface', async () => {
    const { email, password } = user;
    const tokens = [
      (await server.call('POST', '/login', { json: { email, password } })).body.token,
      (await server.call('POST', '/signin', { json: { email, password } })).body.token,
      (await server.call('POST', '/api/auth/login', { json: { username: email, password } })).body.data.token,
      (await server.call('POST', '/api/v1/auth/login', { json: { username: email, password } })).body.accessToken,
    ];
    expect(new Set(tokens.map((token: string) => (claimsOf(token) as { sid: string }).sid)).size).toBe(4);
    for (const token of tokens) expect(await statuses(token)).toEqual([200, 200, 200, 200, 200]);
  });

  it.each([
    ['no session', { sid: undefined }],
    ['a session that there is not', { sid: '4c0f4f0e-58a4-4b51-9a3c-2f1f5d1f7c11' }],
    ['a session that is no text', { sid: ['x'] }],
  ])('S1: a token that names %s is refused, though signed with the secret', async (_, claims) => {
    expect(await statuses(forge(user.token, jwtSecret))).toEqual([200, 200, 200, 200, 200]);
    expect(await statuses(forge(user.token, jwtSecret, claims))).toEqual([401, 401, 401, 401, 401]);
  });

  it("S1: a token that names another account's session is refused", async () => {
    const { sid } = claimsOf((await server.newMerchant()).token) as { sid: string };
    expect(await statuses(forge(user.token, jwtSecret, { sid }))).toEqual([401, 401, 401, 401, 401]);
  });

  it('S1: an account without consent can log out', async () => {
    await server.call('PATCH', '/account/jwt', { token: user.token, json: { consent: 0 } });
    expect((await server.call('POST', '/api/v1/auth/logout', { token: user.token })).status).toBe(204);
  });

  it('S1: a logout is audited', async () => {
    const watching = await logIn();
    await server.call('POST', '/logout', { token: user.token });
    await server.sealed();
    const query = `action=account.logged_out&targetId=${user.uuid}`;
    const { body } = await server.call('GET', `/api/v1/audit-events?${query}`, { token: watching.token });
    expect(body.items).toMatchObject([{ actor: { accountId: user.accountId }, details: { sessions: 1 } }]);
  });
});
