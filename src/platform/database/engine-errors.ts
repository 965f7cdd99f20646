import { QueryFailedError } from 'typeorm';
import { isOutOfOrder } from './sqlite/out-of-order.js';

/** Codes that ask for a retry of the transaction: deadlock, lock wait, failed certification, busy. */
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

/** Whether the engine asks for a retry of the transaction. */
export function isRetryable(error: unknown): boolean {
  return RETRYABLE_CODES.has(engineCode(error) ?? '');
}

/** Codes that mean that the database could not be reached, and say nothing about the statement. */
const UNAVAILABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  // A Galera node that isn't part of its cluster (yet): "WSREP has not yet prepared node for application use". The next one comes from a node
  // that leaves the cluster while a transaction commits.
  'ER_UNKNOWN_COM_ERROR',
  'ER_ERROR_DURING_COMMIT',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
]);

/** Whether the database could not be reached, could not be used as it is, or was busy for too long, rather than that it refused the statement. */
export function isUnavailable(error: unknown): boolean {
  const code = engineCode(error);
  return UNAVAILABLE_CODES.has(code ?? '') || isOutOfOrder(code) || isRetryable(error);
}

export function engineCode(error: unknown): string | undefined {
  return ((error instanceof QueryFailedError ? error.driverError : error) as { code?: string } | undefined)?.code;
}
