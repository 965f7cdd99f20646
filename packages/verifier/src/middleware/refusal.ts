import { STATUS_CODES } from 'node:http';
import { grants } from '../decision/scopes.js';
import type { Requirements, Verification } from '../verification.js';
import { rateLimitHeaders, retryAfterSeconds } from './rate-limit-headers.js';

/** How a request is refused. Neither body nor headers hold anything of the key. */
export interface Refusal {
  status: number;
  headers: Record<string, string>;
  body: {
    statusCode: number;
    error: string;
    /** Which refusal it is, for programs; one of the server's codes. */
    code: string;
    message: string;
  };
}

const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="keywright"' };

const MISTAKES = {
  'credential.ambiguous': 'The request presents two credentials; send one.',
  'credential.in_query': 'Send the key in the Authorization header, not in the query, where logs would keep it.',
};

function refuse(status: number, code: string, message: string, headers: Record<string, string> = {}): Refusal {
  const error = STATUS_CODES[status] ?? '';
  return { status, headers: { 'X-Error-Code': code, ...headers }, body: { statusCode: status, error, code, message } };
}

/** Refuses a request whose credential can't be read. */
export const refuseMistake = (mistake: keyof typeof MISTAKES): Refusal => refuse(400, mistake, MISTAKES[mistake]);

export const refuseUnauthenticated = (): Refusal =>
  refuse(401, 'credential.invalid', 'A valid API key is required.', CHALLENGE);

export const refuseUnavailable = (afterSeconds: number): Refusal =>
  refuse(503, 'unavailable', 'The API key cannot be verified at the moment.', { 'Retry-After': String(afterSeconds) });

/** Refuses a request whose key is not valid for it. */
export function refuseKey(verification: Verification, requirements: Requirements): Refusal {
  switch (verification.outcome) {
    case 'INSUFFICIENT_LEVEL':
      return forbid(`The API key must have level ${requirements.level ?? 0}.`);
    case 'MISSING_SCOPE':
      return forbid(`The API key lacks ${describeMissing(verification, requirements)}.`);
    case 'IP_NOT_ALLOWED':
      return forbid('The API key may not be used from this address.');
    case 'RATE_LIMITED':
    case 'QUOTA_EXCEEDED':
      return refuse(429, 'quota.exceeded', 'The API key has exceeded its rate limit or its quota.', {
        ...rateLimitHeaders(verification),
        'Retry-After': String(retryAfterSeconds(verification)),
      });
    case 'UNAVAILABLE':
      return refuseUnavailable(1);
    default:
      return refuseUnauthenticated();
  }
}

const forbid = (message: string): Refusal => refuse(403, 'access.level_lacking', message);

function describeMissing({ scopes }: Verification, { scopes: required = [] }: Requirements): string {
  const missing = required.filter((scope) => !grants(scopes, scope));
  return `the ${missing.length === 1 ? 'scope' : 'scopes'} ${missing.join(', ')}`;
}
