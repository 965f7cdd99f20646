import type { Actor } from './actor.js';

/** Every way a request can fail, and the HTTP status of each. Surfaces put their own words to them. */
const STATUS = {
  'request.malformed': 400,
  'request.body_missing': 400,
  'request.invalid': 400,
  'request.too_large': 413,
  'request.unsupported_media_type': 415,
  'request.rate_limited': 429,
  'route.not_found': 404,
  'credential.invalid': 401,
  'credential.expired': 401,
  'credential.ambiguous': 400,
  'credential.in_query': 400,
  'login.failed': 401,
  'login.throttled': 429,
  'precondition.failed': 412,
  'access.level_lacking': 403,
  'access.account_inactive': 403,
  'access.consent_lacking': 403,
  'access.other_owner': 403,
  'service_id.invalid': 403,
  'exposure.not_signed': 403,
  'api_key.not_found': 404,
  'api_key.limit_reached': 409,
  'api_key.level_too_high': 400,
  'api_key.taken': 409,
  'import.too_many_formats': 409,
  'api_key.scopes_not_held': 400,
  'api_key.not_rotatable': 409,
  'bulk.count_differs': 409,
  'application.not_found': 404,
  'application.name_taken': 409,
  'webhook.not_found': 404,
  'webhook.limit_reached': 409,
  'webhook_delivery.not_found': 404,
  'webhook_delivery.under_way': 409,
  'merchant.not_found': 404,
  'merchant.own': 409,
  'member.not_found': 404,
  'member.last_manager': 409,
  'member.last_admin': 409,
  'member.invited': 409,
  'email.taken': 409,
  'username.taken': 409,
  'username.free': 404,
  'link.gone': 410,
  'confirmation.not_found': 404,
  'idempotency.under_way': 409,
  'idempotency.key_reused': 422,
  'oauth.unsupported_grant_type': 400,
  'oauth.invalid_scope': 400,
  'oauth.unauthorized_client': 400,
  'quota.exceeded': 429,
  unavailable: 503,
  internal: 500,
} as const;

export type ErrorCode = keyof typeof STATUS;

/** One thing wrong with one field of a request. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** Somebody who is known to be who they say. */
export interface Known extends Actor {
  merchantId: string;
}

export interface ErrorContext {
  fields?: FieldProblem[];
  /** When the request may be repeated. */
  retryAfterSeconds?: number;
  /** How many there are, where another number was expected. */
  count?: number;
  /** The limit that was passed, in requests per minute. */
  limitPerMinute?: number;
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
    return STATUS[this.code];
  }
}
