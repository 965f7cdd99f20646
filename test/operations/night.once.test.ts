/**
 * Guarantees of docs/incidents.md and docs/operations.md for the night: every command that they give when something has leaked, somebody is locked out, a
 * secret must go or a backup must come back does what they say, run as it stands in the folder of a server.
 */

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readBlocksRunBy } from '../support/markdown.js';
import { newFolder, Program, removeFolder } from '../support/program.js';
import { paste } from '../support/shell.js';

interface Key {
  id: string;
  fullKey: string;
}

const PENDING = readBlocksRunBy('test/operations/night.once.test.ts');

describe('the documents for the night', () => {
  let folder: string;
  let program: Program;
  let token: string;
  let application: string;
  let variables: Record<string, string>;
  /** What readers put in, as placeholder and value. */
  const own = new Map<string, string>();

  beforeAll(async () => {
    folder = newFolder();
    for (const name of ['backup', 'node_modules/.bin']) mkdirSync(join(folder, name), { recursive: true });
    symlinkSync(resolve('dist/src/main.js'), join(folder, 'node_modules/.bin/keywright'));
    writeFileSync(join(folder, 'passphrase'), 'correct horse battery staple\n');
    own.set('/backup/', `${join(folder, 'backup')}/`);
    own.set('/run/secrets/passphrase', join(folder, 'passphrase'));
    variables = { PUBLIC_URL: 'https://keys.shop.example', NPM_CONFIG_UPDATE_NOTIFIER: 'false' };
    await start();
    await logIn(program.password);
    application = (await program.call('POST', '/api/v1/applications', { token, json: { name: 'Night' } })).body.id;
  });
  afterAll(async () => {
    await program.end('SIGTERM');
    await removeFolder(folder);
  });

  async function start(): Promise<void> {
    program = await Program.start(folder, { USAGE_FLUSH_INTERVAL_MS: '50' });
    variables.KEYWRIGHT = program.url;
  }
  async function restart(): Promise<void> {
    await program.end('SIGTERM');
    await start();
  }
  async function logIn(password: string): Promise<void> {
    token = await program.logIn(password);
    variables.TOKEN = token;
  }
  const newKey = async (description: string): Promise<Key> =>
    (await program.call('POST', `/api/v1/applications/${application}/api-keys`, { token, json: { description } })).body;
  const check = async ({ fullKey }: Key): Promise<number> =>
    (await program.call('GET', '/api/v1/keys/check', { token: fullKey })).status;
  const leak = ({ fullKey }: Key): void => writeFileSync(join(folder, 'leaked.txt'), `${fullKey}\n`);

  /** Takes the next block of a document that has some text. */
  function next(file: 'incidents' | 'operations', text: string): string {
    const index = PENDING.findIndex(({ place, lines }) => place.startsWith(`docs/${file}.md`) && lines.includes(text));
    expect([text, index]).toEqual([text, expect.any(Number)]);
    const [block] = PENDING.splice(index, index < 0 ? 0 : 1);
    expect([text, block?.lines]).toEqual([text, expect.stringContaining(text)]);
    return [...own].reduce((lines, [from, to]) => lines.replaceAll(from, to), block?.lines ?? '');
  }
  /** Pastes lines in the folder of the server. @returns what they printed */
  async function run(...blocks: string[]): Promise<string> {
    const results = await paste(blocks, variables, folder);
    for (const { exitStatus, stderr, requests } of results)
      expect([exitStatus, stderr, requests.filter((request) => !/^2\d\d /.test(request))]).toEqual([0, '', []]);
    return results.map(({ stdout }) => stdout).join('');
  }
  /** Revokes every key, so that none needs an older pepper. */
  const revokeAll = async (): Promise<void> => {
    const { body } = await program.call('GET', '/api/v1/api-keys?limit=100', { token });
    const ids = (body.items as Key[]).map(({ id }) => id);
    const json = { ids, expectedCount: ids.length };
    expect((await program.call('POST', '/api/v1/api-keys/bulk-revoke', { token, json })).status).toBe(200);
  };
  const setPassword = async (printed: string, password: string): Promise<void> => {
    const [link = ''] = /https:\S+/.exec(printed) ?? [];
    expect((await program.call('POST', new URL(link).pathname, { json: { password } })).status).toBe(200);
  };

  it('find and revoke a leaked key by its text, its name and its id', async () => {
    for (const file of ['incidents', 'operations'] as const) {
      const [leaked, kept] = [await newKey('leaked'), await newKey('kept')];
      leak(leaked);
      expect(await run(next(file, 'keys find -'))).toContain(leaked.id);
      // In operations.md both are one block.
      if (file === 'incidents') expect(await run(next(file, 'keys revoke -'))).toContain(`${leaked.id}  revoked`);
      expect([await check(leaked), await check(kept)]).toEqual([401, 204]);
    }
    const nightly = await newKey('The nightly build');
    own.set('5eab7386-9f64-4a5e-8d3b-0f7c2a6b9e11', nightly.id);
    expect(await run(next('operations', 'keys find "nightly build"'))).toContain(`${nightly.id}  revoked`);
    expect(await check(nightly)).toBe(401);
  }, 180_000);

  it('exchange a leaked key for another one, and see what it was used for', async () => {
    const leaked = await newKey('exchanged');
    expect(await check(leaked)).toBe(204);
    own.set('5eab7386-9f64-4a5e-8d3b-0f7c2a6b9e11', leaked.id);
    const exchange = next('incidents', '"mode": "immediately"');
    const answer = await run(exchange);
    expect(await check(leaked)).toBe(401);
    expect(await check({ ...leaked, fullKey: (JSON.parse(answer) as Key).fullKey })).toBe(204);
    const path = `/api/v1/api-keys/${leaked.id}/usage`;
    while ((await program.call('GET', path, { token })).body.intervals.length === 0);
    const seen = await run(`export KEY_ID=${leaked.id}`, next('incidents', '/usage"'));
    expect(seen).toContain('api_key.rotated');
    expect(seen).toMatch(/"VALID":[12]/);
  }, 180_000);

  it('create a second administrator, who can be locked out and let in again', async () => {
    await setPassword(await run(next('operations', 'admin create ada@shop.example')), 'a first battery staple');
    const json = { username: 'ada', password: 'a first battery staple' };
    const { body } = await program.call('POST', '/api/v1/auth/login', { json });
    const headers = { token: body.accessToken };
    expect((await program.call('POST', '/api/v1/applications', { ...headers, json: { name: 'Of Ada' } })).status).toBe(
      201,
    );
    const printed = await run(next('incidents', 'admin reset-password ada'));
    expect((await program.call('GET', '/api/v1/merchants/me', headers)).status).toBe(401);
    const members = JSON.parse(await run('npx keywright admin list --all --json')) as {
      username: string;
      id: string;
    }[];
    own.set('7bcf28b8-7a26-49b5-b3fc-d5eaef3b5c67', members.find(({ username }) => username === 'ada')?.id ?? '');
    expect(await run(next('incidents', 'actorId='))).toContain('application.created');
    expect(JSON.parse(await run(next('incidents', 'createdAfter')))).toMatchObject({ items: expect.any(Array) });
    await setPassword(printed, 'a second battery staple');
    expect(await program.call('POST', '/api/v1/auth/login', { json })).toMatchObject({ status: 401 });
  }, 180_000);

  it('let the first administrator in again whose password is lost', async () => {
    await setPassword(await run(next('operations', 'admin reset-password admin')), 'a third battery staple');
    await logIn('a third battery staple');
    await setPassword(await run(next('incidents', 'admin reset-password admin')), 'a fourth battery staple');
    await logIn('a fourth battery staple');
  }, 180_000);

  it('put a backup back, without the key that was revoked since, and also after a pepper was replaced', async () => {
    const [kept, revoked, later] = [await newKey('kept'), await newKey('revoked'), await newKey('revoked later')];
    await run(next('operations', 'keywright backup /backup/'));
    leak(revoked);
    await run('npx keywright keys revoke - < leaked.txt');
    await program.end('SIGTERM');
    expect(await run(next('operations', 'keywright restore /backup/monday.backup\n'))).toContain('keys deleted: 1');
    await start();
    await logIn('a fourth battery staple');
    expect([await check(kept), await check(revoked), await check(later)]).toEqual([204, 401, 204]);

    const [rotate = '', retire = ''] = next('operations', 'secrets rotate KEY_PEPPERS').split('\n');
    await run(rotate);
    await restart();
    await logIn('a fourth battery staple');
    leak(later);
    await run('npx keywright keys revoke - < leaked.txt');
    await revokeAll();
    await run(retire);
    await restart();

    await program.end('SIGTERM');
    await run(next('operations', '--secrets /backup/monday.backup.secrets'));
    await start();
    await logIn('a fourth battery staple');
    expect([await check(kept), await check(revoked), await check(later)]).toEqual([401, 401, 401]);
  }, 240_000);

  it('replace the keys that encrypt', async () => {
    await run(next('incidents', 'secrets rotate ENCRYPTION_KEYS'));
    await restart();
    expect(await run(next('incidents', 'secrets reencrypt'))).toContain('have been removed');
    await restart();
    expect(await run('npx keywright secrets status')).not.toContain('accepted');
  }, 180_000);

  it('have no other block', () => expect(PENDING.map(({ place }) => place)).toEqual([]));
});
