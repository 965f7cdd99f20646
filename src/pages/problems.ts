import type { DomainError, ErrorCode } from '../platform/events/domain-error.js';

const TEXTS: Partial<Record<ErrorCode, string>> = {
  'email.taken': 'This e-mail address is already in use.',
  'username.taken': 'This e-mail address is already in use.',
  'password.too_short': 'The password needs 12 characters or more.',
  'access.account_inactive': 'This company is blocked at the moment. Ask the operator of this service.',
  'request.rate_limited': 'Too many attempts. Wait a minute, then try again.',
  'login.throttled': 'Too many attempts. Wait a minute, then try again.',
  'request.too_large': 'What was sent is too large.',
  'request.unsupported_media_type': 'This page takes a form and nothing else.',
  unavailable: 'This service is unavailable for a moment. Try again.',
  internal: 'Something went wrong on our side. Try again later.',
};

/** Says what is wrong with a request, in words for people. */
export const describeError = ({ code, context }: DomainError): string[] =>
  context.fields?.map(({ message }) => message) ?? [TEXTS[code] ?? 'The request is not valid.'];
