/** Guarantees of a start that fails: one line that says what is wrong, where, and what to do, without a secret, and the exit code 1. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { runCommand } from '../support/command.js';
import { freePort } from '../support/mariadb.js';
import { PRODUCTION, SECRETS } from '../support/production.js';
import { newFolder, removeFolder } from '../support/program.js';

const INSTEAD = 'Put it back from a backup, or set the secrets in the environment.';
/** A user who may not do what root may. */
const NOBODY = 65_534;

describe('a start that fails', () => {
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => removeFolder(folder));

  const refusal = async (variables: Record<string, string>): Promise<string> => {
    const { code, stderr } = await runCommand(folder, ['serve'], { PORT: '0', ...variables });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^[^\n]+\n$/)]);
    expect(stderr).not.toMatch(/\n +at |node_modules/);
    return stderr.trimEnd();
  };

  it.each([
    ['null', 'it is not a JSON object'],
    ['{"JWT_SECRET": "an-unfinished-secret', 'it is not a JSON object'],
    [
      JSON.stringify({ ...SECRETS, KEY_PEPPERS: 'an-unfinished-secret', ENCRYPTION_KEYS: 7 }),
      'KEY_PEPPERS, ENCRYPTION_KEYS must be there, with 32 characters or more',
    ],
  ])('names the file of the secrets when that holds %s, and shows nothing of it', async (content, problem) => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data/secrets.json'), content);
    const line = await refusal({});
    expect(line).toMatch(/^\/.+\/data\/secrets\.json is broken: /);
    expect(line).toContain(`${problem}. ${INSTEAD}`);
    expect(line).not.toContain('an-unfinished');
  });

  it('needs of the file no secret that the environment has', async () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data/secrets.json'), JSON.stringify({ KEY_PEPPERS: SECRETS.KEY_PEPPERS }));
    expect(await refusal({ JWT_SECRET: SECRETS.JWT_SECRET })).toContain('is broken: ENCRYPTION_KEYS must be there');
  });

  it('names the folder of the secrets when that is no folder', async () => {
    writeFileSync(join(folder, 'data'), '');
    expect(await refusal({})).toMatch(/data\/secrets\.json cannot be read \(ENOTDIR.+\)\. Put it back/);
  });

  it('names what the database file is not', async () => {
    writeFileSync(join(folder, 'text'), 'This is no database.'.repeat(1000));
    const cannot = 'Keywright cannot open the database that DATABASE_URL names: ';
    expect(await refusal({ DATABASE_URL: 'sqlite:text' })).toBe(
      `${cannot}text is not an SQLite database (SQLITE_NOTADB). Name another file, or restore a backup with keywright restore.`,
    );
    expect(await refusal({ DATABASE_URL: `sqlite:${folder}` })).toMatch(
      /^Keywright cannot open .+ cannot be opened \(SQLITE_CANTOPEN\)\. It must be a file that the user who runs Keywright may read and write/,
    );
    expect(await refusal({ DATABASE_URL: 'sqlite:text/db' })).toMatch(/text\/db cannot be used \(ENOTDIR/);
    expect(await refusal({ DATABASE_URL: 'sqlite:/proc/none/db' })).toMatch(
      /: the folder of \/proc\/none\/db cannot be used \(ENOENT.+\)\. Create it, or name a file elsewhere\.$/,
    );
  });

  it('names the folder of the journal', async () => {
    expect(await refusal({ REVOCATION_JOURNAL: '/proc/none' })).toMatch(
      /^Keywright cannot write the revocation journal to \/proc\/none: .+ Let the user who runs Keywright write that folder, or name another one in REVOCATION_JOURNAL\.$/,
    );
  });

  (process.getuid?.() === 0 ? it : it.skip)('names the folder that its user may not write', async () => {
    chmodSync(folder, 0o755);
    const start = async (variables: Record<string, string>): Promise<string> => {
      const env = { PATH: process.env.PATH, PORT: '0', ...variables };
      const options = { cwd: folder, env, uid: NOBODY, gid: NOBODY };
      const child = spawn(process.execPath, [resolve('dist/src/main.js'), 'serve'], options);
      const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^[^\n]+\n$/)]);
      return stderr;
    };
    expect(await start({})).toMatch(
      /^Keywright cannot store its secrets in \/.+\/data\/secrets\.json \(EACCES.+\)\. Let the user who runs it write that folder, run it in another one, or set /,
    );
    expect(await start(SECRETS)).toMatch(/: the folder of data\/keywright\.sqlite cannot be used \(EACCES/);
    expect(await start({ ...SECRETS, DATABASE_URL: 'sqlite:keywright.sqlite' })).toMatch(
      /: keywright\.sqlite cannot be opened \(SQLITE_CANTOPEN\)/,
    );
    expect((await runCommand(folder, ['openapi', '-o', 'x.json'])).code).toBe(0);
    rmSync(join(folder, 'x.json'));
    const readable = { ...SECRETS, DATABASE_URL: 'sqlite:there.sqlite', REVOCATION_JOURNAL: 'off' };
    expect((await runCommand(folder, ['seed'], readable)).code).toBe(0);
    chmodSync(join(folder, 'there.sqlite'), 0o444);
    expect(await start(readable)).toMatch(/: there\.sqlite cannot be (written \(SQLITE_READONLY|opened)/);
  });

  describe('because of its address', () => {
    let other: Server;
    let port: string;
    beforeEach(async () => {
      other = createServer();
      await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
      port = String((other.address() as { port: number }).port);
    });
    afterEach(() => new Promise((done) => other.close(done)));

    it('names the port that is taken, and its setting', async () => {
      const taken = `Port ${port} of 127.0.0.1 is in use (EADDRINUSE): stop the process that uses it, or set`;
      expect(await refusal({ PORT: port })).toBe(`${taken} PORT to another port.`);
      expect(await refusal({ METRICS_PORT: port })).toBe(`${taken} METRICS_PORT to another port.`);
    });

    it.each(['no-such-host.invalid', '192.0.2.1'])('names %s, and its setting', async (host) => {
      const rest = ` must be an address of this machine, or a name of one, like 127.0.0.1 or 0.0.0.0; ${host} is not (E`;
      expect(await refusal({ HOST: host })).toContain(`HOST${rest}`);
      expect(await refusal({ METRICS_PORT: '0', METRICS_HOST: host })).toContain(`METRICS_HOST${rest}`);
    });
  });

  it('names where nothing answers', async () => {
    const port = await freePort();
    const url = `mariadb://keywright:a%20password@localhost:${port}/keywright`;
    expect(await refusal({ DATABASE_URL: url, DATABASE_WAIT_SECONDS: '0' })).toBe(
      `Keywright cannot open the database that DATABASE_URL names: nothing answers at localhost:${port} (ECONNREFUSED). Start the database server, or ` +
        'correct the address in DATABASE_URL.',
    );
    expect(
      await refusal({ DATABASE_URL: 'mysql://u:p@no-such-host.invalid/kw', DATABASE_WAIT_SECONDS: '0' }),
    ).toContain('the host no-such-host.invalid has no known address (E');
  });

  it('names a single setting that is wrong in that line', async () => {
    expect(await refusal({ DATABASE_WAIT_SECONDS: '601' })).toBe(
      'Keywright cannot start: DATABASE_WAIT_SECONDS must be a whole number from 0 to 600',
    );
  });

  it('has its hint whole in production, where credentials are redacted', async () => {
    const line = await refusal({ ...PRODUCTION, DATABASE_URL: 'postgres://keywright:hunter2@db/keywright' });
    const { level, message } = JSON.parse(line) as { level: string; message: string };
    expect([level, message]).toEqual([
      'fatal',
      'Keywright cannot start: DATABASE_URL: it must be sqlite:<path>, mysql://user:password@host/name or mariadb://user:password@host/name',
    ]);
  });
});
