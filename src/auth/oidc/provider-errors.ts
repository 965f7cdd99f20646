import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import { DomainError, type ErrorCode } from '../../platform/events/domain-error.js';
import { errorMessage } from '../../platform/runtime/error-message.js';

/** A provider that does not answer may be asked again after this time. */
export const RETRY_SECONDS = 10;

/** Errors of an authorization response that the provider expects to pass (RFC 6749, section 4.1.2.1). */
const TEMPORARY = ['server_error', 'temporarily_unavailable'];

/** Codes of the library for a token that is not what it must be. */
const INVALID_TOKEN = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
]);

/** Returns what a request is refused with after the provider, or the library, has failed in this way. */
export function refusalFor(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const code = codeFor(error);
  return code === 'unavailable' ? unavailable() : new DomainError(code);
}

export const unavailable = (): DomainError => new DomainError('unavailable', { retryAfterSeconds: RETRY_SECONDS });

function codeFor(error: unknown): ErrorCode {
  if (error instanceof AuthorizationResponseError)
    return TEMPORARY.includes(error.error) ? 'unavailable' : 'oidc.denied';
  if (error instanceof ResponseBodyError) return error.error === 'invalid_grant' ? 'oidc.code_invalid' : 'unavailable';
  if (!(error instanceof ClientError) || !INVALID_TOKEN.has(error.code ?? '')) return 'unavailable';
  return claimOf(error) === 'nonce' ? 'oidc.nonce_mismatch' : 'oidc.token_invalid';
}

/** The claim that an error is about. */
function claimOf({ cause }: Error): unknown {
  const details = (cause as Error | undefined)?.cause;
  return (details as { claim?: unknown } | undefined)?.claim;
}

/** Describes an error for the log, without what the provider has sent but for its error codes. */
export function describeProviderError(error: unknown): string {
  const answered = error instanceof AuthorizationResponseError || error instanceof ResponseBodyError;
  if (answered) return /^[\w.-]{1,50}$/.test(error.error) ? error.error : 'an unreadable error code';
  const { cause } = error as { cause?: unknown };
  const reason = cause instanceof Error ? ` (${errorMessage(cause)})` : '';
  return `${errorMessage(error)}${reason}`;
}
