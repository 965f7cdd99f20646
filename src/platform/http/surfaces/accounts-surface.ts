import type { ErrorCode } from '../../events/domain-error.js';
import type { Surface } from './surface.js';

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  'request.malformed': 'malformedBody',
  'request.body_missing': 'postBodyMissing',
  'request.timeout': 'requestTimeout',
  'request.too_large': 'bodyTooLarge',
  'request.head_too_large': 'headTooLarge',
  'request.unsupported_media_type': 'unsupportedMediaType',
  'request.rate_limited': 'tooManyRequests',
  'route.not_found': 'notFound',
  'credential.invalid': 'authenticationFailed',
  'credential.expired': 'authenticationFailed',
  'login.failed': 'loginFailed',
  'login.second_factor_required': 'secondFactorRequired',
  'login.second_factor_failed': 'secondFactorFailed',
  'login.challenge_gone': 'challengeGone',
  'login.throttled': 'tooManyRequests',
  'password.current_missing': 'currentPasswordMissing',
  'password.current_wrong': 'currentPasswordWrong',
  'password.not_allowed': 'passwordNotAllowed',
  'password.too_short': 'passwordTooShort',
  'session.not_found': 'sessionNotFound',
  'access.level_lacking': 'insufficientAccessLevel',
  'access.other_owner': 'insufficientAccessLevel',
  'access.account_inactive': 'accountStatusLacking',
  'access.login_too_old': 'loginTooOld',
  'access.consent_lacking': 'consentLacking',
  'signup.closed': 'signupClosed',
  'access.second_factor_lacking': 'secondFactorLacking',
  'api_key.not_found': 'apiKeyNotFound',
  'api_key.limit_reached': 'apiKeyLimitReached',
  'api_key.level_too_high': 'keyLevelExceedsRoleLevel',
  'api_key.life_too_long': 'expiresIsHigherThanMaximum',
  'api_key.expiry_required': 'expiresInMissing',
  'api_key.scopes_not_held': 'keyScopesExceedOwnScopes',
  'confirmation.not_found': 'confirmationNotFound',
  'email.taken': 'emailTaken',
  'username.taken': 'usernameTaken',
  'mail.unavailable': 'mailUnavailable',
  unavailable: 'unavailable',
  'username.free': 'usernameAvailable',
};

/** `/signup`, `/login`, `/account`, `/apikeys` and their kin: `{result: "success", …}`, for a failure `{result: "error", error}`. */
export const accounts: Surface = {
  name: 'accounts',
  unknownNames: 'ignored',
  success: ({ status, data }, config) => ({
    result: status === 201 ? config.ACCOUNTS_CREATED_RESULT : 'success',
    ...(data as object),
  }),
  failure: ({ error, message }) => ({
    result: 'error',
    error: message ?? MESSAGES[error.code] ?? error.context.fields?.[0]?.message ?? 'internalError',
    ...(error.context.secondFactor && { secondFactor: error.context.secondFactor }),
  }),
};
