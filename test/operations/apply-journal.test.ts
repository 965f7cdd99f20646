/** Guarantees of `keywright restore --apply-journal`: what was revoked since a backup is taken away from a database that was put back by other means. */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, type CommandResult } from '../support/command.js';
import { newFolder, removeFolder } from '../support/program.js';
import { TestServer, type PersonalKey, type User } from '../support/server.js';

describe('keywright restore --apply-journal', () => {
  let folder: string;
  let server: TestServer;
  let user: User;
  let application: string;
  beforeAll(async () => {
    folder = newFolder();
    server = await TestServer.start();
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterAll(async () => {
    await server.stop();
    await removeFolder(folder);
  });

  const run = (...args: string[]): Promise<CommandResult> => runCommand(folder, ['restore', ...args], server.variables);
  const check = async (fullKey: string): Promise<number> =>
    (await server.call('GET', '/api/v1/keys/check', { headers: { 'x-api-key': fullKey } })).status;
  const whoami = async ({ basic }: PersonalKey): Promise<number> =>
    (await server.call('GET', '/whoami/key', { basic })).status;
  const keyPath = (id: string): string => `/api/v1/applications/${application}/api-keys/${id}`;

  it('takes away what was revoked, whoever starts a server in between', async () => {
    const [kept, deleted, disabled, rotated, ended] = [
      await server.newFullKey(user, application),
      await server.newFullKey(user, application),
      await server.newFullKey(user, application),
      await server.newFullKey(user, application),
      await server.newFullKey(user, application),
    ];
    const first = await server.call('POST', `${keyPath(ended.id)}/rotate`, {
      token: user.token,
      json: { overlapSeconds: 3600, mode: 'on_first_use' },
    });
    const [lowered, removed] = [await server.newMember(user, 'user'), await server.newMember(user, 'user')];
    const ofLowered = await server.newPersonalKey(lowered, 1);
    const aboveLowered = await server.newPersonalKey(lowered, 4);
    const ofRemoved = await server.newPersonalKey(removed, 1);
    await server.close();
    const putBack = await server.snapshot();
    await server.open();

    const { token } = user;
    await server.call('DELETE', keyPath(deleted.id), { token });
    await server.call('PATCH', keyPath(disabled.id), { token, json: { isEnabled: false } });
    await server.call('POST', `${keyPath(rotated.id)}/rotate`, { token, json: {} });
    expect(await check(first.body.fullKey)).toBe(204);
    while ((await check(ended.fullKey)) === 204);
    await server.call('PATCH', `/api/v1/members/${lowered.uuid}`, { token, json: { role: 'readOnly' } });
    await server.call('DELETE', `/api/v1/members/${removed.uuid}`, { token });
    expect((await run('--apply-journal')).stderr).toBe('A server uses the database. Stop all servers first.\n');
    await server.close();

    await putBack();
    await expect(server.open()).rejects.toThrow(
      /older than its revocation journal.*keywright restore --apply-journal$/,
    );
    const applied = await run('--apply-journal', '--json');
    expect(applied.code).toBe(0);
    expect(JSON.parse(applied.stdout).counts).toMatchObject({
      keysDeleted: 3,
      keysDisabled: 2,
      credentialsEnded: 1,
      accountsDeleted: 1,
      accountsDisabled: 0,
      accountsLowered: 1,
    });
    expect((await run('--apply-journal')).stdout).toContain('Taken away again, by 2 files of the journal: nothing.');

    await server.open();
    expect(await check(kept.fullKey)).toBe(204);
    for (const { fullKey } of [deleted, disabled, rotated, ended]) expect(await check(fullKey)).toBe(401);
    expect(await check(first.body.fullKey)).toBe(204);
    expect([await whoami(ofLowered), await whoami(aboveLowered), await whoami(ofRemoved)]).toEqual([200, 401, 401]);
    // The restore has ended all sessions.
    const { token: newToken } = await server.logIn(user.email, user.password);
    await server.call('DELETE', keyPath(kept.id), { token: newToken });
    expect(await check(kept.fullKey)).toBe(401);
  });

  it('is repeated after it was interrupted, and no server starts before', async () => {
    await server.dataSource.query('UPDATE database_identity SET restored_revision = 0');
    await server.close();
    await expect(server.open()).rejects.toThrow('The restore of the database is not complete.');
    expect(await run('--apply-journal')).toMatchObject({ code: 0 });
    await server.open();
  });

  it('needs a journal of this database that is complete', async () => {
    await server.close();
    const empty = await runCommand(folder, ['restore', '--apply-journal'], {
      ...server.variables,
      REVOCATION_JOURNAL: 'nowhere',
    });
    expect(empty.stderr).toMatch(/^There is no revocation journal of this database in nowhere\./);
    const [path = ''] = (await readdir(server.journalFolder)).map((name) => join(server.journalFolder, name));
    const text = await readFile(path, 'utf8');
    await writeFile(path, `${text}{"revision":`);
    const torn = await run('--apply-journal');
    expect([torn.code, torn.stderr]).toEqual([1, expect.stringMatching(/ends in the middle of a line\..*\n$/)]);
    expect((await run('--apply-journal', '--accept-incomplete-journal')).code).toBe(0);
    await server.open();
  });
});
