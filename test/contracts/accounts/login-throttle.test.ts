/** Guarantees of LOGIN_RATE_LIMIT_PER_MINUTE: failed logins are limited per name and address, and per address, however the name is written. */

import type { Answer } from '../../support/http.js';
import { TestServer, type User } from '../../support/server.js';

const WRONG = 'a wrong password';

describe('login: throttling', () => {
  let server: TestServer;
  let owner: User;
  let user: User;
  let elsewhere = 1;
  /** An address without failures. */
  let from: string;
  beforeAll(async () => {
    server = await TestServer.start({ LOGIN_RATE_LIMIT_PER_MINUTE: '3' });
    owner = await server.newMerchant();
    user = await server.newMember(owner, 'user');
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    from = newAddress();
  });

  const newAddress = () => `127.0.1.${elsewhere++}`;
  const logIn = (path: string, json: unknown, address = from) => server.call('POST', path, { json, from: address });
  const fail = (name: object) => logIn('/login', { ...name, password: WRONG });
  const statuses = (answers: Answer[]) => answers.map(({ status }) => status);

  const TOO_MANY = { result: 'error', error: 'tooManyRequests' };
  const LOGINS = [
    ['/login', TOO_MANY],
    ['/signin', TOO_MANY],
    ['/api/auth/login', { status: 429, message: expect.any(String), data: null }],
    ['/api/v1/auth/login', { error: 'Too Many Requests', message: expect.any(String), code: 429 }],
  ] as const;

  describe.each(LOGINS)('at %s', (path, refusal) => {
    const expectRefusal = ({ status, body, headers }: Answer) => {
      expect([status, body]).toEqual([429, refusal]);
      const seconds = Number(headers['retry-after']);
      expect(Number.isInteger(seconds) && seconds >= 1 && seconds <= 60).toBe(true);
    };

    it('refuses the fourth attempt, even with the right password', async () => {
      for (let attempt = 0; attempt < 3; attempt += 1) {
        expect((await logIn(path, { username: user.email, password: WRONG })).status).toBe(401);
      }
      expectRefusal(await logIn(path, { username: user.email, password: user.password }));
    });

    it('limits neither the same account from another address nor another account from the same one', async () => {
      for (let attempt = 0; attempt < 4; attempt += 1) await logIn(path, { username: user.email, password: WRONG });
      const { email: username, password } = user;
      expect((await logIn(path, { username, password }, '127.0.0.2')).status).toBe(200);
      expect((await logIn(path, { username: owner.email, password: owner.password })).status).toBe(200);
      expectRefusal(await logIn(path, { username, password }));
    });

    it('limits a name without an account alike', async () => {
      const attempt = () => logIn(path, { username: 'nobody@shop.example', password: WRONG });
      expect(statuses([await attempt(), await attempt(), await attempt()])).toEqual([401, 401, 401]);
      expectRefusal(await attempt());
    });

    it('allows simultaneous guesses no more attempts', async () => {
      const guesses = Array.from({ length: 12 }, () => logIn(path, { username: user.email, password: WRONG }));
      const answers = await Promise.all(guesses);
      expect(statuses(answers).filter((status) => status === 401)).toHaveLength(3);
      answers.filter(({ status }) => status !== 401).forEach(expectRefusal);
    });
  });

  it('counts failures at all three logins together', async () => {
    for (const path of ['/login', '/api/auth/login', '/api/v1/auth/login']) {
      expect((await logIn(path, { username: user.email, password: WRONG })).status).toBe(401);
    }
    for (const [path] of LOGINS) {
      expect((await logIn(path, { username: user.email, password: user.password })).status).toBe(429);
    }
  });

  it('counts failures under all names of an account together', async () => {
    const names = [{ username: user.email }, { email: user.email.toUpperCase() }, { id: user.accountId }];
    for (const name of names) expect((await fail(name)).status).toBe(401);
    for (const name of names) expect((await fail(name)).status).toBe(429);
  });

  it('counts failures for the account that is meant, whatever other fields are sent', async () => {
    const guess = (n: number) => fail({ username: user.accountId, id: 9_000 + n, email: `decoy-${n}@shop.example` });
    expect(statuses([await guess(1), await guess(2), await guess(3)])).toEqual([401, 401, 401]);
    expect((await guess(4)).status).toBe(429);
  });

  it('treats names as equal in any letter case and with spaces around them', async () => {
    const names = ['nobody-here', 'NOBODY-HERE', ' Nobody-here '];
    for (const username of names) expect((await fail({ username })).status).toBe(401);
    expect((await fail({ username: 'nobody-here' })).status).toBe(429);
  });

  it('does not count logins that succeed', async () => {
    const { email: username, password } = user;
    for (let attempt = 0; attempt < 6; attempt += 1) {
      expect((await logIn('/login', { username, password })).status).toBe(200);
    }
  });

  it('limits an address that fails under many names, and no other address', async () => {
    const { email: username, password } = user;
    let attempts = 0;
    while ((await fail({ username: `guessed-${attempts}` })).status === 401 && attempts < 100) attempts += 1;
    expect(attempts).toBeLessThan(100);
    expect((await logIn('/login', { username, password })).status).toBe(429);
    expect((await logIn('/login', { username, password }, newAddress())).status).toBe(200);
  });
});
