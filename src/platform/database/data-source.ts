import { connect, type Socket } from 'node:net';
import mysql, { type ConnectionOptions, type PoolOptions } from 'mysql2';
import type { DataSource, DataSourceOptions } from 'typeorm';

/** How long a statement waits for another process's lock. */
const BUSY_TIMEOUT_MS = 10_000;

/** After so long without a byte a connection counts as cut, though nobody said so; longer than a statement waits for a lock. */
const SILENCE_MS = 90_000;

const MIGRATIONS_TABLE = 'migration';

/** The tables of the application and the migrations that create them. */
export type Tables = Pick<DataSourceOptions, 'entities' | 'migrations'>;

/**
 * Turns a `DATABASE_URL` into what TypeORM wants.
 *
 * @param url `sqlite:<path>`, `mysql://user:password@host:port/name` or `mariadb://…`
 */
export function dataSourceOptions(url: string, tables: Tables): DataSourceOptions {
  if (url.startsWith('sqlite:')) {
    return {
      ...tables,
      migrationsTableName: MIGRATIONS_TABLE,
      type: 'better-sqlite3',
      database: url.slice('sqlite:'.length),
      enableWAL: true,
      timeout: BUSY_TIMEOUT_MS,
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
    // The stack of every statement costs as much as sending it; TypeORM's errors have one of their own.
    trace: false,
    extra: { stream: connectFor(SILENCE_MS) },
  };
}

/** How many of a pool's connections are in use and idle, and how many requests wait for one. */
export interface PoolUse {
  inUse: number;
  idle: number;
  waiting: number;
}

/** Lists of mysql2's pool, which it has no other way to tell of. */
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
 * Has every read, and every transaction when it begins, wait until its node has applied what was committed on any node of a Galera cluster before
 * (https://mariadb.com/kb/en/galera-cluster-system-variables/#wsrep_sync_wait): a key that was revoked on one node is not
 * read from another one that doesn't know yet. A MariaDB that is in no cluster does nothing for it, and MySQL doesn't know it.
 */
const SEEING_ALL = 'wsrep_sync_wait = 1';

/** mysql2, with what TypeORM would have done for each statement or transaction done once for each connection. */
const PREPARED = {
  ...mysql,
  createPool: (options: PoolOptions) =>
    mysql.createPool(options).on('connection', (connection) => {
      for (const setting of ['TRANSACTION ISOLATION LEVEL READ COMMITTED', SEEING_ALL])
        connection.query(`SET SESSION ${setting}`, (error) => {
          if (error && error.code !== 'ER_UNKNOWN_SYSTEM_VARIABLE') connection.destroy();
        });
      const promised = connection.promise();
      connection.promise = () => promised;
    }),
};

/** How mysql2 connects. A connection that is silent for too long is given up: TCP alone would wait for a quarter of an hour. */
export function connectFor(silenceMs: number): (options: { config: ConnectionOptions }) => Socket {
  return ({ config: { socketPath, host, port = 3306 } }) => {
    const socket = socketPath === undefined ? connect(port, host) : connect(socketPath);
    socket.setNoDelay(true);
    socket.setTimeout(silenceMs, () =>
      socket.destroy(Object.assign(new Error('The database is silent'), { code: 'ETIMEDOUT' })),
    );
    return socket;
  };
}
