import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMariadb } from '../../support/mariadb.js';

const SETTINGS = [
  // A commit is on the disk when it returns, as by default.
  '--innodb-flush-log-at-trx-commit=1',
  // `SET GLOBAL read_only` lets nothing commit while it waits for statements that wait for locks, which take this long to give up.
  '--innodb-lock-wait-timeout=2',
];

const PASSWORD = 'correct-horse-battery';

/** A folder that goes when the tests end. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-faults-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let starting;

/** A MariaDB server that the tests of a file share; `null` when there is none to be had. */
export const mariadb = () => (starting ??= startMariadb(SETTINGS));

export const stopMariadb = async () => (await starting)?.stop();

/** A database in it, by the URL of a user who may do everything there and nothing elsewhere. */
export async function mariadbUrl() {
  const server = await mariadb();
  const name = `keywright_${randomBytes(4).toString('hex')}`;
  const connection = await server.connect();
  await connection.query(`CREATE DATABASE ${name}; CREATE USER ${name} IDENTIFIED BY '${PASSWORD}'`);
  await connection.query(`GRANT ALL ON ${name}.* TO ${name}`);
  await connection.end();
  return `mariadb://${name}:${PASSWORD}@127.0.0.1:${server.port}/${name}`;
}
