/** The error of a statement, as mysql2 reports it; a connection that failed by itself has no number. */
export interface MysqlError {
  code?: string;
  errno?: number;
  fatal?: boolean;
  syscall?: string;
}

/** Errors of the connection to a server that does not run, or whose name is not known yet. */
export const UNCONNECTED: ReadonlySet<string> = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
]);

/** These, and errors of a proxy or a driver instead of the server's answer. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  ...UNCONNECTED,
  'HANDSHAKE_NO_SSL_SUPPORT',
  'HANDSHAKE_SSL_ERROR',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'PROTOCOL_UNEXPECTED_PACKET',
]);

/**
 * Errors by which a server says that it cannot do its work, whatever the statement. They are compared by number, because MySQL and MariaDB give
 * some numbers different names.
 */
const FAILING = new Set([
  1015, // cannot lock a file
  1021, // disk full
  1026, // error on write
  1030, // error of the storage engine, such as a full disk
  1036, // table is read-only (innodb_read_only)
  1037, // out of memory
  1041, // out of resources
  1114, // table full, as when the disk is
  1206, // too many locks
  1290, // read_only, super_read_only
  1792, // read-only transaction
  1836, // read-only mode
  3100, // a replication hook refuses: a group without a majority, or a secondary
]);

/** Errors by which a server says that it does not serve this connection. */
const REFUSING = new Set([
  1040, // too many connections
  1047, // a Galera node that isn't part of its cluster (yet)
  1053, // shutdown
  1077, // shutdown
  1080, // forced close
  1129, // host blocked after many connection errors
  1152, // aborted connection
  1158,
  1159,
  1160,
  1161, // errors of the network
  1180, // a Galera node that leaves its cluster while a transaction commits
  1184, // aborted connection
  1203, // too many connections of this user
  1226, // the user's hourly limits
  1927, // connection killed (MariaDB)
  2002,
  2003,
  2006,
  2013, // a proxy has lost its server
  3168,
  3169, // server not available, session killed
  4031, // closed because it was idle
  9001,
  9002, // ProxySQL has reached no server
]);

/** Errors by which a server ends a statement that runs: killed, or out of time. */
const INTERRUPTED = new Set([
  1317, // interrupted
  1907, // statement killed (MariaDB)
  1969, // max_statement_time
  3024, // max_execution_time
]);

/** Conflicts with another transaction: run it again. */
const CONFLICTS = new Set([
  1020, // the row has changed since it was read (MariaDB)
  1205, // waited too long for a lock
  1213, // deadlock, or failed certification on Galera
  3101, // failed certification on MySQL's group replication
]);

/** Whether the server asks for a retry of the transaction. */
export const isConflict = ({ errno = 0 }: MysqlError): boolean => CONFLICTS.has(errno);

/**
 * Whether the connection on which the error occurred must not be used again: it is lost, or it leads to a server that cannot write, and another
 * one may have taken its place behind the same name.
 */
export const isConnectionUnfit = ({ code = '', errno = 0, fatal = false, syscall }: MysqlError): boolean =>
  fatal ||
  syscall === 'connect' ||
  UNREACHABLE.has(code) ||
  [FAILING, REFUSING, INTERRUPTED].some((errors) => errors.has(errno));

/** Whether the error says that the server accepts no writes, though it may answer reads. */
export const isWriteRefused = ({ errno = 0 }: MysqlError): boolean => FAILING.has(errno);
