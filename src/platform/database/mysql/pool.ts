import type { Pool, PoolConnection, PoolOptions } from 'mysql2';
import { isConflict, isConnectionUnfit, type MysqlError } from './mysql-errors.js';
import { mysql } from './mysql-package.js';
import { prepareSession } from './session.js';

type OnConnection = (error: NodeJS.ErrnoException | null, connection: PoolConnection) => void;
type OnResult = (error: MysqlError | null, ...results: unknown[]) => void;

/** Fields of mysql2's pool that it does not publish. */
interface Internals {
  config: { connectionConfig: { ssl: unknown } };
  _allConnections: { length: number };
  _freeConnections: { length: number };
  _connectionQueue: { length: number };
}

/**
 * A pool of mysql2 whose connections have the {@link prepareSession settings} of the application before any statement runs on them, and are
 * destroyed when they are {@link isConnectionUnfit unfit}, so that the pool connects anew.
 *
 * @param mayBeClear whether a server that offers no TLS is spoken to without
 */
export function createPool(options: PoolOptions, mayBeClear: boolean): Pool {
  const pool = mysql().createPool(options);
  const ready = new WeakSet<PoolConnection>();
  const getConnection = pool.getConnection.bind(pool);
  pool.getConnection = (deliver: OnConnection): void =>
    getConnection((error, connection) => {
      if (mayBeClear && error?.code === 'HANDSHAKE_NO_SSL_SUPPORT') speakClear(pool, deliver);
      else if (error || ready.has(connection)) deliver(error, connection);
      else {
        promiseOnce(connection);
        dropWhenUnfit(connection);
        prepareSession(connection).then(
          () => {
            ready.add(connection);
            deliver(null, connection);
          },
          (failure: unknown) => {
            connection.destroy();
            deliver(failure as NodeJS.ErrnoException, connection);
          },
        );
      }
    });
  return pool;
}

/** The connections of a pool that are in use and idle, and the requests that wait for one. */
export interface PoolUse {
  inUse: number;
  idle: number;
  waiting: number;
}

export function countPool(pool: Pool): PoolUse {
  const { _allConnections: all, _freeConnections: free, _connectionQueue: queue } = internalsOf(pool);
  return { inUse: all.length - free.length, idle: free.length, waiting: queue.length };
}

const internalsOf = (pool: Pool): Internals => pool as unknown as Internals;

/** Connects without TLS from here on: the server has said that it has none. */
function speakClear(pool: Pool, deliver: OnConnection): void {
  internalsOf(pool).config.connectionConfig.ssl = false;
  pool.getConnection(deliver);
}

/** Keeps the connection's promises: TypeORM asks for them at every statement, and mysql2 would look for a module each time. */
function promiseOnce(connection: PoolConnection): void {
  const promised = connection.promise();
  connection.promise = () => promised;
}

/** Destroys the connection after an error that makes it unfit, and after a failed end of a transaction, of which nobody knows what is left. */
function dropWhenUnfit(connection: PoolConnection): void {
  const query = connection.query.bind(connection) as (...args: unknown[]) => unknown;
  const patched = (sql: unknown, ...rest: unknown[]): unknown => {
    const onResult = rest.at(-1);
    if (typeof onResult !== 'function') return query(sql, ...rest);
    const watched: OnResult = (error, ...results) => {
      if (error) dropAfter(error, typeof sql === 'string' ? sql : '', connection);
      (onResult as OnResult)(error, ...results);
    };
    return query(sql, ...rest.slice(0, -1), watched);
  };
  connection.query = patched as typeof connection.query;
}

function dropAfter(error: MysqlError, sql: string, connection: PoolConnection): void {
  // mysql2 gives no code to the refusal of a connection that has been closed.
  if (error.fatal) error.code ??= 'PROTOCOL_CONNECTION_LOST';
  const isEndUnknown = sql === 'ROLLBACK' || (sql === 'COMMIT' && !isConflict(error));
  if (isEndUnknown || isConnectionUnfit(error)) connection.destroy();
}
