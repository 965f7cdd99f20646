import type { KeywrightError } from './error.js';

const FIRST_DELAY_MS = 250;
const LONGEST_BACKOFF_MS = 8_000;

/** Errors of connections that were never made, so that the server cannot have carried the request out. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ConnectionRefused',
]);

/** Statuses after which it is not known whether the request was carried out. */
const UNCERTAIN = new Set([408, 502, 503, 504]);

/** What a failure says about another attempt: it `may` be made, only if the request is `repeatable`, or `never`. */
export type Verdict = 'may' | 'repeatable' | 'never';

/** Decides whether a request that failed can be sent again. */
export function judge({ code, status, cause }: KeywrightError): Verdict {
  if (code === 'client.connection_failed') return wasNeverSent(cause) ? 'may' : 'repeatable';
  if (code === 'client.timeout' || UNCERTAIN.has(status)) return 'repeatable';
  // A key that is over its limit is told so at once; its answer is about the key.
  if (status === 429) return code === 'quota.exceeded' ? 'never' : 'may';
  // An attempt whose answer was lost is still being carried out.
  return code === 'idempotency.under_way' ? 'may' : 'never';
}

function wasNeverSent(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && NEVER_CONNECTED.has(String(cause.code))) return true;
  return false;
}

/**
 * Returns how long to wait before another attempt: as long as the server says and a little longer, else exponentially longer, with jitter.
 *
 * @param attempt the number of attempts so far
 */
export function delayBefore(attempt: number, { retryAfterSeconds }: KeywrightError): number {
  if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1000 + Math.random() * FIRST_DELAY_MS;
  const longest = Math.min(LONGEST_BACKOFF_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return longest * (0.5 + Math.random() / 2);
}

/** Waits, unless the signal ends it; then it is rejected with the signal's reason. */
export function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const abort = (): void => {
      end();
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      end();
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', abort);
  });
}
