import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { DatabaseServer } from './database-server.js';
import { provideMysql } from './mysql-package.js';

/** Gives the tests a MySQL: the one in TEST_MYSQL_URL, or a private one in a temporary folder. */
export default async function setup() {
  if (process.env.TEST_MYSQL_URL) return;
  const server = await startMysql();
  if (!server) return;
  globalThis.stopMysql = () => server.stop();
  process.env.TEST_MYSQL_URL = server.url;
}

/**
 * A private mysqld on a free port; `null` when there is none to be had.
 *
 * @param args further settings
 */
export async function startMysql(args = []) {
  const mysqld = provideMysql();
  if (!mysqld) return null;
  const command = [...mysqld, `--user=${userInfo().username}`, '--mysqlx=OFF', '--performance-schema=OFF'];
  const [program, ...own] = command;
  const initialize = (data) =>
    execFileSync(program, [...own, `--datadir=${data}`, '--initialize-insecure'], { stdio: 'ignore' });
  return DatabaseServer.start({ engine: 'mysql', command, initialize, args: ['--skip-log-bin', ...args] });
}
