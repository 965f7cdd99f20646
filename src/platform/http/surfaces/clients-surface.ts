import type { ErrorCode } from '../../events/domain-error.js';
import type { Surface } from './surface.js';

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  'request.malformed': 'Invalid request format',
  'request.timeout': 'Request timeout',
  'request.too_large': 'Request body is too large',
  'request.head_too_large': 'Request headers are too large',
  'request.unsupported_media_type': 'Content-Type must be application/json',
  'route.not_found': 'Not found',
  'credential.invalid': 'Invalid JWT token',
  'credential.expired': 'Invalid JWT token',
  'login.failed': 'Invalid username or password',
  'login.second_factor_required': 'Second factor required',
  'login.second_factor_failed': 'The second factor is wrong',
  'login.challenge_gone': 'The challenge is unknown or has expired. Log in again',
  'login.throttled': 'Too many failed logins. Try again later',
  'access.level_lacking': 'Insufficient permissions',
  'access.account_inactive': 'Insufficient permissions',
  'access.consent_lacking': 'Insufficient permissions',
  'access.second_factor_lacking': 'Set up a second factor first',
  'access.other_owner': 'Insufficient permissions',
  'service_id.invalid': 'Service ID expired or invalid',
  unavailable: 'Service unavailable',
  'api_key.not_found': 'API Key not found',
  'api_key.limit_reached': 'API key limit reached',
};

/** `/api/auth/*` and `/api/clients/*`: `{status, message, data}`, for a failure with `data: null`, unless a login has to go on. */
export const clients: Surface = {
  name: 'clients',
  unknownNames: 'ignored',
  success: ({ status, message, data }) => ({ status, message, data }),
  failure: ({ status, error, message }) => ({
    status,
    message:
      message ??
      (error.code === 'request.rate_limited'
        ? `Too many requests. Limit: ${error.context.limitPerMinute} requests per minute`
        : (error.context.fields?.[0]?.message ?? MESSAGES[error.code] ?? 'Internal server error')),
    data: error.context.secondFactor ? { secondFactor: error.context.secondFactor } : null,
  }),
};
