import { STATUS_CODES } from 'node:http';
import type { DomainError, ErrorCode } from '../../events/domain-error.js';
import type { Surface } from './surface.js';

const BY_STATUS: Record<number, string> = {
  400: 'The request contains invalid parameters or malformed data',
  401: 'Authentication required. Please provide a valid API token',
  403: "You don't have permission to access this resource",
  404: 'The requested resource was not found',
  408: 'The request did not arrive in time',
  413: 'The request body is too large',
  415: 'The content type must be application/json',
  431: 'The request headers are too large',
  429: 'Too many requests. Please try again later',
  503: 'The service is unavailable for a moment. Please try again',
  500: 'Something went wrong on our side',
};

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  'credential.ambiguous': 'The request presents two credentials; send one',
  'credential.in_query': 'Send the key in the Authorization header, not in the query, where logs would keep it',
  'session.cross_origin': 'Sessions of the console are for its own pages, which send X-Keywright-Console: 1',
  'login.failed': 'Wrong username or password',
  'login.second_factor_required': 'The password is right; now send the second factor',
  'login.second_factor_failed': 'The second factor is wrong',
  'login.challenge_gone': 'The challenge is unknown or has expired; log in again',
  'access.second_factor_lacking':
    'Your account must have a second factor; set one up with POST /api/v1/second-factor/totp',
  'password.current_missing': 'Send your current password in currentPassword',
  'password.current_wrong': 'The current password is wrong',
  'second_factor.code_wrong': 'The code is wrong',
  'second_factor.limit_reached': 'Your account has the maximum number of passkeys',
  'second_factor.demanded': 'Your account must have a second factor; set up another one before you remove this one',
  'second_factor.own': 'Remove your own second factors at /api/v1/second-factor',
  'passkey.refused': 'The passkey could not be registered',
  'passkey.taken': 'This passkey has been registered already',
  'login.throttled': 'Too many failed logins. Please try again later',
  'oidc.state_invalid': 'This sign-in was not begun in this browser, or is complete already. Please begin again',
  'oidc.expired': 'This sign-in has taken too long. Please begin again',
  'oidc.issuer_mismatch': 'The answer comes from another sign-in provider',
  'oidc.code_invalid': 'The sign-in provider does not accept the code. Please begin again',
  'oidc.nonce_mismatch': "The sign-in provider's answer belongs to another sign-in. Please begin again",
  'oidc.token_invalid': "The sign-in provider's answer is not valid",
  'oidc.denied': 'The sign-in provider has not signed you in',
  'oidc.email_unverified': 'Your e-mail address is not verified at the sign-in provider',
  'oidc.domain_not_allowed': 'Addresses of this domain may not sign in',
  'oidc.account_unknown': 'No account has this address',
  'oidc.subject_mismatch': 'The account of this address belongs to somebody else at the sign-in provider',
  'oidc.role_missing': 'None of your groups has a role here',
  'access.scope_lacking': 'The scopes of your key must name `verifier`',
  'verifier.limit_reached': 'Your merchant has the maximum number of attached verifiers',
  'access.stronger_key': 'A key whose level is above yours would be affected',
  'access.login_too_old': 'Sign in again, then repeat the request within five minutes',
  'exposure.not_signed': 'The message has no valid signature by a known key',
  'api_key.limit_reached': 'The client has as many active keys as it may have',
  'application.limit_reached': 'Your merchant has the maximum number of applications',
  'member.limit_reached': 'Your merchant has the maximum number of members',
  'api_key.taken': 'Another key has this hash or lookup prefix',
  'import.too_many_formats':
    'Your merchant has the maximum number of formats of imported keys; import keys that look alike with one format',
  'import_format.in_use': 'Keys have this format; rotate or delete them first',
  'precondition.failed': 'The resource has changed since it was read; read it again',
  'api_key.no_quota': 'This key has no quota',
  'api_key.not_rotatable': 'This key has expired; rotate it with expiresInSeconds or expiresAt',
  'api_key.life_too_long': 'The key would live longer than the key policy allows',
  'api_key.expiry_required': 'The key policy requires an expiry',
  'api_key.self_rotation_not_allowed': 'This key may not rotate itself',
  'application.name_taken': 'An application with this name already exists',
  'portal_session.action_not_allowed': 'Your session does not allow this',
  'portal_session.key_limit_reached': 'There are as many keys as your session allows',
  'portal_session.link_invalid': 'This link has been used, or its session has ended',
  'portal_session.not_found': 'Portal session not found',
  'shared_limit.limit_reached': 'Your merchant has the maximum number of shared limits',
  'webhook.limit_reached': 'Your merchant has the maximum number of webhook endpoints',
  'webhook_delivery.under_way': 'This delivery is being sent at the moment',
  'job.running': 'An instance is running this job',
  'email.taken': 'This e-mail address is already in use',
  'merchant.own': 'A merchant cannot block or delete itself',
  'merchant.deleting': 'This merchant is being deleted',
  'merchant.operators': 'This merchant has members who run the server',
  'member.last_manager': 'The last member who can manage this merchant cannot be removed or lowered',
  'member.last_admin': 'The last administrator cannot be removed or lowered',
  'member.invited': 'This member has not accepted the invitation yet',
  'idempotency.under_way': 'A request with this Idempotency-Key is being carried out; repeat it later',
  'idempotency.key_reused': 'This Idempotency-Key was used for another request',
  'link.gone': 'This link has been used or has expired',
};

function messageFor({ code, context }: DomainError): string | undefined {
  if (code === 'api_key.overlap_running' && context.until)
    return `The previous full key is valid until ${context.until.toISOString()}; a member ends it now by rotating with endPrevious: true`;
  if (code !== 'bulk.count_differs') return MESSAGES[code];
  return `The number of keys is ${context.count ?? 'another one'}, not the expected one; nothing has been changed`;
}

/** `/api/v1/*`: the resource itself, for a failure `{error, message, code[, details]}`. */
export const merchants: Surface = {
  name: 'merchants',
  unknownNames: 'refused',
  success: ({ data }) => data,
  failure: ({ status, error, message }) => ({
    error: STATUS_CODES[status],
    message: message ?? messageFor(error) ?? BY_STATUS[status],
    code: status,
    ...(error.context.fields && { details: error.context.fields }),
    ...(error.context.secondFactor && { secondFactor: error.context.secondFactor }),
  }),
};
