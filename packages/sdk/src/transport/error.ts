import type { ErrorCode, SecondFactorChallenge } from '../document/schemas.js';

/** Codes of failures that no server has answered with. */
export type ClientErrorCode =
  /** The server could not be reached, or the connection broke. `cause` says why. */
  | 'client.connection_failed'
  /** The server did not answer within `timeoutMs`. */
  | 'client.timeout'
  /** The answer is not one of Keywright, such as a page of a proxy. */
  | 'client.unexpected_answer'
  /** The operation takes none of the client's credentials. Nothing was sent. */
  | 'client.credential_unsuitable'
  /** A webhook has not been signed with any of the secrets. */
  | 'webhook.signature_invalid'
  /** A webhook was signed too long ago, or in the future. */
  | 'webhook.timestamp_invalid'
  /** A webhook lacks a header, or its secret or body is not well formed. */
  | 'webhook.malformed';

/** What is wrong with one field of a request. */
export interface ErrorDetail {
  field: string;
  message: string;
}

interface ErrorInput {
  code: KeywrightError['code'];
  status?: number;
  details?: ErrorDetail[];
  requestId?: string;
  retryAfterSeconds?: number;
  secondFactor?: SecondFactorChallenge;
  body?: unknown;
  cause?: unknown;
}

/** Every failure of a call, on every surface. A call that you abort is rejected with your signal's reason instead. */
export class KeywrightError extends Error {
  override readonly name = 'KeywrightError';
  /** Which error it is, for programs. docs/errors.md lists the server's. A newer server may send others. */
  readonly code: ErrorCode | ClientErrorCode | (string & {});
  /** The HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** What is wrong with which field; empty if it is not about fields. */
  readonly details: readonly ErrorDetail[];
  /** The request's id, by which the server's log and audit trail name it. */
  readonly requestId: string | undefined;
  /** The number of seconds after which the request may succeed. */
  readonly retryAfterSeconds: number | undefined;
  /** If a login needs a second step: what it has to answer. */
  readonly secondFactor: SecondFactorChallenge | undefined;
  /** The body of the answer, as its surface words it. */
  readonly body: unknown;

  constructor(message: string, { code, status = 0, details = [], cause, ...others }: ErrorInput) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.details = details;
    this.requestId = others.requestId;
    this.retryAfterSeconds = others.retryAfterSeconds;
    this.secondFactor = others.secondFactor;
    this.body = others.body;
  }
}

type Envelope = Partial<Record<'message' | 'error_description' | 'error', string>> & {
  details?: ErrorDetail[];
  secondFactor?: SecondFactorChallenge;
  data?: { secondFactor?: SecondFactorChallenge } | null;
};

/** @returns the error that a refusal tells of, whatever its envelope */
export async function readError(response: Response): Promise<KeywrightError> {
  const { status, headers } = response;
  const text = await response.text();
  const body = parse(text);
  const envelope: Envelope = typeof body === 'object' && body !== null ? body : {};
  const code = headers.get('X-Error-Code') ?? 'client.unexpected_answer';
  return new KeywrightError(
    envelope.message ?? envelope.error_description ?? envelope.error ?? `The server answered with status ${status}.`,
    {
      code,
      status,
      details: envelope.details,
      requestId: headers.get('X-Request-Id') ?? undefined,
      retryAfterSeconds: readRetryAfter(headers.get('Retry-After')),
      secondFactor: envelope.secondFactor ?? envelope.data?.secondFactor,
      body,
    },
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @returns seconds, of a number of them or of a date (RFC 9110, section 10.2.3) */
function readRetryAfter(value: string | null): number | undefined {
  if (value === null || value === '') return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
