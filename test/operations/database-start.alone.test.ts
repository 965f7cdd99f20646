/**
 * Guarantees of a start on a database server: one that is not there yet is waited for, and what no time mends is refused at once, in one line.
 * Runs alone because it measures time and needs a server for itself.
 */

import { randomBytes } from 'node:crypto';
import { freePort, startMariadb } from '../support/mariadb.js';
import { SECRETS } from '../support/production.js';
import { newFolder, Program, removeFolder } from '../support/program.js';

type Mariadb = NonNullable<Awaited<ReturnType<typeof startMariadb>>>;

describe('a start on a database server', () => {
  let folder: string;
  let mariadb: Mariadb;
  let host: string;
  beforeAll(async () => {
    folder = newFolder();
    const started = await startMariadb();
    if (!started) throw new Error('This test needs MariaDB.');
    mariadb = started;
    host = `127.0.0.1:${mariadb.port}`;
    const connection = await mariadb.connect();
    await connection.query(
      "CREATE DATABASE kw; CREATE USER kw@'%' IDENTIFIED BY 'fitting'; GRANT ALL ON kw.* TO kw@'%'; CREATE USER reader@'%' IDENTIFIED BY 'fitting'; GRANT SELECT ON kw.* TO reader@'%'",
    );
    await connection.end();
  });
  afterAll(async () => {
    await mariadb.stop();
    await removeFolder(folder);
  });
  const launch = (url: string, variables: Record<string, string> = {}): Program =>
    Program.launch(folder, { ...SECRETS, DATABASE_URL: url, ...variables });
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let tries = 0; !isSo() && tries < 200; tries += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  };

  it.each([
    [
      'a wrong password',
      'kw:a-wrong-one',
      'kw',
      /does not accept the user kw with this password \(ER_ACCESS_DENIED_ERROR\)\. Correct them in DATABASE_URL, or create the user\.\n$/,
    ],
    ['an unknown user', 'nobody:fitting', 'kw', /does not accept the user nobody with this password/],
    [
      'an unknown database',
      'root',
      'none',
      /has no database none \(ER_BAD_DB_ERROR\)\. Create it with CREATE DATABASE none, or correct the name\.\n$/,
    ],
    [
      'a database that the user may not use',
      'kw:fitting',
      'none',
      /has no database none that the user kw may use \(ER_DBACCESS_DENIED_ERROR\)\. .+ GRANT ALL ON none\.\* TO kw\.\n$/,
    ],
    [
      'a user who may not create tables',
      'reader:fitting',
      'kw',
      /the user reader may not do everything in the database kw \(ER_TABLEACCESS_DENIED_ERROR\)\. .+ GRANT ALL ON kw\.\* TO reader\.\n$/,
    ],
  ])('refuses %s at once', async (_, login, database, reason) => {
    const start = performance.now();
    const program = launch(`mariadb://${login}@${host}/${database}`);
    expect([await program.end(), program.stdout]).toEqual([1, '']);
    expect(program.stderr).toMatch(reason);
    expect(program.stderr).toMatch(/^Keywright cannot open the database that DATABASE_URL names: [^\n]+\n$/);
    expect(program.stderr).not.toMatch(/a-wrong-one|fitting/);
    // Less than the 30 seconds of the default.
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  it('refuses a server without TLS that must have it', async () => {
    const program = launch(`mariadb://kw:fitting@${host}/kw?ssl-mode=REQUIRED`);
    expect(await program.end()).toBe(1);
    expect(program.stderr).toMatch(/ does not offer TLS \(HANDSHAKE_NO_SSL_SUPPORT\)\. [^\n]+\n$/);
  });

  it('waits for a server that starts later, and says so once', async () => {
    await mariadb.kill();
    const program = launch(`mariadb://kw:fitting@${host}/kw`);
    await until(() => program.stdout.includes('WARN'));
    // Time for another attempt, and for another line.
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(program.stdout).toMatch(
      /^\[Keywright\] \d+ {2}- \d{4}-\d\d-\d\dT[\d:.]+Z {4}WARN \[Keywright\] Keywright cannot open the database that DATABASE_URL names: nothing answers at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\. [^\n]+ Trying again for 30 seconds\.\n$/,
    );
    await mariadb.run();
    await until(() => program.stdout.includes('Keywright is ready.'));
    expect(program.stdout.match(/Trying again|Keywright is ready\./g)).toEqual(['Trying again', 'Keywright is ready.']);
    expect(await program.end('SIGTERM')).toBe(0);
  });

  it('waits no longer than DATABASE_WAIT_SECONDS, and can be stopped meanwhile', async () => {
    const url = `mariadb://kw:${randomBytes(8).toString('hex')}@127.0.0.1:${await freePort()}/kw`;
    const start = performance.now();
    const program = launch(url, {
      DATABASE_WAIT_SECONDS: '2',
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://k.example',
    });
    expect(await program.end()).toBe(1);
    expect(performance.now() - start).toBeGreaterThan(2000);
    const entries = `${program.stdout}${program.stderr}`.trimEnd().split('\n');
    expect(entries.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(['warn', 'warn', 'fatal']);
    const stopped = launch(url);
    await until(() => stopped.stdout.includes('WARN'));
    expect(await stopped.end('SIGTERM')).toBe('SIGTERM');
  });
});
