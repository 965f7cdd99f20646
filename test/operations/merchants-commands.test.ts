/** Guarantees of `keywright merchants`: a merchant is exported and deleted from the command line, beside the server or without it. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, type CommandResult } from '../support/command.js';
import { newFolder, removeFolder } from '../support/program.js';
import { TestServer, type User } from '../support/server.js';

describe('keywright merchants', () => {
  let folder: string;
  let server: TestServer;
  let merchant: User;
  let fullKey: string;
  beforeAll(async () => {
    folder = newFolder();
    server = await TestServer.start();
    merchant = await server.newMerchant();
    ({ fullKey } = await server.newFullKey(merchant, await server.newApplication(merchant)));
    await server.sealed();
  });
  afterAll(async () => {
    await server.stop();
    await removeFolder(folder);
  });

  async function run(...args: string[]): Promise<CommandResult> {
    const { code, stdout, stderr } = await runCommand(folder, ['merchants', ...args], server.variables);
    // The tests' MariaDB does not sync its commits, of which every command warns.
    return { code, stdout, stderr: stderr.replaceAll(/^.* WARN .* at a power loss: .*\n/gm, '') };
  }
  const check = async (): Promise<number> =>
    (await server.call('GET', '/api/v1/keys/check', { headers: { 'x-api-key': fullKey } })).status;

  it('exports a merchant as the API does, to a new file or to standard output', async () => {
    const api = await server.call('GET', `/api/v1/merchants/${merchant.merchantId}/export`, {
      token: server.admin.token,
    });
    const printed = await run('export', merchant.merchantId);
    expect([printed.code, printed.stderr]).toEqual([0, '']);
    expect(printed.stdout).toBe(api.text);
    const file = join(folder, 'shop.ndjson');
    expect(await run('export', merchant.merchantId.toUpperCase(), '--output', file)).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(readFileSync(file, 'utf8')).toBe(api.text);
    const again = await run('export', merchant.merchantId, '--output', file);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('EEXIST');
    expect(again.stderr.trimEnd()).not.toContain('\n');
  });

  it.each([['export'], ['delete'], ['delete', '--dry-run']])(
    'refuses a merchant that is none: %s %s',
    async (...args) => {
      const { code, stdout, stderr } = await run(...args, '00000000-0000-4000-8000-000000000000');
      expect([code, stdout, stderr]).toEqual([
        1,
        '',
        'The merchant does not exist. Look for the merchant in the list of merchants.\n',
      ]);
    },
  );

  it('refuses the merchant that runs the server', async () => {
    const { code, stderr } = await run('delete', server.admin.merchantId);
    expect([code, stderr]).toEqual([
      1,
      'The merchant has members who run this server. Give these members a lower role first, and leave the server with another administrator.\n',
    ]);
    expect((await server.call('GET', '/api/v1/merchants/me', { token: server.admin.token })).status).toBe(200);
  });

  it('counts in a dry run, and deletes beside the running server, which refuses its keys when the command ends', async () => {
    expect(await check()).toBe(204);
    const dry = await run('delete', merchant.merchantId, '--dry-run', '--json');
    expect(JSON.parse(dry.stdout)).toMatchObject({ dryRun: true, keys: 1, applications: 1, members: 1 });
    expect(await check()).toBe(204);
    const { code, stdout, stderr } = await run('delete', merchant.merchantId);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe('Example Shop Ltd: 1 keys, 1 applications, 1 members, 0 webhooks deleted.\n');
    expect(await check()).toBe(401);
    const { token } = server.admin;
    expect((await server.call('GET', `/api/v1/merchants/${merchant.merchantId}`, { token })).status).toBe(404);
    const path = `/api/v1/audit-events/verify?merchantId=${merchant.merchantId}`;
    expect((await server.call('GET', path, { token })).body).toMatchObject({ valid: true, problems: [] });
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });
});
