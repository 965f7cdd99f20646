import { connect, type Socket } from 'node:net';
import mysql, { type ConnectionOptions, type PoolOptions } from 'mysql2';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { SqliteDataSource } from './sqlite/sqlite-data-source.js';

/** A connection that is silent for this long is considered broken; longer than a statement waits for a lock. */
const SILENCE_MS = 90_000;

const MIGRATIONS_TABLE = 'migration';

/** The tables of the application and the migrations that create them. */
export type Tables = Pick<DataSourceOptions, 'entities' | 'migrations'>;

/**
 * Returns the TypeORM options for a `DATABASE_URL`.
 *
 * @param url `sqlite:<path>`, `mysql://user:password@host:port/name` or `mariadb://…`
 */
function dataSourceOptions(url: string, tables: Tables): DataSourceOptions {
  if (url.startsWith('sqlite:')) {
    return {
      ...tables,
      migrationsTableName: MIGRATIONS_TABLE,
      type: 'better-sqlite3',
      database: url.slice('sqlite:'.length),
    };
  }
  return {
    ...tables,
    migrationsTableName: MIGRATIONS_TABLE,
    type: url.startsWith('mariadb:') ? 'mariadb' : 'mysql',
    url,
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    poolSize: 10,
    driver: PREPARED,
    // To keep the stack of every statement costs a sixth of sending it; TypeORM's errors have one of their own.
    trace: false,
    extra: { stream: connectFor(SILENCE_MS) },
  };
}

/** A data source that is not connected yet. */
export function createDataSource(url: string, tables: Tables): DataSource {
  const options = dataSourceOptions(url, tables);
  return options.type === 'better-sqlite3' ? new SqliteDataSource(options) : new DataSource(options);
}

/** The connections of a pool that are in use and idle, and the requests that wait for one. */
export interface PoolUse {
  inUse: number;
  idle: number;
  waiting: number;
}

/** Internal lists of mysql2's pool, which has no public way to count them. */
interface Pool {
  _allConnections: { length: number };
  _freeConnections: { length: number };
  _connectionQueue: { length: number };
}

/** `null` on SQLite, which has no pool. */
export function poolUse({ options, driver }: DataSource): PoolUse | null {
  if (options.type === 'better-sqlite3') return null;
  const { pool } = driver as unknown as { pool: Pool };
  const [all, idle, waiting] = [pool._allConnections, pool._freeConnections, pool._connectionQueue].map(
    ({ length }) => length,
  ) as [number, number, number];
  return { inUse: all - idle, idle, waiting };
}

/**
 * Makes every read, and every transaction when it begins, wait until its Galera node has applied all that was committed on any node before
 * (https://mariadb.com/kb/en/galera-cluster-system-variables/#wsrep_sync_wait), so that a key revoked on one node is never read as valid from
 * another. A MariaDB outside a cluster ignores the setting; MySQL does not know it.
 */
const SYNC_WAIT = 'wsrep_sync_wait = 1';

/** mysql2, with session settings applied once for each connection, instead of by TypeORM for each transaction. */
const PREPARED = {
  ...mysql,
  createPool: (options: PoolOptions) =>
    mysql.createPool(options).on('connection', (connection) => {
      for (const setting of ['TRANSACTION ISOLATION LEVEL READ COMMITTED', SYNC_WAIT])
        connection.query(`SET SESSION ${setting}`, (error) => {
          if (error && error.code !== 'ER_UNKNOWN_SYSTEM_VARIABLE') connection.destroy();
        });
    }),
};

/** Connects for mysql2, and destroys a connection that is silent for too long: TCP alone would wait for a quarter of an hour. */
export function connectFor(silenceMs: number): (options: { config: ConnectionOptions }) => Socket {
  return ({ config: { socketPath, host, port = 3306 } }) => {
    const socket = socketPath === undefined ? connect(port, host) : connect(socketPath);
    socket.setNoDelay(true);
    socket.setTimeout(silenceMs, () =>
      socket.destroy(Object.assign(new Error('The database does not answer'), { code: 'ETIMEDOUT' })),
    );
    return socket;
  };
}
