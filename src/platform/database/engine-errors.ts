import { QueryFailedError } from 'typeorm';

/** Codes with which an engine asks for the transaction to be tried again: deadlock, lock wait, certification, busy. */
const RETRYABLE_CODES = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_CHECKREAD',
  'SQLITE_BUSY',
  'SQLITE_BUSY_SNAPSHOT',
]);

const DUPLICATE = new Set(['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_UNIQUE']);

/** Whether a unique index refused the row. */
export function isDuplicate(error: unknown): boolean {
  const code = engineCode(error);
  return code !== undefined && DUPLICATE.has(code);
}

/** Whether the engine asks for the transaction to be tried again. */
export function isRetryable(error: unknown): boolean {
  return RETRYABLE_CODES.has(engineCode(error) ?? '');
}

/** Codes that say nothing of the statement, only that the database can't be asked. */
const UNAVAILABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  // A node that is no part of its Galera cluster, or not yet: "WSREP has not yet prepared node for application use". One that leaves it while a
  // transaction commits says the other.
  'ER_UNKNOWN_COM_ERROR',
  'ER_ERROR_DURING_COMMIT',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
]);

/** Whether the database couldn't be asked, or others kept it busy for too long, rather than that it refused. */
export function isUnavailable(error: unknown): boolean {
  return UNAVAILABLE_CODES.has(engineCode(error) ?? '') || isRetryable(error);
}

function engineCode(error: unknown): string | undefined {
  return ((error instanceof QueryFailedError ? error.driverError : error) as { code?: string } | undefined)?.code;
}
