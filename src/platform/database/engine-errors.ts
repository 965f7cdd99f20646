import { QueryFailedError } from 'typeorm';
import { isConflict, isConnectionUnfit, isWriteRefused, type MysqlError } from './mysql/mysql-errors.js';
import { isOutOfOrder } from './sqlite/out-of-order.js';

/** Codes by which SQLite asks for a retry of the transaction. */
const RETRYABLE_CODES = new Set(['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT']);

const DUPLICATE = new Set(['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_UNIQUE']);

/** Whether a unique index refused the row. */
export function isDuplicate(error: unknown): boolean {
  const code = engineCode(error);
  return code !== undefined && DUPLICATE.has(code);
}

/** Whether the engine asks for a retry of the transaction. */
export function isRetryable(error: unknown): boolean {
  return RETRYABLE_CODES.has(engineCode(error) ?? '') || isConflict(driverError(error));
}

/** Whether the database could not be reached or could not do its work, rather than that it refused the statement. */
export function isUnavailable(error: unknown): boolean {
  return isConnectionUnfit(driverError(error)) || isOutOfOrder(engineCode(error)) || isRetryable(error);
}

/** Whether the database accepts no writes, though it may answer reads. */
export function isReadOnly(error: unknown): boolean {
  return isWriteRefused(driverError(error));
}

export const engineCode = (error: unknown): string | undefined => driverError(error).code;

const driverError = (error: unknown): MysqlError =>
  ((error instanceof QueryFailedError ? error.driverError : error) ?? {}) as MysqlError;
