/** Guarantees against strangers (G7): every route without a login is limited per address, whoever's the address is, before it costs any work. */

import { Passwords } from '../../src/accounts/passwords/passwords.js';
import { declaredRoutes, type DeclaredRoute } from '../support/declared-routes.js';
import type { Answer, RequestOptions } from '../support/http.js';
import { OPERATIONS, resolved } from '../support/operations.js';
import { TestServer } from '../support/server.js';

/** What the limits of these tests allow an address in a minute. */
const LIMIT = 3;

/** Routes that cost next to nothing. */
const UNLIMITED = [
  'GET /.well-known/jwks.json',
  'GET /.well-known/oauth-authorization-server',
  'GET /api/v1/auth/oidc',
  'GET /console/session',
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
];

/** Enough for any route to begin its work, and wrong for each. */
const BODY = {
  username: 'nobody',
  password: 'a wrong password',
  email: 'a@person.example',
  language: 'en',
  consent: 1,
  challenge: 'nothing',
  code: '123456',
};

describe('strangers', () => {
  let server: TestServer;
  let parties = 0;
  beforeAll(async () => {
    server = await TestServer.start({
      LOGIN_RATE_LIMIT_PER_MINUTE: String(LIMIT),
      PUBLIC_RATE_LIMIT_PER_MINUTE: String(LIMIT),
      EXPOSURE_RATE_LIMIT_PER_MINUTE: String(LIMIT),
      TRUSTED_PROXIES: '127.0.0.1/32',
    });
  });
  afterAll(() => server.stop());

  /** An address from which nothing has come yet. */
  const newAddress = () => `203.0.113.${(parties += 1)}`;
  const call = (method: string, path: string, address: string, options: RequestOptions = { json: BODY }) =>
    server.call(method, path, { ...options, headers: { ...options.headers, 'x-forwarded-for': address } });
  const logIn = (username: string, address: string) =>
    call('POST', '/login', address, { json: { username, password: 'a wrong password' } });
  const statuses = (answers: Answer[]) => answers.map(({ status }) => status);

  /** What a route knows of the body, with the headers that it must have. */
  const requestFor = (method: string, path: string): RequestOptions => {
    const documented = OPERATIONS.find(
      (one) => one.method === method && one.path.replaceAll(/\{(\w+)\}/g, ':$1') === path,
    );
    if (!documented?.body) return { json: BODY };
    const { properties = {} } = resolved(documented.body);
    const json = Object.fromEntries(Object.entries(BODY).filter(([name]) => name in properties));
    return { headers: documented.headers, json };
  };

  const publicRoutes = (): DeclaredRoute[] =>
    declaredRoutes(server).filter(({ requirement }) => requirement?.level === null);

  it('meet no limit only where the route says so', () => {
    const unlimited = publicRoutes().filter(({ requirement }) => requirement?.limit === 'none');
    expect(unlimited.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(UNLIMITED);
  });

  it('meet a limit at every other route, in the envelope of its surface', async () => {
    const routes = publicRoutes().filter(({ requirement }) => requirement?.limit !== 'none');
    expect(routes.length).toBeGreaterThan(12);
    for (const { method, path } of routes) {
      const address = newAddress();
      const url = path.replace(/:\w+/, 'nothing') + (path.endsWith('/signup') ? '?token=nothing' : '');
      const form = {
        grant_type: 'client_credentials',
        client_id: 'nobody',
        client_secret: 'nothing',
        token: 'nothing',
      };
      const options = path.startsWith('/oauth/') ? { form } : method === 'GET' ? {} : requestFor(method, path);
      const answers: Answer[] = [];
      while (answers.at(-1)?.status !== 429 && answers.length < 2 * LIMIT)
        answers.push(await call(method, url, address, options));
      const last = answers.at(-1);
      const seen = { route: `${method} ${path}`, statuses: statuses(answers) };
      expect(seen).toEqual({ ...seen, statuses: [...statuses(answers).slice(0, LIMIT), 429] });
      expect(Number(last?.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(Number(last?.headers['retry-after'])).toBeLessThanOrEqual(60);
      expect(last?.headers['x-error-code']).toMatch(/^(request\.rate_limited|login\.throttled)$/);
    }
  });

  it('do not lock out other clients at their address by failing as one', async () => {
    const address = newAddress();
    const key = await server.newPersonalKey(server.admin, 4);
    const ask = (client_id: string, client_secret: string) =>
      call('POST', '/oauth/token', address, { form: { grant_type: 'client_credentials', client_id, client_secret } });
    for (let attempt = 0; attempt < LIMIT; attempt += 1) expect((await ask('broken', 'nothing')).status).toBe(401);
    expect((await ask('broken', 'nothing')).status).toBe(429);
    expect((await ask(key.key, key.secret)).status).toBe(200);
  });

  it('are one party in all addresses of an IPv6 /64, and another one beyond it', async () => {
    const answers = [];
    for (let host = 1; host <= 11 * LIMIT; host += 1)
      answers.push(await logIn(`guessed-${host}`, `2001:db8:0:7::${host.toString(16)}`));
    expect(statuses(answers)).toEqual([...Array<number>(10 * LIMIT).fill(401), ...Array<number>(LIMIT).fill(429)]);
    expect((await logIn('guessed', '2001:db8:0:8::1')).status).toBe(401);
  });

  it('are the same party in an IPv4 address however it is written', async () => {
    const address = newAddress();
    for (let attempt = 0; attempt < LIMIT; attempt += 1) await logIn('nobody', `::ffff:${address}`);
    expect((await logIn('nobody', address)).status).toBe(429);
    expect((await logIn('nobody', `::ffff:${newAddress()}`)).status).toBe(401);
  });

  it('are tried no more often than the limit, however many names they try at once', async () => {
    const address = newAddress();
    const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => logIn(`one-of-many-${n}`, address)));
    expect(statuses(answers).filter((status) => status === 401)).toHaveLength(10 * LIMIT);
    expect(statuses(answers).filter((status) => status === 429)).toHaveLength(300 - 10 * LIMIT);
  });

  it('are not limited when they log in at once with the right password', async () => {
    const { email: username, password } = server.admin;
    const address = newAddress();
    const logins = Array.from({ length: 12 * LIMIT }, () =>
      call('POST', '/login', address, { json: { username, password } }),
    );
    expect(new Set(statuses(await Promise.all(logins)))).toEqual(new Set([200]));
  });

  it.each([
    ['/confirm/recovery/bogus', { password: 'a long enough password' }],
    ['/api/v1/members/signup?token=bogus', { password: 'a long enough password', firstName: 'Eve', lastName: 'Doe' }],
    [
      '/api/v1/merchants/signup?token=bogus',
      {
        organization: { legalBusinessName: 'Nobody Ltd' },
        admin: { email: 'a@b.example', password: 'a long enough password', firstName: 'Eve', lastName: 'Doe' },
      },
    ],
  ])('cost no hash at %s with a link that there is not', async (path, json) => {
    const passwords = server.app.get(Passwords, { strict: false });
    const hash = passwords.hash.bind(passwords);
    let hashes = 0;
    passwords.hash = (...given) => {
      hashes += 1;
      return hash(...given);
    };
    const answer = await call('POST', path, newAddress(), { json });
    Reflect.deleteProperty(passwords, 'hash');
    expect([answer.status, hashes]).toEqual([path.startsWith('/confirm/') ? 404 : 410, 0]);
  });

  (ENGINE === 'sqlite' ? it.skip : it)('are counted by all instances together', async () => {
    const address = newAddress();
    const other = await server.another();
    for (let attempt = 0; attempt < LIMIT; attempt += 1) {
      const by = attempt % 2 === 0 ? server : other;
      const headers = { 'x-forwarded-for': address };
      expect((await by.call('POST', '/login', { json: BODY, headers })).status).toBe(401);
    }
    const there = await other.call('POST', '/login', { json: BODY, headers: { 'x-forwarded-for': address } });
    expect([there.status, (await logIn('nobody', address)).status]).toEqual([429, 429]);
    await other.close();
  });

  (ENGINE === 'sqlite' ? it.skip : it)('are counted by the instance while the database cannot do it', async () => {
    const address = newAddress();
    await server.dataSource.query('RENAME TABLE rate_count TO rate_count_away');
    const answers = [];
    for (let attempt = 0; attempt <= LIMIT; attempt += 1) answers.push(await logIn('nobody', address));
    await server.dataSource.query('RENAME TABLE rate_count_away TO rate_count');
    expect(statuses(answers)).toEqual([...Array<number>(LIMIT).fill(401), 429]);
  });
});
