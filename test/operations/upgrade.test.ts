/**
 * Guarantees of an upgrade from each released version: data of before work afterwards, both versions run on one database meanwhile, and what is
 * changed at either holds at the other when the call returns.
 */

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TABLES } from '../../src/entities.js';
import { createDataSource } from '../../src/platform/database/data-source.js';
import { runCommand } from '../support/command.js';
import { createEmptyDatabase, type TestDatabase } from '../support/engine.js';
import { bcryptRow, foreignKey, ndjson, PREFIX, sha256Row } from '../support/imports.js';
import { checkKeys, makeKeys, revokeKey, rotateKey, type MadeKey } from '../support/made-keys.js';
import { newFolder, Program, removeFolder } from '../support/program.js';
import { unpackRelease } from '../support/release.js';

const LISTS = [
  '/api/v1/api-keys',
  '/api/v1/merchants',
  '/api/v1/applications',
  '/api/v1/members',
  '/api/clients/api-keys',
  '/apikeys/jwt',
];

const secret = (): string => randomBytes(24).toString('hex');

describe.each(['0.1.0'])('an upgrade from %s', (version) => {
  const adminPassword = randomBytes(12).toString('hex');
  let former: string;
  let folder: string;
  let database: TestDatabase;
  let environment: Record<string, string>;
  let running: Program[];
  beforeAll(() => {
    former = unpackRelease(version);
  });
  beforeEach(async () => {
    folder = newFolder();
    database = await createEmptyDatabase();
    running = [];
    environment = {
      DATABASE_URL: database.url,
      ADMIN_PASSWORD: adminPassword,
      JWT_SECRET: secret(),
      KEY_PEPPERS: secret(),
      ENCRYPTION_KEYS: secret(),
      CLIENT_RATE_LIMIT_PER_MINUTE: '0',
    };
  });
  afterEach(async () => {
    for (const program of running) await program.end('SIGKILL');
    await removeFolder(folder);
    await database.drop();
  });

  const start = async (main?: string): Promise<Program> => {
    const program = await Program.start(folder, environment, main);
    running.push(program);
    return program;
  };
  const yes = (keys: MadeKey[]): number[] => keys.map(() => 204);
  const no = (keys: MadeKey[]): number[] => keys.map(() => 401);

  it('keeps everything that was stored before', async () => {
    const { code, stdout } = await runCommand(folder, ['seed'], environment, former);
    expect(code).toBe(0);
    const examples = stdout.match(/ks_(live|test)_\w{54}/g) ?? [];
    const checkExamples = async (at: Program): Promise<string[]> => {
      const answers = [];
      for (const token of examples) {
        const { status, headers } = await at.call('GET', '/api/v1/keys/check', { token });
        answers.push(`${status} ${String(headers['x-error-code'])}`);
      }
      return answers;
    };
    const old = await start(former);
    const token = await old.logIn(adminPassword);
    const keys = await makeKeys(old, token);
    const revoked = await makeKeys(old, token);
    for (const key of revoked) await revokeKey(old, token, key);
    const readLists = async (at: Program, by: string): Promise<object[]> => {
      const answers = [];
      for (const path of LISTS) {
        const { text } = await at.call('GET', path, { token: by });
        // Who lists has just logged in.
        answers.push(
          JSON.parse(text, (name, value: unknown) => (name === 'lastLoginAt' ? undefined : value)) as object,
        );
      }
      return answers;
    };
    const [exampleAnswers, lists] = [await checkExamples(old), await readLists(old, token)];
    expect(exampleAnswers.length).toBeGreaterThan(3);
    expect(JSON.stringify(lists)).toContain(keys[1]?.id);
    expect(await old.end('SIGTERM')).toBe(0);

    const current = await start();
    // A token of before names no session.
    expect((await current.call('GET', '/whoami/jwt', { token })).status).toBe(401);
    const again = await current.logIn(adminPassword);
    expect(await readLists(current, again)).toMatchObject(lists);
    expect(await checkExamples(current)).toEqual(exampleAnswers);
    expect(await checkKeys(current, keys)).toEqual(yes(keys));
    expect(await checkKeys(current, revoked)).toEqual(no(revoked));
    const audit = await runCommand(folder, ['audit', 'verify'], environment);
    expect([audit.code, audit.stdout.match(/^valid /gm)?.length]).toEqual([0, 2]);
    const source = await createDataSource(database.url, TABLES).initialize();
    expect((await source.driver.createSchemaBuilder().log()).upQueries).toEqual([]);
    await source.destroy();
    expect(current.stderr).toBe('');
  });

  it('lets everybody in whom the former version knew, had invited or had mailed a link to', async () => {
    environment.ALLOW_UNITTEST_SIGNUP = 'true';
    const password = 'correct horse battery';
    const person = { password, firstName: 'Ada', lastName: 'Lovelace' };
    const post = (at: Program, path: string, json: unknown, token?: string) => at.call('POST', path, { json, token });
    const pathOf = (link: string): string => new URL(link).pathname + new URL(link).search;
    const logIn = async (at: Program, name: object) => (await post(at, '/login', { ...name, password })).body;

    const old = await start(former);
    const admin = await old.logIn(adminPassword);
    const email = 'Owner@shop.example';
    const organization = { legalBusinessName: 'Example Shop Ltd' };
    const { signupLink } = (await post(old, '/api/v1/merchants/invite', {}, admin)).body;
    await post(old, pathOf(signupLink), { organization, admin: { ...person, email } });
    const owner = await logIn(old, { email });
    const invite = async (address: string): Promise<string> =>
      pathOf((await post(old, '/api/v1/members', { email: address, role: 'user' }, owner.token)).body.signupLink);
    const renamed = 'renamed@shop.example';
    await post(old, await invite(renamed), person);
    const { token } = await logIn(old, { email: renamed });
    const patch = (json: object) => old.call('PATCH', '/account/jwt', { token, json });
    expect((await patch({ username: 'renamed' })).status).toBe(200);
    expect((await patch({ email: 'moved@shop.example' })).status).toBe(200);
    const invited = await invite('invited@shop.example');
    const { confirmation } = (
      await post(old, '/signup', { email: 'new@person.example', language: 'nl', unittest: true })
    ).body;
    expect(confirmation).toEqual(expect.any(String));
    const moving = await mailedPath(old, /\/confirm\/email\/\w+/);
    expect(await old.end('SIGTERM')).toBe(0);

    const current = await start();
    for (const name of [{ email }, { username: email.toUpperCase() }, { username: owner.account.id }])
      expect((await logIn(current, name)).account).toMatchObject({ id: owner.account.id, username: email });
    expect((await logIn(current, { username: 'renamed' })).account.email).toBe(renamed);
    expect((await post(current, moving, {})).body).toEqual({ result: 'success', email: 'moved@shop.example' });
    expect((await logIn(current, { email: 'moved@shop.example' })).account.username).toBe('renamed');
    expect((await post(current, invited, person)).status).toBe(201);
    expect((await logIn(current, { email: 'invited@shop.example' })).account.username).toBe('invited@shop.example');
    const confirmed = await post(current, `/confirm/signup/${confirmation}`, { consent: 1 });
    expect([confirmed.status, confirmed.body.account]).toMatchObject([
      200,
      { language: 'nl', email: 'new@person.example' },
    ]);

    // An address that an account had before counts as its own, and one that it has given up is free, also as a username.
    const again = await post(
      current,
      '/api/v1/members',
      { email: email.toLowerCase(), role: 'user' },
      confirmed.body.token,
    );
    expect((await post(current, pathOf(again.body.signupLink), person)).status).toBe(409);
    const free = await post(current, '/api/v1/members', { email: renamed, role: 'user' }, confirmed.body.token);
    expect((await post(current, pathOf(free.body.signupLink), person)).status).toBe(201);
    expect((await logIn(current, { username: renamed })).account.id).toEqual(expect.any(Number));
  });

  /** The path of a link in a mail, which a server without a mail server writes to its log. */
  async function mailedPath(program: Program, path: RegExp): Promise<string> {
    await sleep(100);
    return path.exec(program.stdout)?.[0] ?? '';
  }

  it('can be rolling, and rolled back while nothing new is used', async () => {
    const old = await start(former);
    const token = await old.logIn(adminPassword);
    const before = await makeKeys(old, token);
    expect(await checkKeys(old, before)).toEqual(yes(before));
    const current = await start();
    const tokens = new Map([
      [old, token],
      [current, await current.logIn(adminPassword)],
    ]);
    const tokenAt = (program: Program): string => tokens.get(program) ?? '';
    for (const program of [old, current]) {
      expect((await program.call('GET', '/health/ready')).status).toBe(200);
      expect(await checkKeys(program, before)).toEqual(yes(before));
    }
    for (const [one, other] of [
      [old, current],
      [current, old],
    ] as const) {
      const token = tokenAt(one);
      const made = await makeKeys(one, token);
      expect(await checkKeys(other, made)).toEqual(yes(made));
      expect(await checkKeys(one, made)).toEqual(yes(made));
      const [full, ...pairs] = made as [MadeKey, ...MadeKey[]];
      const rotated = await rotateKey(one, token, full);
      expect(await checkKeys(other, [full, rotated])).toEqual([401, 204]);
      for (const key of [rotated, ...pairs]) {
        await revokeKey(one, token, key);
        expect(await checkKeys(other, [key])).toEqual([401]);
      }
      // The former version accepts the logins of the current one, whose own logins name sessions.
      const login = await one.logIn(adminPassword);
      expect((await other.call('GET', '/whoami/jwt', { token: login })).status).toBe(one === current ? 200 : 401);
    }
    expect(await old.end('SIGTERM')).toBe(0);
    const after = await makeKeys(current, tokenAt(current));
    expect(await checkKeys(current, [...before, ...after])).toEqual(yes([...before, ...after]));
    expect(await current.end('SIGTERM')).toBe(0);

    const again = await start(former);
    expect(await checkKeys(again, [...before, ...after])).toEqual(yes([...before, ...after]));
  });

  it('keeps imported keys of formats that are no longer taken, and knows them again', async () => {
    const old = await start(former);
    const send = async (at: Program, format: object, ...rows: object[]) => {
      const headers = { 'content-type': 'application/x-ndjson' };
      const token = await at.logIn(adminPassword);
      return (await at.call('POST', '/api/v1/api-keys/import', { token, headers, body: ndjson({ format }, ...rows) }))
        .body;
    };
    const signed = `eyJhbGciOiJFUzI1NiJ9.${foreignKey('', 20)}.${foreignKey('', 43)}`;
    const [plain, short, slow] = [foreignKey(), foreignKey('', 12), foreignKey()];
    const [plainRow, slowRow] = [sha256Row(plain), await bcryptRow(slow, {}, 13)];
    const format = { prefix: PREFIX, length: 42 };
    expect(await send(old, format, plainRow, slowRow)).toMatchObject({ imported: 2 });
    expect(await send(old, { length: 12 }, sha256Row(short))).toMatchObject({ imported: 1 });
    expect(await send(old, { prefix: 'eyJ' }, sha256Row(signed))).toMatchObject({ imported: 1 });
    const statuses = async (at: Program): Promise<number[]> => {
      const answers = [];
      for (const key of [plain, short, signed, slow])
        answers.push((await at.call('GET', '/api/v1/keys/check', { token: key })).status);
      return answers;
    };
    const current = await start();
    // The slow hash is compared by the new version only.
    expect(await statuses(current)).toEqual([204, 204, 204, 204]);
    expect(await send(current, format, plainRow)).toMatchObject({ imported: 0, existing: 1, failed: 0 });
    expect(await statuses(old)).toEqual([204, 204, 204, 204]);
    const token = await current.logIn(adminPassword);
    const formats = await current.call('GET', '/api/v1/import-formats', { token });
    expect(formats.body.items).toHaveLength(4);
    const { id } = formats.body.items[0];
    expect((await current.call('DELETE', `/api/v1/import-formats/${id}`, { token })).status).toBe(409);
  });
});
