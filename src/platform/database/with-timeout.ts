import { DomainError } from '../events/domain-error.js';
import { isUnavailable } from './engine-errors.js';

/** How long a verification waits for the database. */
export const TIMEOUT_MS = 2000;

/** When to ask again while the database can't answer. */
const RETRY_AFTER_SECONDS = 1;

/** That the database can't be asked, which is neither a yes nor a no. */
export const unavailableError = (): DomainError =>
  new DomainError('unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS });

/**
 * What the database answers, if it does so in time.
 *
 * @throws {DomainError} `unavailable` when it doesn't; a refusal stays what it is
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
