import type { Actor } from './actor.js';
import { ERROR_CATALOGUE, type ErrorCode } from './error-catalogue.js';

export type { ErrorCode };

/** One thing wrong with one field of a request. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** A caller whose identity has been verified. */
export interface Known extends Actor {
  merchantId: string;
}

/** A kind of answer to the challenge of a login. */
export type FactorMethod = 'totp' | 'passkey' | 'recoveryCode';

/** What a login has to answer, once its password has been found right. */
export interface SecondFactorChallenge {
  challenge: string;
  methods: FactorMethod[];
  /** The time for an answer, in seconds. */
  expiresIn: number;
  /** What the browser needs to sign with a passkey, if there is one: WebAuthn's `PublicKeyCredentialRequestOptionsJSON`. */
  passkeyOptions?: object;
}

export interface ErrorContext {
  fields?: FieldProblem[];
  /** When the request may be repeated. */
  retryAfterSeconds?: number;
  /** Until when the reason for the error lasts. */
  until?: Date;
  /** How many there are, where another number was expected. */
  count?: number;
  /** The limit that was passed, in requests per minute. */
  limitPerMinute?: number;
  /** What the login has to answer next. */
  secondFactor?: SecondFactorChallenge;
  /** Whom it refuses, when that is known though they may not even be the request's caller. */
  known?: Known;
}

/** A refusal that a caller may see. It never carries a secret. */
export class DomainError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly context: ErrorContext = {},
  ) {
    super(code);
  }

  /** That one field of the request is wrong. */
  static invalid(field: string, message: string): DomainError {
    return new DomainError('request.invalid', { fields: [{ field, message }] });
  }

  get status(): number {
    return ERROR_CATALOGUE[this.code].status;
  }
}
