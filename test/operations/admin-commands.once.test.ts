/** Guarantees of `keywright admin`: whoever has the server gets people in again, beside the server or without it, and it is in the audit trail. */

import { runCommand, runCommandWith, type CommandResult } from '../support/command.js';
import { newFolder, removeFolder } from '../support/program.js';
import { setUpTotp } from '../support/second-factors.js';
import { PASSWORD, TestServer, type User } from '../support/server.js';

const NEW_PASSWORD = 'another correct battery';

/** The tests' own MariaDB is warned of: it may lose what was acknowledged at a power loss. */
const withoutWarnings = (result: CommandResult): CommandResult => ({
  ...result,
  stderr: result.stderr.replaceAll(/^.* WARN.*can lose acknowledged changes.*\n/gm, ''),
});

describe('keywright admin', () => {
  let folder: string;
  let server: TestServer;
  let member: User;
  beforeAll(async () => {
    folder = newFolder();
    server = await TestServer.start({ PUBLIC_URL: 'https://keys.shop.example' });
    member = await server.newMember(await server.newMerchant(), 'user');
  });
  afterAll(async () => {
    await server.stop();
    await removeFolder(folder);
  });

  const run = async (...args: string[]): Promise<CommandResult> =>
    withoutWarnings(await runCommand(folder, ['admin', ...args], server.variables));
  const runWith = async (input: string, ...args: string[]): Promise<CommandResult> =>
    withoutWarnings(await runCommandWith(input, folder, ['admin', ...args], server.variables));
  const runJson = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args, '--json');
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  };
  const logIn = async (username: string, password: string): Promise<number> =>
    (await server.call('POST', '/api/v1/auth/login', { json: { username, password } })).status;
  const isIn = async ({ token }: User): Promise<boolean> =>
    (await server.call('GET', '/api/v1/merchants/me', { token })).status === 200;
  const follow = async (link: string, password: string): Promise<number> => {
    const { origin, pathname } = new URL(link);
    expect(origin).toBe('https://keys.shop.example');
    return (await server.call('POST', pathname, { json: { password } })).status;
  };
  const actionsOf = async ({ uuid }: User): Promise<string[]> => {
    await server.sealed();
    const path = `/api/v1/audit-events?targetId=${uuid}&limit=100`;
    const { body } = await server.call('GET', path, { token: server.admin.token });
    return body.items
      .filter(({ actor }: { actor: { kind: string } }) => actor.kind === 'system')
      .map(({ action }: { action: string }) => action);
  };

  it('lists who may administrate, with the state of each, and never a hash', async () => {
    const [first, ...others] = await runJson('list');
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      number: 1,
      username: 'admin',
      role: 'admin',
      state: 'active',
      hasSecondFactor: false,
    });
    const all = await run('list', '--all');
    expect(all.stdout).toContain(`${member.email}  user (4)   active `);
    expect(all.stdout).not.toContain('argon2');
    expect(JSON.stringify(first)).not.toContain('argon2');
  });

  it('replaces a lost password by a link, beside the running server', async () => {
    expect(await isIn(member)).toBe(true);
    const { link } = await runJson('reset-password', member.email);
    expect([await isIn(member), await logIn(member.email, PASSWORD)]).toEqual([false, 401]);
    expect(await follow(link, NEW_PASSWORD)).toBe(200);
    expect(await follow(link, PASSWORD)).toBe(404);
    expect(await logIn(member.email, NEW_PASSWORD)).toBe(200);
    expect(await actionsOf(member)).toEqual(['account.recovery_requested', 'account.updated']);
  });

  it('does so while no server runs, and takes the new password from standard input', async () => {
    await server.close();
    const done = await runWith(`${NEW_PASSWORD}\n`, 'reset-password', 'admin', '--password-stdin');
    const { link } = await runJson('reset-password', String(member.accountId));
    await server.open();
    expect(done).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('has been set') });
    expect([await isIn(server.admin), await logIn('admin', server.admin.password)]).toEqual([false, 401]);
    server.admin = await server.logIn('admin', NEW_PASSWORD);
    expect(await follow(link, PASSWORD)).toBe(200);
    member = await server.logIn(member.email, PASSWORD);
  });

  it.each([
    ['short\n', 1, 'must have 12 to 200 characters'],
    ['password1234\n', 1, 'must not be a common one'],
    ['', 2, 'There is no new password on standard input.'],
    ['one correct battery\nanother correct battery\n', 2, 'alone, in one line'],
  ])('refuses the password %j, and changes nothing', async (input, code, reason) => {
    const { stderr, ...rest } = await runWith(input, 'reset-password', member.email, '--password-stdin');
    expect(rest).toEqual({ code, stdout: '' });
    expect(stderr.split('\n')).toEqual([expect.stringContaining(reason), '']);
    expect(await isIn(member)).toBe(true);
  });

  it('creates a second administrator', async () => {
    const { link, username } = await runJson('create', 'Ada@shop.example', '--username', 'ada');
    expect(username).toBe('ada');
    expect(await follow(link, NEW_PASSWORD)).toBe(200);
    const ada = await server.logIn('ada@shop.example', NEW_PASSWORD);
    expect(ada.merchantId).toBe(server.admin.merchantId);
    expect((await server.call('GET', '/api/v1/merchants', { token: ada.token })).status).toBe(200);
    expect(await actionsOf(ada)).toContain('account.created');
    const elsewhere = ['--role', 'support', '--merchant', member.clientId, '--password-stdin'];
    expect((await runWith(NEW_PASSWORD, 'create', 'grace@shop.example', ...elsewhere)).code).toBe(0);
    expect((await server.logIn('grace@shop.example', NEW_PASSWORD)).merchantId).toBe(member.merchantId);
  });

  it.each([
    [['create', 'ada@shop.example'], 1, 'Another account has this e-mail address.'],
    [['create', 'eve@shop.example', '--username', 'ADA'], 1, 'There is an account with the user name ADA already.'],
    [['create', 'nowhere'], 2, '"nowhere" is not an e-mail address.'],
    [['create', 'eve@shop.example', '--username', '12345'], 2, 'A user name has 2 to 50 characters'],
    [['create', 'eve@shop.example', '--role', 'root'], 2, 'There is no role "root". The roles are readSome'],
    [['create', 'eve@shop.example', '--merchant', 'x'], 1, 'There is no merchant "x".'],
    [['reset-password', 'nobody'], 1, 'There is no account "nobody".'],
    [['reset-second-factor', '4711'], 1, 'There is no account "4711".'],
    [['unlock', '00000000-0000-4000-8000-000000000000'], 1, 'There is no account'],
  ])('refuses %j in one line', async (args, code, reason) => {
    const { stderr, ...rest } = await run(...args);
    expect([rest, stderr.split('\n')]).toEqual([{ code, stdout: '' }, [expect.stringContaining(reason), '']]);
  });

  it('removes a lost second factor, ends the sessions and tells the owner', async () => {
    await setUpTotp(server, member);
    expect(await logIn(member.email, PASSWORD)).toBe(401);
    expect((await runJson('list', '--all')).find(({ id }: { id: string }) => id === member.uuid).hasSecondFactor).toBe(
      true,
    );
    expect((await runJson('reset-second-factor', member.uuid)).removed).toBe(true);
    expect(await isIn(member)).toBe(false);
    expect((await server.mailbox.latestTo(member.email)).text).toContain('has removed all second factors');
    expect(await actionsOf(member)).toContain('account.second_factor_removed');
    member = await server.logIn(member.email, PASSWORD);
    expect((await runJson('reset-second-factor', member.uuid)).removed).toBe(false);
    expect(await isIn(member)).toBe(true);
  });

  it('enables a blocked account, and unblocks its merchant only when told to', async () => {
    const { token } = server.admin;
    const block = { token, json: { status: 'disabled' } };
    expect((await server.call('PATCH', `/api/v1/members/${member.uuid}`, block)).status).toBe(200);
    expect((await run('reset-password', member.email)).stderr).toContain(`Run keywright admin unlock ${member.email}`);
    const merchant = { token, json: { status: 'blocked' } };
    expect((await server.call('PATCH', `/api/v1/merchants/${member.merchantId}`, merchant)).status).toBe(200);
    const half = await run('unlock', member.email);
    expect(half).toMatchObject({ code: 1, stderr: '', stdout: expect.stringContaining('add --merchant') });
    expect(await logIn(member.email, PASSWORD)).toBe(403);
    expect((await run('unlock', member.email, '--merchant')).code).toBe(0);
    expect(await logIn(member.email, PASSWORD)).toBe(200);
    expect(await actionsOf(member)).toContain('account.power_changed');
  });
});
