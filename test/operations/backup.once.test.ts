/** Guarantees of `keywright backup` and `keywright restore` on SQLite: a restored backup gives back no key that was revoked since. */

import { createHash } from 'node:crypto';
import { copyFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { launchCommand, runCommand, type CommandResult } from '../support/command.js';
import { newFolder, removeFolder } from '../support/program.js';
import { TestServer, type User } from '../support/server.js';

const NO_DATABASE = 'There is no database at ';
const SHORT = 'The passphrase needs 12 characters or more.\n';
const PASSPHRASE = 'a passphrase of several words';

describe('keywright backup', () => {
  let folder: string;
  let server: TestServer;
  let file: string;
  let user: User;
  let application: string;
  beforeEach(async () => {
    folder = newFolder();
    server = await TestServer.start();
    file = server.databaseUrl.slice('sqlite:'.length);
    user = await server.newMerchant();
    application = await server.newApplication(user);
  });
  afterEach(async () => {
    await server.stop();
    await removeFolder(folder);
  });

  const run = (line: string, variables: Record<string, string> = {}): Promise<CommandResult> =>
    runCommand(folder, line.split(' '), { ...server.variables, ...variables });
  const keyPath = (id: string, ofApplication = application): string =>
    `/api/v1/applications/${ofApplication}/api-keys/${id}`;
  const ask = async (method: string, path: string, json?: object, who = user): Promise<void> => {
    const { status, body } = await server.call(method, path, { token: who.token, ...(json && { json }) });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
  };
  const check = async (fullKey: string): Promise<number> =>
    (await server.call('GET', '/api/v1/keys/check', { headers: { 'x-api-key': fullKey } })).status;
  const checkAll = async (keys: Record<string, { fullKey: string }>): Promise<Record<string, number>> =>
    Object.fromEntries(
      await Promise.all(Object.entries(keys).map(async ([name, { fullKey }]) => [name, await check(fullKey)])),
    );
  /** The SHA-256 of every file beside the database and in the journal's folder, by its name. */
  const checksums = async (): Promise<Record<string, string>> => {
    const sums: Record<string, string> = {};
    for (const place of [dirname(file), server.journalFolder, folder])
      for (const name of await readdir(place)) {
        const path = join(place, name);
        if (!(await stat(path)).isFile()) continue;
        sums[path] = createHash('sha256')
          .update(await readFile(path))
          .digest('hex');
      }
    return sums;
  };
  const newKeys = async <K extends string>(...names: K[]): Promise<Record<K, { id: string; fullKey: string }>> => {
    const made = {} as Record<K, { id: string; fullKey: string }>;
    for (const name of names) made[name] = await server.newFullKey(user, application);
    return made;
  };

  it('gives back nothing that was revoked since, and everything else', async () => {
    const keys = await newKeys('kept', 'renamed', 'deleted', 'disabled', 'narrowed', 'rotated', 'overlapping', 'twice');
    const disabledApp = await server.newApplication(user);
    const deletedApp = await server.newApplication(user);
    const inDisabledApp = await server.newFullKey(user, disabledApp);
    const inDeletedApp = await server.newFullKey(user, deletedApp);
    const member = await server.newMember(user, 'user');
    const personal = await server.newPersonalKey(member, 4);
    const other = await server.newMerchant();
    const ofBlocked = await server.newFullKey(other, await server.newApplication(other));
    await ask('POST', `${keyPath(keys.twice.id)}/rotate`, { overlapSeconds: 3600 });

    const backedUp = await run('backup b.backup');
    expect(backedUp).toMatchObject({ code: 0, stderr: '' });
    expect(backedUp.stdout).toMatch(
      /^The database has been backed up to b\.backup and verified .*\nThe secrets are not/,
    );

    await ask('PATCH', keyPath(keys.renamed.id), { description: 'Another name' });
    await ask('DELETE', keyPath(keys.deleted.id));
    await ask('PATCH', keyPath(keys.disabled.id), { isEnabled: false });
    await ask('PATCH', keyPath(keys.narrowed.id), { level: 1 });
    await ask('POST', `${keyPath(keys.rotated.id)}/rotate`, {});
    await ask('POST', `${keyPath(keys.overlapping.id)}/rotate`, { overlapSeconds: 3600 });
    await ask('POST', `${keyPath(keys.twice.id)}/rotate`, { overlapSeconds: 3600, endPrevious: true });
    await ask('PATCH', `/api/v1/applications/${disabledApp}/status`, { isEnabled: false });
    await ask('DELETE', `/api/v1/applications/${deletedApp}`);
    await ask('PATCH', `/api/v1/members/${member.uuid}`, { role: 'readOnly' });
    await ask('PATCH', `/api/v1/merchants/${other.merchantId}`, { status: 'blocked' }, server.admin);
    const late = await server.newFullKey(user, application);

    expect((await run('restore b.backup')).stderr).toMatch(/^A process uses .*\. Stop all servers first\.\n$/);
    await server.close();
    const restored = await run('restore b.backup --json');
    expect([restored.code, restored.stderr]).toEqual([0, '']);
    const { counts, audit, gaps, kept, revision } = JSON.parse(restored.stdout);
    expect({ counts, audit, gaps }).toEqual({
      counts: {
        keysDeleted: 3,
        keysDisabled: 5,
        credentialsEnded: 0,
        applicationsDeleted: 1,
        applicationsDisabled: 1,
        accountsDeleted: 0,
        accountsDisabled: 0,
        accountsLowered: 1,
        merchantsBlocked: 1,
        merchantsDeleted: 0,
      },
      audit: [],
      gaps: [],
    });
    expect(basename(kept)).toMatch(/^keywright\.sqlite\.before-restore-\d{8}T\d{9}Z$/);

    await server.open();
    expect(await checkAll(keys)).toEqual({
      kept: 204,
      renamed: 204,
      deleted: 401,
      disabled: 401,
      narrowed: 401,
      rotated: 401,
      overlapping: 401,
      twice: 401,
    });
    expect(await checkAll({ inDisabledApp, inDeletedApp, ofBlocked, late })).toEqual({
      inDisabledApp: 401,
      inDeletedApp: 401,
      ofBlocked: 401,
      late: 401,
    });
    expect((await server.call('GET', '/whoami/key', { basic: personal.basic })).status).toBe(401);

    // A backup brings back no session.
    expect((await server.call('GET', '/whoami/jwt', { token: user.token })).status).toBe(401);
    user = await server.logIn(user.email, user.password);

    // The database goes on: new revisions are above all old ones, and the trails are intact.
    const again = await server.newFullKey(user, application);
    await ask('DELETE', keyPath(again.id));
    const trail = await server.call('GET', '/api/v1/audit-events?action=backup.restored', { token: user.token });
    expect(trail.body.data ?? trail.body.items ?? trail.body).toHaveLength(1);
    expect((await run('audit verify --backup b.backup')).code).toBe(0);
    expect(revision).toBeGreaterThan(0);
  });

  it('is consistent beside a server that changes the database', async () => {
    let isOver = false;
    const write = async (): Promise<number> => {
      let count = 0;
      for (; !isOver; count += 1) await server.newFullKey(user, application);
      return count;
    };
    const writing = Promise.all([write(), write(), write()]);
    for (const name of ['one', 'two']) expect(await run(`backup ${name}`)).toMatchObject({ code: 0, stderr: '' });
    isOver = true;
    expect(Math.min(...(await writing))).toBeGreaterThan(0);
    expect((await run('audit verify --backup one')).code).toBe(0);
    await server.close();
    expect(await run('restore two')).toMatchObject({ code: 0, stderr: '' });
    await server.open();
    const { code, stdout } = await run('audit verify --backup two');
    expect([code, stdout]).toEqual([0, expect.not.stringContaining('BROKEN')]);
  });

  it('takes the journals of all instances', async () => {
    const keys = await newKeys('byOne', 'byOther');
    const elsewhere = join(folder, 'elsewhere');
    const other = await server.another({ REVOCATION_JOURNAL: elsewhere });
    await run('backup b');
    await ask('DELETE', keyPath(keys.byOne.id));
    const deleted = await other.call('DELETE', keyPath(keys.byOther.id), { token: user.token });
    expect(deleted.status).toBe(204);
    await other.close();
    await server.close();
    expect((await run('restore b --journal elsewhere')).stdout).toContain('keys deleted: 2');
    await server.open();
    expect(await checkAll(keys)).toEqual({ byOne: 401, byOther: 401 });
  });

  it('says that there is no journal, and offers what can be done without', async () => {
    const keys = await newKeys('kept', 'deleted', 'disabled', 'rotated');
    const { fullKey } = keys.kept;
    await run('backup b');
    await ask('DELETE', keyPath(keys.deleted.id));
    await ask('PATCH', keyPath(keys.disabled.id), { isEnabled: false });
    await ask('POST', `${keyPath(keys.rotated.id)}/rotate`, {});
    await server.close();
    await copyFile(file, `${file}.changed`);
    await rm(server.journalFolder, { recursive: true });
    const before = await checksums().catch(() => null);
    const refused = await run('restore b');
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(
      /^There is no revocation journal of this database in .*--disable-changed.*--disable-all.*--without-journal.*\n$/,
    );
    expect(await checksums().catch(() => null)).toEqual(before);

    expect((await run('restore b --disable-changed')).stdout).toContain('keys deleted: 1, keys disabled: 2.');
    await server.open();
    expect(await checkAll(keys)).toEqual({ kept: 204, deleted: 401, disabled: 401, rotated: 401 });
    await server.close();

    await copyFile(`${file}.changed`, file);
    await rm(server.journalFolder, { recursive: true });
    const without = await run('restore b --without-journal');
    expect(without.stdout).toContain('WARNING: Keys that were revoked since the backup are valid again.');
    await server.open();
    expect(await checkAll(keys)).toEqual({ kept: 204, deleted: 204, disabled: 204, rotated: 204 });
    await server.close();

    // What has changed cannot be told when the database is damaged.
    await rm(server.journalFolder, { recursive: true });
    await writeFile(file, 'This is no database.'.repeat(1000));
    expect((await run('restore b --disable-changed')).stderr).toMatch(/ is missing or damaged.*--disable-all\.\n$/);
    const allDisabled = await run('restore b --disable-all --without-journal');
    expect(allDisabled.stdout).toContain('keys disabled');
    expect(allDisabled.stdout).not.toContain('WARNING');
    await server.open();
    expect(await check(fullKey)).toBe(401);
  });

  it('restores the secrets where there are none, with the passphrase', async () => {
    const { fullKey } = await server.newFullKey(user, application);
    await writeFile(join(folder, 'passphrase'), `${PASSPHRASE}\n`);
    const backedUp = await run('backup b --passphrase-file passphrase');
    expect(backedUp.stdout).toContain('The secrets are in b.secrets');
    const secrets = await readFile(join(folder, 'b.secrets'), 'utf8');
    const { JWT_SECRET = '', KEY_PEPPERS = '', ENCRYPTION_KEYS = '', ...others } = server.variables;
    for (const secret of [JWT_SECRET, KEY_PEPPERS, ENCRYPTION_KEYS, PASSPHRASE]) expect(secrets).not.toContain(secret);
    expect((await stat(join(folder, 'b.secrets'))).mode & 0o777).toBe(0o600);
    await server.close();

    const bare = (line: string, variables = {}): Promise<CommandResult> =>
      runCommand(folder, line.split(' '), { ...others, ...variables });
    expect((await bare('restore b')).stderr).toMatch(/^JWT_SECRET, KEY_PEPPERS, ENCRYPTION_KEYS must be set/);
    const wrong = await bare('restore b --secrets b.secrets', { KEYWRIGHT_BACKUP_PASSPHRASE: 'another passphrase' });
    expect(wrong).toEqual({ code: 1, stdout: '', stderr: 'The passphrase is wrong, or b.secrets is damaged.\n' });
    const differing = await run('restore b --secrets b.secrets --passphrase-file passphrase', {
      JWT_SECRET: 'x'.repeat(32),
    });
    expect(differing.stderr).toMatch(/^JWT_SECRET of the environment or of data\/secrets\.json differ/);
    const restored = await bare('restore b --secrets b.secrets', { KEYWRIGHT_BACKUP_PASSPHRASE: PASSPHRASE });
    expect(restored).toMatchObject({ code: 0, stderr: '' });
    const stored = JSON.parse(await readFile(join(folder, 'data/secrets.json'), 'utf8'));
    expect(stored).toEqual({ JWT_SECRET, KEY_PEPPERS, ENCRYPTION_KEYS });
    await server.open();
    expect(await check(fullKey)).toBe(204);
  });

  it('backs up no database that an earlier version has made, and says how else', async () => {
    await server.dataSource.query('DELETE FROM migration WHERE id = (SELECT MAX(id) FROM migration)');
    expect(await run('backup b')).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^The schema .+ of an earlier version.+ Back it up with that version.+\n$/),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses what it cannot use, in one line, and changes nothing', async () => {
    const { id } = await server.newFullKey(user, application);
    await run('backup b');
    await ask('DELETE', keyPath(id));
    const another = await TestServer.start();
    await runCommand(folder, ['backup', 'of-another'], another.variables);
    const foreign = join(another.journalFolder, (await readdir(another.journalFolder))[0] ?? '');
    await copyFile(foreign, join(folder, 'foreign.ndjson'));
    await another.stop();
    await server.close();

    const path = join(folder, 'b');
    const content = await readFile(path);
    const line = content.indexOf('\n');
    const manifest = JSON.parse(content.subarray(0, line).toString());
    const withManifest = (changes: object): Buffer =>
      Buffer.concat([Buffer.from(JSON.stringify({ ...manifest, ...changes })), content.subarray(line)]);
    await writeFile(join(folder, 'newer'), withManifest({ version: 2, keywright: '9.0.0' }));
    await writeFile(join(folder, 'other-revision'), withManifest({ revision: Number(manifest.revision) + 1 }));
    await writeFile(join(folder, 'truncated'), content.subarray(0, content.length - 1000));
    await writeFile(join(folder, 'cut-manifest'), content.subarray(0, 100));
    await writeFile(join(folder, 'empty'), '');
    const flipped = Buffer.from(content);
    // A single bit can be the distance of a repetition within zeros, which says the same by several distances.
    for (let at = content.length - 5000; at < content.length - 4984; at += 1) flipped[at] = 255 - (flipped[at] ?? 0);
    await writeFile(join(folder, 'flipped'), flipped);
    await writeFile(join(folder, 'text.ndjson'), 'This is no journal.\n');
    const [own = ''] = (await readdir(server.journalFolder)).map((name) => join(server.journalFolder, name));
    const journal = await readFile(own, 'utf8');
    await writeFile(join(folder, 'torn.ndjson'), journal.slice(0, -10));
    await writeFile(join(folder, 'damaged.ndjson'), journal.replace('"revision"', '"revsion"').concat('{}\n'));
    const before = await checksums();
    const cases: [string, RegExp][] = [
      ['nowhere', /^There is no backup at nowhere\.$/],
      ['newer', /^newer was taken by a newer version of Keywright \(9\.0\.0\)\. Use that version\.$/],
      ['truncated', /^truncated is truncated or damaged/],
      ['flipped', /^flipped is truncated or damaged/],
      ['cut-manifest', /^cut-manifest is not a backup of Keywright\.$/],
      ['empty', /^empty is not a backup of Keywright\.$/],
      ['other-revision', /^The manifest of other-revision does not describe its content\.$/],
      ['of-another', /^(The backup is of another database|There is no revocation journal of this database)/],
      ['of-another --disable-all', /^The backup is of another database/],
      ['b --journal foreign.ndjson', /^foreign\.ndjson is the revocation journal of another database\.$/],
      ['b --journal nowhere', /^There is no revocation journal at nowhere\.$/],
      ['b --journal text.ndjson', /^text\.ndjson is not a revocation journal\.$/],
      ['b --journal torn.ndjson', /^torn\.ndjson ends in the middle of a line\. .*--accept-incomplete-journal/],
      ['b --journal damaged.ndjson', /^(Line \d+ of )?damaged\.ndjson is not a (line of a )?revocation journal\.$/],
    ];
    for (const [line, message] of cases) {
      const { code, stdout, stderr } = await run(`restore ${line}`);
      expect([line, code, stdout, stderr.split('\n')]).toEqual([line, 1, '', [expect.stringMatching(message), '']]);
    }
    expect(await checksums()).toEqual(before);
    expect((await run('restore b --journal torn.ndjson --accept-incomplete-journal')).code).toBe(0);
    await server.open();
  });

  it('does not restore with a journal that begins after the backup', async () => {
    await run('backup b');
    const { id } = await server.newFullKey(user, application);
    await ask('DELETE', keyPath(id));
    await server.close();
    await rm(server.journalFolder, { recursive: true });
    await server.open();
    await server.close();
    expect((await run('restore b')).stderr).toMatch(/^The revocation journal does not reach back to the backup/);
    await server.open();
  });

  it('takes from the replaced database what never came into the journal, and trusts no empty one', async () => {
    const keys = await newKeys('kept', 'deleted', 'disabled');
    await run('backup b');
    await ask('DELETE', keyPath(keys.deleted.id));
    await ask('PATCH', keyPath(keys.disabled.id), { isEnabled: false });
    await server.close();
    const [own = ''] = (await readdir(server.journalFolder)).map((name) => join(server.journalFolder, name));
    const [header = ''] = (await readFile(own, 'utf8')).split('\n');
    await writeFile(own, '');
    const refused = await run('restore b');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('ends in the middle of a line')]);
    await writeFile(own, `${header}\n`);
    expect((await run('restore b')).code).toBe(0);
    await server.open();
    expect(await checkAll(keys)).toEqual({ kept: 204, deleted: 401, disabled: 401 });
  });

  it('leaves the old database or the new one when it is killed', async () => {
    const keys = await newKeys('kept', 'deleted');
    await run('backup b');
    await ask('DELETE', keyPath(keys.deleted.id));
    await server.close();
    for (const afterMs of [300, 500, 700, 900, 1100, 1300]) {
      const child = launchCommand(folder, ['restore', 'b'], server.variables);
      await sleep(afterMs);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
      const database = new Sqlite(file, { readonly: true });
      expect(database.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      database.close();
    }
    await server.open();
    expect(await checkAll(keys)).toEqual({ kept: 204, deleted: 401 });
    await server.close();
    expect((await run('restore b')).code).toBe(0);
    expect((await readdir(dirname(file))).filter((name) => name.includes('.restoring-'))).toEqual([]);
    await server.open();
    expect(await checkAll(keys)).toEqual({ kept: 204, deleted: 401 });
  });

  it.each([
    ['backup', 2, /missing required argument 'file'/],
    ['restore', 2, /^Name the backup to restore/],
    ['restore b --apply-journal', 2, /^--apply-journal restores no backup/],
    ['restore b --journal j --without-journal', 2, /exclude each other/],
  ])('refuses "%s"', async (line, code, message) => {
    expect(await run(line)).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });

  it('does not overwrite a backup unless it is told to, nor create a database', async () => {
    expect((await run('backup b')).code).toBe(0);
    expect((await run('backup b')).stderr).toBe(
      'b already exists. Choose another name, or add --force to replace it.\n',
    );
    expect((await run('backup b --force')).code).toBe(0);
    const nowhere = await run('backup c', { DATABASE_URL: 'sqlite:nowhere/keywright.sqlite' });
    expect(nowhere).toEqual({
      code: 1,
      stdout: '',
      stderr: `${NO_DATABASE}nowhere/keywright.sqlite: start the server first, or set DATABASE_URL.\n`,
    });
    for (const own of [file, `${file}-wal`, join(server.journalFolder, 'c')])
      expect((await run(`backup ${own} --force`)).stderr).toBe(
        `${own} belongs to the server. Name another file for the backup.\n`,
      );
    expect((await run('backup missing/c')).stderr).toBe('There is no folder missing.\n');
    await writeFile(join(folder, 'empty'), '');
    expect(await run('backup c --passphrase-file empty')).toMatchObject({ code: 1, stderr: SHORT });
    expect(await run('restore b --secrets s --passphrase-file empty')).toMatchObject({ code: 1, stderr: SHORT });
    await rm(join(folder, 'empty'));
    expect((await run('backup c', { DATABASE_URL: 'mysql://a:b@127.0.0.1/c' })).stderr).toMatch(
      /^Keywright backs up SQLite\./,
    );
    expect(await readdir(folder)).toEqual(['b']);
  });
});
