interface ErrorInput {
  code: string;
  status?: number | undefined;
  requestId?: string | undefined;
  retryAfterSeconds?: number | undefined;
  cause?: unknown;
}

/** A failure of a verifier. Its text never holds a key. */
export class VerifierError extends Error {
  override readonly name: string = 'VerifierError';
  /**
   * Which error it is: one of the server's codes, or `client.connection_failed`, `client.timeout`, `client.unexpected_answer`,
   * `client.overloaded`, `client.closed`, `client.usage_lost`.
   */
  readonly code: string;
  /** The HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** The request's id, by which the server's log names it. */
  readonly requestId: string | undefined;
  /** The number of seconds after which the request may succeed. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, { code, status = 0, requestId, retryAfterSeconds, cause }: ErrorInput) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Returns an error of this package as it is, and any other as the answer of something else than Keywright, whose text may hold anything. */
export function asVerifierError(error: unknown): VerifierError {
  if (error instanceof VerifierError) return error;
  return new VerifierError('The answer is not one of Keywright. Is there something else at this URL?', {
    code: 'client.unexpected_answer',
  });
}

/** The code of a `VerifierUnavailableError`. */
export const UNAVAILABLE_CODE = 'verifier.unavailable';

/** The server had to be asked about a key and could not be. `cause` says why. */
export class VerifierUnavailableError extends VerifierError {
  override readonly name = 'VerifierUnavailableError';

  constructor(cause: VerifierError) {
    super('The key could not be verified: Keywright is not available.', {
      code: UNAVAILABLE_CODE,
      retryAfterSeconds: cause.retryAfterSeconds ?? 1,
      cause,
    });
  }
}
