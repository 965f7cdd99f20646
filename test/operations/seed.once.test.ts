/** Guarantees of `keywright seed`: an example merchant with keys in every state, whose history the server accepts as its own. */

import { runCommand, type CommandResult } from '../support/command.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

/** The keys that each status finds, in the order of their names. */
const BY_STATUS = {
  disabled: ['Agency'],
  expired: ['Autumn campaign'],
  expiring: ['Analytics trial', 'Client key'],
  rotating: ['Accounting'],
  unused: ['Client key', 'Client key', 'Laptop', 'Mobile app 2.0', 'Nightly export'],
};

/** The answer of a check to each key that is printed. */
const CHECKS = {
  valid: 204,
  test: 204,
  'only from 203.0.113.0/24': 403,
  'rotated, new': 204,
  'rotated, previous': 204,
  disabled: 401,
  expired: 401,
  exposed: 204,
  'application disabled': 401,
  imported: 204,
  'clients surface': 204,
  'accounts surface': 204,
};

describe('keywright seed', () => {
  let folder: string;
  let seeded: CommandResult;
  let seconds: number;
  let program: Program;
  let token: string;
  beforeAll(async () => {
    folder = newFolder();
    const startMs = performance.now();
    seeded = await runCommand(folder, ['seed']);
    seconds = (performance.now() - startMs) / 1000;
    program = await Program.start(folder);
    token = await logIn('ada@example-shop.example', passwords()[1]);
  });
  afterAll(async () => {
    await program.end('SIGTERM');
    await removeFolder(folder);
  });

  const passwords = (): (string | undefined)[] =>
    [...seeded.stdout.matchAll(/Password +(\S+) +\(shown this once\)/g)].map(([, password]) => password);
  const logIn = async (username: string, password: string | undefined): Promise<string> =>
    (await program.call('POST', '/api/v1/auth/login', { json: { username, password } })).body.accessToken;
  const get = async (path: string) => (await program.call('GET', path, { token })).body;
  const keysOf = async (query: string): Promise<Record<string, unknown>[]> =>
    (await get(`/api/v1/api-keys?limit=100&${query}`)).items;
  const keyNamed = async (name: string) => (await keysOf(`q=${encodeURIComponent(name)}`))[0];
  const usageOf = async (name: string): Promise<Record<string, number>[]> => {
    const from = new Date(Date.now() - 31 * 86_400_000).toISOString();
    const { id } = (await keyNamed(name)) ?? {};
    const { intervals } = await get(`/api/v1/api-keys/${String(id)}/usage?interval=day&from=${from}`);
    return intervals.map(({ counts }: { counts: Record<string, number> }) => counts);
  };

  it('takes less than 15 seconds and prints nothing but how to go on', () => {
    expect(seeded).toMatchObject({ code: 0, stderr: '' });
    expect(seconds).toBeLessThan(15);
    // No mail of the example is left for a server to send.
    expect([program.stderr, program.stdout]).toEqual(['', expect.not.stringContaining('Mail')]);
  });

  it('creates the first account on an empty database, as the server does', async () => {
    expect(program.password).toBe('');
    expect(await program.logIn(passwords()[0] ?? '')).toEqual(expect.any(String));
  });

  it('creates members of several roles, one of them invited and one disabled, who have one password', async () => {
    const { items } = await get('/api/v1/members');
    const members = items.map(({ email, role, status }: Record<string, string>) => [
      email?.split('@')[0],
      role,
      status,
    ]);
    expect(members).toEqual([
      ['ada', 'user', 'active'],
      ['grace', 'user', 'active'],
      ['alan', 'writeSome', 'active'],
      ['katherine', 'readOnly', 'active'],
      ['charles', 'user', 'disabled'],
      ['edsger', 'readSome', 'invited'],
    ]);
    expect(await logIn('katherine@example-shop.example', passwords()[1])).toEqual(expect.any(String));
  });

  it('creates applications, one for tests and one disabled', async () => {
    const { items } = await get('/api/v1/applications');
    const applications = items.map(({ name, environment, isEnabled }: Record<string, unknown>) => [
      name,
      environment,
      isEnabled,
    ]);
    expect(applications).toEqual([
      ['Web shop', 'live', true],
      ['Web shop (staging)', 'test', true],
      ['Mobile app 1.x', 'live', false],
    ]);
  });

  it.each(Object.entries(BY_STATUS))('creates %s keys', async (status, names) => {
    const keys = await keysOf(`status=${status}&sort=name`);
    expect(keys.map(({ description }) => description)).toEqual(names);
  });

  it('creates keys on all surfaces, with limits, addresses, scopes and metadata', async () => {
    const surfaces = (await keysOf('')).map(({ surface }) => surface);
    expect([...new Set(surfaces)].sort()).toEqual(['accounts', 'clients', 'merchants']);
    expect(await keyNamed('Shop backend')).toMatchObject({
      scopes: ['orders:*', 'payments:write'],
      rateLimit: { limit: 600, windowSeconds: 60 },
      quota: { limit: 2_000_000, period: 'month' },
      metadata: { team: 'checkout' },
    });
    expect(await keyNamed('Warehouse')).toMatchObject({ allowedIps: ['203.0.113.0/24', '2001:db8::/32'] });
    expect(await keyNamed('Newsletter')).toMatchObject({ exposedSource: 'github', exposedAt: expect.any(String) });
    expect(await keyNamed('Customer of the former system')).toMatchObject({ externalId: 'cus_9s6XKzkNRiz8i3' });
    expect(await keyNamed('Created by mistake')).toBeUndefined();
  });

  it('prints keys that are answered as it says', async () => {
    const printed = [...seeded.stdout.matchAll(/^ {2}(\S.*?) {2,}((?:ks|shop)_\S+|[\da-f-]+:[\da-f]+)$/gm)];
    const statuses = printed.map(async ([, what, key = '']) => {
      const { status } = await program.call('GET', '/api/v1/keys/check', { headers: { 'X-API-Key': key } });
      return [what, status] as const;
    });
    expect(Object.fromEntries(await Promise.all(statuses))).toEqual(CHECKS);
  });

  it('counts a month of verifications by outcome, in step with what became of the keys', async () => {
    const busy = await usageOf('Shop backend');
    expect(busy.length).toBeGreaterThanOrEqual(30);
    for (const counts of busy) expect(Object.keys(counts).sort()).toEqual(['MISSING_SCOPE', 'RATE_LIMITED', 'VALID']);
    for (const [name, outcome] of [
      ['Agency', 'DISABLED'],
      ['Autumn campaign', 'EXPIRED'],
      ['App releases', 'APPLICATION_DISABLED'],
    ] as const) {
      const usage = await usageOf(name);
      expect([usage[0], usage.at(-1)]).toEqual([{ VALID: expect.any(Number) }, { [outcome]: expect.any(Number) }]);
    }
    expect(await usageOf('Mobile app 2.0')).toEqual([]);
  });

  it('adds webhooks, one of them paused with what it has missed', async () => {
    const { items } = await get('/api/v1/webhooks');
    expect(items).toMatchObject([
      { pausedAt: expect.any(String), pauseReason: 'gone' },
      { pausedAt: null, enabled: true },
    ]);
    const { items: deliveries } = await get(`/api/v1/webhooks/${items[0].id}/deliveries`);
    expect(new Set(deliveries.map(({ status }: { status: string }) => status))).toEqual(new Set(['parked']));
  });

  it('leaves an audit trail that is valid and in the order of time', async () => {
    const lines = (await program.call('GET', '/api/v1/audit-events/export', { token })).text.trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { sequence: number; action: string; createdAt: string });
    const times = events.toSorted((a, b) => a.sequence - b.sequence).map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted());
    const actions = new Set(events.map(({ action }) => action));
    for (const action of ['merchant.created', 'api_key.exposed', 'api_key.rotated', 'account.login_failed'])
      expect(actions).toContain(action);
    expect(await get('/api/v1/audit-events/verify')).toMatchObject({ valid: true });
  });

  it('adds another merchant under another name beside a running server, and none under the same', async () => {
    expect(await runCommand(folder, ['seed'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is a merchant "Example Shop" already. Add another one with --name "Another Shop".\n',
    });
    const another = await runCommand(folder, ['seed', '--name', 'Another Shop']);
    expect(another).toMatchObject({ code: 0, stdout: expect.stringContaining('katherine@another-shop.example') });
    const [, key = ''] = /valid +(\S+)/.exec(another.stdout) ?? [];
    expect((await program.call('GET', '/api/v1/keys/check', { token: key })).status).toBe(204);
  });

  it('refuses a name that no address can be made of', async () => {
    for (const name of ['', '***', 'x'.repeat(51)]) {
      const { code, stderr } = await runCommand(folder, ['seed', '--name', name]);
      expect([code, stderr]).toEqual([2, expect.stringContaining("error: option '--name <name>' argument")]);
    }
  });

  it('refuses in production', async () => {
    expect(await runCommand(folder, ['seed', '--name', 'Third Shop'], { NODE_ENV: 'production' })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'NODE_ENV is production: example data does not belong in a production database.\n',
    });
  });
});
