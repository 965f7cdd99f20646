import type { DomainError, ErrorCode } from '../../events/domain-error.js';
import { ERROR_CATALOGUE } from '../../events/error-catalogue.js';
import type { Surface } from './surface.js';

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  'credential.invalid': 'invalid_client',
  'credential.expired': 'invalid_client',
  'oauth.unsupported_grant_type': 'unsupported_grant_type',
  'oauth.invalid_scope': 'invalid_scope',
  'oauth.unauthorized_client': 'unauthorized_client',
  'request.rate_limited': 'temporarily_unavailable',
  unavailable: 'temporarily_unavailable',
  internal: 'server_error',
};

/** Says what is wrong, in the characters that RFC 6749 allows. */
function describe({ code, context }: DomainError): string {
  const text = context.fields?.map(({ message }) => message).join('; ') ?? ERROR_CATALOGUE[code].meaning;
  return text.replaceAll('"', "'").replaceAll(/[^\x20-\x5b\x5d-\x7e]/g, '?');
}

/** `/oauth/*` and its discovery: the answer itself, for a failure `{error, error_description}` (RFC 6749, section 5.2). */
export const oauth: Surface = {
  name: 'oauth',
  unknownNames: 'ignored',
  success: ({ data }) => data,
  failure: ({ error, message }) => ({
    error: message ?? MESSAGES[error.code] ?? 'invalid_request',
    error_description: describe(error),
  }),
};
