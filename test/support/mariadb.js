import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { DatabaseServer, freePort } from './database-server.js';
import { provide } from './packages.js';

export { freePort };

/** Gives the tests a MariaDB: the one in TEST_DATABASE_URL, or a private one in a temporary folder. */
export default async function setup() {
  if (process.env.TEST_DATABASE_URL) return;
  const mariadb = await startMariadb();
  if (!mariadb) return;
  globalThis.stopMariadb = () => mariadb.stop();
  process.env.TEST_DATABASE_URL = mariadb.url;
}

/**
 * A private mariadbd on a free port; `null` when there is none to be had.
 *
 * @param args further settings
 */
export async function startMariadb(args = []) {
  const mariadbd = provide('MariaDB', 'mariadb-server-core', 'mariadbd', '/usr/sbin/mariadbd');
  // mariadb-install-db calls it.
  const defaults = provide("MariaDB's my_print_defaults", 'mariadb-client-core', 'my_print_defaults');
  if (!mariadbd || !defaults) return null;
  const user = `--user=${userInfo().username}`;
  const initialize = (data) =>
    execFileSync(
      'mariadb-install-db',
      ['--no-defaults', user, `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
      { stdio: 'ignore' },
    );
  return DatabaseServer.start({ engine: 'mariadb', command: [mariadbd, '--no-defaults', user], initialize, args });
}
