/** Guarantees of `keywright audit` for scripts: exports are what the API exports, and results are one JSON document. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, type CommandResult } from '../support/command.js';
import { newFolder, removeFolder } from '../support/program.js';
import { TestServer, type User } from '../support/server.js';

describe('keywright audit', () => {
  let folder: string;
  let server: TestServer;
  let merchant: User;
  beforeAll(async () => {
    folder = newFolder();
    server = await TestServer.start();
    merchant = await server.newMerchant();
    const application = await server.newApplication(merchant);
    await server.newFullKey(merchant, application);
    await server.newMerchant();
    await server.sealed();
  });
  afterAll(async () => {
    await server.stop();
    await removeFolder(folder);
  });

  const run = (...args: string[]): Promise<CommandResult> =>
    runCommand(folder, args, { DATABASE_URL: server.databaseUrl });
  const exported = async (query = ''): Promise<string> => {
    const path = `/api/v1/audit-events/export${query}`;
    const { status, text } = await server.call('GET', path, { token: server.admin.token });
    expect(status).toBe(200);
    return text;
  };

  it('exports what the API exports: of all merchants, or of one', async () => {
    const all = await run('audit', 'export');
    expect(all).toEqual({ code: 0, stdout: await exported(), stderr: '' });
    for (const name of [merchant.merchantId, merchant.clientId]) {
      const own = await run('audit', 'export', '--merchant', name);
      expect(own.stdout).toBe(await exported(`?merchantId=${merchant.merchantId}`));
    }
  });

  it('exports a period, to a file that is there only when it is whole', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const done = await run('audit', 'export', '--from', today, '--to', today, '-o', 'events.ndjson');
    expect(done).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(folder, 'events.ndjson'), 'utf8')).toBe(await exported(`?from=${today}&to=${today}`));
    expect((await run('audit', 'export', '--to', '2020-01-01')).stdout).toBe('');
    expect((await run('audit', 'export', '-o', 'nowhere/events.ndjson')).code).toBe(1);
    expect(existsSync(join(folder, 'events.ndjson.part'))).toBe(false);
  });

  it.each([
    [['--from', 'yesterday'], 2, '--from must be a time'],
    [['--to', '2026-02-30'], 2, '--to must be a time'],
    [['--merchant', 'nobody'], 1, 'There is no merchant "nobody"'],
  ])('refuses %j in one line', async (args, code, reason) => {
    const { stderr, ...rest } = await run('audit', 'export', ...args);
    expect([rest, stderr.split('\n')]).toEqual([{ code, stdout: '' }, [expect.stringContaining(reason), '']]);
  });

  it('verifies as one JSON document', async () => {
    const { code, stdout, stderr } = await run('audit', 'verify', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const trails = JSON.parse(stdout) as { merchantId: string; valid: boolean; head: { sequence: number } }[];
    expect(trails).toHaveLength(3);
    expect(trails.every(({ valid }) => valid)).toBe(true);
    expect(trails.find(({ merchantId }) => merchantId === merchant.merchantId)?.head.sequence).toBeGreaterThan(1);
  });

  it('keeps house as one JSON document', async () => {
    const args = ['housekeeping', '--dry-run', '--json', 'usage', 'key_expiry'];
    const { code, stdout } = await runCommand(folder, args, server.variables);
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      [
        { job: 'usage', outcome: 'completed', counts: {}, examples: {} },
        { job: 'key_expiry', outcome: 'completed', counts: {}, examples: {} },
      ],
    ]);
  });
});
