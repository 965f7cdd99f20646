/** Guarantees of `keywright keys`: a leaked key is found and revoked from the command line, beside the server or without it. */

import { runCommand, runCommandWith, type CommandResult } from '../support/command.js';
import { foreignKey, importLines, PEPPER, WAYS } from '../support/imports.js';
import { newFolder, removeFolder } from '../support/program.js';
import { TestServer, type Pair, type User } from '../support/server.js';

interface NamedKey {
  id: string;
  fullKey: string;
}

describe('keywright keys', () => {
  let folder: string;
  let server: TestServer;
  let merchant: User;
  let application: string;
  beforeAll(async () => {
    folder = newFolder();
    server = await TestServer.start();
    server.secrets.add(PEPPER);
    merchant = await server.newMerchant();
    application = await server.newApplication(merchant);
  });
  afterAll(async () => {
    await server.stop();
    await removeFolder(folder);
  });

  const run = (...args: string[]): Promise<CommandResult> => runCommand(folder, ['keys', ...args], server.variables);
  const runWith = (input: string, ...args: string[]): Promise<CommandResult> =>
    runCommandWith(input, folder, ['keys', ...args], server.variables);
  const newKey = (description = 'A key'): Promise<NamedKey> =>
    server.newFullKey(merchant, application, { description });
  const check = async ({ fullKey }: NamedKey): Promise<number> =>
    (await server.call('GET', '/api/v1/keys/check', { token: fullKey })).status;
  const find = async (text: string) => {
    const { code, stdout } = await run('find', text, '--json');
    return code === 0 ? JSON.parse(stdout) : code;
  };

  it('finds a key by its id, its public id and a part of its name, and shows no secret', async () => {
    const key = await newKey('Nightly build №7');
    const publicId = key.fullKey.slice(0, 24);
    const expected = { id: key.id, publicId, name: 'Nightly build №7', state: 'active' };
    expect(await find(key.id.toUpperCase())).toEqual([expect.objectContaining({ ...expected, foundBy: 'id' })]);
    expect(await find(publicId)).toEqual([expect.objectContaining({ ...expected, foundBy: 'public id' })]);
    expect(await find('LY BUILD №7')).toEqual([expect.objectContaining({ ...expected, foundBy: 'name' })]);
    const { stdout } = await run('find', 'nightly');
    expect(stdout).toContain(`${key.id}  ${publicId.slice(0, 12)}  Nightly build №7  active`);
    expect(JSON.stringify(await find(key.id))).not.toMatch(/hash|encrypted/i);
    expect(await find('no such key')).toBe(1);
  });

  it('finds a key by its credential on standard input alone, and never repeats it', async () => {
    const key = await newKey();
    const { code, stdout, stderr } = await runWith(`${key.fullKey}\n`, 'find', '-', '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ id: key.id, foundBy: 'credential' })]);
    expect(stdout).not.toContain(key.fullKey.slice(24));
    const pair: Pair = await server.newPair(merchant);
    const found = await runWith(`${pair.apikey}:${pair.apisecret}`, 'find', '-', '--json');
    expect(JSON.parse(found.stdout)).toEqual([expect.objectContaining({ id: pair.id, foundBy: 'credential' })]);
    const other = (await newKey()).fullKey;
    // The public id of one key with the secret of another.
    expect(await runWith(key.fullKey.slice(0, 24) + other.slice(24), 'find', '-')).toMatchObject({ code: 1 });
    for (const verb of ['find', 'revoke']) {
      const refused = await run(verb, key.fullKey);
      expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('on standard input') });
      expect(refused.stderr).not.toContain(key.fullKey);
    }
    expect(await check(key)).toBe(204);
  });

  it.each(['sha256 in hex', 'bcrypt'])('finds a key that was imported with %s by what it is', async (way) => {
    const key = foreignKey();
    expect((await importLines(server, merchant, [await WAYS[way]?.(key)])).body).toMatchObject({ imported: 1 });
    const { stdout } = await runWith(key, 'find', '-', '--json');
    expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ foundBy: 'credential' })]);
  });

  it('revokes keys beside the running server, which refuses them when the command ends', async () => {
    const [one, two, kept] = [await newKey(), await newKey(), await newKey()];
    for (const key of [one, two, kept]) expect(await check(key)).toBe(204);
    const unknown = await run('revoke', one.id, '00000000-0000-4000-8000-000000000000');
    expect(unknown).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('No key has been revoked.') });
    expect(await check(one)).toBe(204);
    const done = await run('revoke', one.id, two.fullKey.slice(0, 24), '--json');
    expect(done.code).toBe(0);
    expect(await Promise.all([one, two, kept].map(check))).toEqual([401, 401, 204]);
    expect(JSON.parse(done.stdout).revoked.sort()).toEqual([one.id, two.id].sort());
    const again = await run('revoke', one.id);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('had been deleted before') });
    await server.sealed();
    const path = `/api/v1/audit-events?targetId=${one.id}&action=api_key.deleted`;
    const { body } = await server.call('GET', path, { token: server.admin.token });
    expect(body.items).toEqual([expect.objectContaining({ actor: expect.objectContaining({ kind: 'system' }) })]);
  });

  it('revokes by the credential while no server runs, and finds it afterwards', async () => {
    const key = await newKey();
    await server.close();
    const done = await runWith(key.fullKey, 'revoke', '-');
    const found = await runWith(key.fullKey, 'find', '-', '--json');
    await server.open();
    expect(done).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`${key.id}  revoked`) });
    expect(JSON.parse(found.stdout)).toEqual([
      expect.objectContaining({ id: key.id, state: 'deleted', foundBy: 'deleted credential' }),
    ]);
    expect(await check(key)).toBe(401);
    expect(await runWith('no key at all', 'revoke', '-')).toMatchObject({ code: 1, stdout: '' });
  });
});
