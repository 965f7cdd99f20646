import type { PoolConnection } from 'mysql2';
import type { MysqlError } from './mysql-errors.js';

/**
 * What the application relies on, whatever the server's own settings are. mysql2 escapes values on the client, with backslashes:
 * `NO_BACKSLASH_ESCAPES` in `sql_mode` would make a value run as SQL.
 */
const SQL_MODE = [
  'STRICT_ALL_TABLES',
  'STRICT_TRANS_TABLES',
  'NO_ZERO_IN_DATE',
  'NO_ZERO_DATE',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ENGINE_SUBSTITUTION',
].join(',');

const VARIABLES = {
  sql_mode: `'${SQL_MODE}'`,
  time_zone: `'+00:00'`,
  autocommit: '1',
  completion_type: `'NO_CHAIN'`,
  foreign_key_checks: '1',
  unique_checks: '1',
  sql_auto_is_null: '0',
  sql_safe_updates: '0',
  sql_select_limit: '18446744073709551615',
  default_storage_engine: `'InnoDB'`,
  // In seconds. A statement that waits longer for a row is tried again with its transaction.
  innodb_lock_wait_timeout: '5',
};

/** The collation of values; each column compares by its own. */
export const COLLATION = 'utf8mb4_bin';

const SETTINGS = [
  `SET ${Object.entries(VARIABLES)
    .map(([name, value]) => `SESSION ${name} = ${value}`)
    .join(', ')}`,
  `SET NAMES utf8mb4 COLLATE ${COLLATION}`,
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE',
];

/**
 * Makes every read, and every transaction when it begins, wait until its Galera node has applied all that was committed on any node before
 * (https://mariadb.com/kb/en/galera-cluster-system-variables/#wsrep_sync_wait), so that a key revoked on one node is never read as valid from
 * another. A MariaDB outside a cluster ignores the setting; MySQL does not know it.
 */
const SYNC_WAIT = 'SET SESSION wsrep_sync_wait = 1';

/** Gives a new connection the settings that the application relies on; it must not be used before, nor when this fails. */
export async function prepareSession(connection: PoolConnection): Promise<void> {
  for (const setting of SETTINGS) await run(connection, setting);
  await run(connection, SYNC_WAIT).catch((error: unknown) => {
    if ((error as MysqlError).code !== 'ER_UNKNOWN_SYSTEM_VARIABLE') throw error;
  });
}

const run = (connection: PoolConnection, statement: string): Promise<void> =>
  new Promise((resolve, reject) => {
    connection.query(statement, (error) => (error ? reject(error) : resolve()));
  });
