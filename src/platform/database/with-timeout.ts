import { DomainError } from '../events/domain-error.js';
import { isUnavailable } from './engine-errors.js';

/** The longest time that a verification waits for the database. */
export const TIMEOUT_MS = 2000;

/** The `Retry-After` of responses while the database does not answer. */
const RETRY_AFTER_SECONDS = 1;

/** The error of a verification that can be neither accepted nor refused, because the database cannot be reached. */
export const unavailableError = (): DomainError =>
  new DomainError('unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS });

/**
 * Resolves to the answer of the database if it arrives in time.
 *
 * @throws {DomainError} `unavailable` when it doesn't, or when the database cannot be reached; other errors are passed on
 */
export async function withTimeout<T>(asking: Promise<T>, timeoutMs = TIMEOUT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(unavailableError()), timeoutMs)));
  try {
    return await Promise.race([asking, timeout]);
  } catch (error) {
    throw isUnavailable(error) ? unavailableError() : error;
  } finally {
    clearTimeout(timer);
  }
}
