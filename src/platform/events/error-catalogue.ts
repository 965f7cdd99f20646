/** An error that a request can be answered with. */
interface ErrorKind {
  status: number;
  /** What has happened, for the documentation. The messages in responses are the surfaces'. */
  meaning: string;
  /** What the client can do about it, for the documentation. */
  remedy: string;
}

const WAIT = 'Repeat the request after the number of seconds in `Retry-After`.';

/** Every error, by its code. */
export const ERROR_CATALOGUE = {
  'request.malformed': {
    status: 400,
    meaning: 'The request is not valid HTTP, or its body cannot be parsed.',
    remedy: 'Send valid HTTP and a body in UTF-8, nested at most 16 levels deep.',
  },
  'request.body_missing': {
    status: 400,
    meaning: 'The body is missing, empty or not an object.',
    remedy: 'Send an object with the fields that the operation requires.',
  },
  'request.invalid': {
    status: 400,
    meaning: 'A field of the body, a parameter or a header is missing or invalid.',
    remedy: 'Correct the field that the error names.',
  },
  'request.timeout': {
    status: 408,
    meaning: 'The request did not arrive in time.',
    remedy: 'Send the whole request within a minute, or an import without pausing for so long.',
  },
  'request.too_large': {
    status: 413,
    meaning: 'The body is too large.',
    remedy: 'Send at most 256 KiB, or what the operation accepts.',
  },
  'request.head_too_large': {
    status: 431,
    meaning: 'The request line and the headers are too large.',
    remedy: 'Send at most 16 KiB of them.',
  },
  'request.unsupported_media_type': {
    status: 415,
    meaning: 'The operation does not accept the content type of the body.',
    remedy: 'Send the content type that the operation accepts, such as `application/json`.',
  },
  'request.rate_limited': {
    status: 429,
    meaning: 'Too many requests were sent within a minute.',
    remedy: WAIT,
  },
  'route.not_found': {
    status: 404,
    meaning: 'No operation has this method and path.',
    remedy: 'Compare the method and the path with the OpenAPI document.',
  },
  'credential.invalid': {
    status: 401,
    meaning: 'The credential is missing or invalid.',
    remedy: 'Send a valid credential of the kind that the operation requires.',
  },
  'credential.expired': {
    status: 401,
    meaning: 'The login token has expired.',
    remedy: 'Log in again.',
  },
  'credential.ambiguous': {
    status: 400,
    meaning: 'The request carries more than one credential.',
    remedy: 'Send one key. An `Authorization` that holds no key may accompany a key in `X-API-Key`.',
  },
  'credential.in_query': {
    status: 400,
    meaning: 'The request carries a credential in its query, where logs would keep it.',
    remedy: 'Send the credential in the `Authorization` header, and rotate the key.',
  },
  'session.cross_origin': {
    status: 403,
    meaning: 'The request opens a session of the console, and does not prove that a page of this server sent it.',
    remedy:
      'Send `X-Keywright-Console: 1` from a page of the same origin. Programs log in with `POST /api/v1/auth/login`.',
  },
  'login.failed': {
    status: 401,
    meaning: 'The username or the password is wrong.',
    remedy: 'Check both.',
  },
  'oidc.state_invalid': {
    status: 400,
    meaning: 'The sign-in was not begun by this browser, or has been completed already.',
    remedy:
      'Begin at `/api/v1/auth/oidc/login`, below the public URL of the server, in a browser that accepts cookies.',
  },
  'oidc.expired': {
    status: 400,
    meaning: 'The sign-in has taken longer than ten minutes.',
    remedy: 'Begin again.',
  },
  'oidc.issuer_mismatch': {
    status: 400,
    meaning: 'The answer comes from another provider than the one that was asked.',
    remedy: 'Begin again. If it happens again, compare `OIDC_ISSUER` with what the provider calls itself.',
  },
  'oidc.code_invalid': {
    status: 400,
    meaning: 'The provider does not accept the code, which may have been used or has expired.',
    remedy: 'Begin again.',
  },
  'oidc.nonce_mismatch': {
    status: 401,
    meaning: "The provider's ID token was issued for another sign-in.",
    remedy: 'Begin again.',
  },
  'oidc.token_invalid': {
    status: 401,
    meaning: "The provider's ID token is not valid: its signature, its audience, its times or its claims are wrong.",
    remedy:
      "Begin again. If it happens again, compare the client's settings at the provider with those of the server, and the clocks of both.",
  },
  'oidc.denied': {
    status: 403,
    meaning: 'The provider has not signed the person in.',
    remedy: 'Begin again, and let the provider share what it asks for.',
  },
  'oidc.email_unverified': {
    status: 403,
    meaning: 'The provider does not say that the e-mail address is verified.',
    remedy: 'Verify the address at the provider, or have it send the claims `email` and `email_verified`.',
  },
  'oidc.domain_not_allowed': {
    status: 403,
    meaning: 'Addresses of this domain may not sign in.',
    remedy: 'Sign in with an address of a domain in `OIDC_ALLOWED_DOMAINS`.',
  },
  'oidc.account_unknown': {
    status: 403,
    meaning: 'No account has this verified address, and none is created.',
    remedy: 'Ask for an invitation, or verify the address of the account that you have.',
  },
  'oidc.subject_mismatch': {
    status: 403,
    meaning: 'The account belongs to another person at the provider, who had the same address.',
    remedy: 'Ask an administrator to remove the account of the former owner of the address.',
  },
  'oidc.role_missing': {
    status: 403,
    meaning: "None of the person's groups has a role.",
    remedy: 'Ask for a group in `OIDC_ROLES`.',
  },
  'access.login_too_old': {
    status: 403,
    meaning: 'The account has no password to confirm the change with, and its sign-in is more than five minutes old.',
    remedy: 'Sign in with the provider again, then repeat the request.',
  },
  'session.not_found': {
    status: 404,
    meaning: 'The session does not exist or has ended.',
    remedy: 'Look for the session in the list of your sessions.',
  },
  'password.current_missing': {
    status: 400,
    meaning: 'The account has a password, and `currentPassword` is missing.',
    remedy: 'Send the current password in `currentPassword`.',
  },
  'password.current_wrong': {
    status: 403,
    meaning: 'The current password is wrong.',
    remedy: 'Send the current password, or recover the account by mail.',
  },
  'password.not_allowed': {
    status: 403,
    meaning: 'The account was created by a sign-in with the OpenID provider, and has no password.',
    remedy: 'Sign in with the provider.',
  },
  'password.too_short': {
    status: 400,
    meaning: 'The password is too short for an account that may manage others.',
    remedy: 'Choose a password of 12 characters or more.',
  },
  'login.second_factor_required': {
    status: 401,
    meaning: 'The password is right, and the account has a second factor.',
    remedy:
      'Send the challenge from the answer to the second step of the login, with a code, a recovery code or a passkey.',
  },
  'login.second_factor_failed': {
    status: 401,
    meaning: 'The code or the recovery code is wrong or has been used, or the passkey has not signed the challenge.',
    remedy: 'Try again with the same challenge, up to five times, or with another method.',
  },
  'login.challenge_gone': {
    status: 401,
    meaning: 'The challenge is unknown, has expired or been used, or has had five wrong answers.',
    remedy: 'Log in again.',
  },
  'second_factor.code_wrong': {
    status: 400,
    meaning: 'The code is not the one that the authenticator app shows.',
    remedy: "Send the app's current code, and make sure that the clock of its device is right.",
  },
  'second_factor.not_found': {
    status: 404,
    meaning: 'The account has no such second factor.',
    remedy: 'Read which second factors the account has.',
  },
  'second_factor.limit_reached': {
    status: 409,
    meaning: 'The account has the maximum number of passkeys.',
    remedy: 'Delete a passkey first.',
  },
  'second_factor.demanded': {
    status: 409,
    meaning: 'The second factor is the last one of an account that must have one.',
    remedy: 'Set up another second factor first.',
  },
  'second_factor.own': {
    status: 409,
    meaning: 'The member is the caller.',
    remedy: 'Remove your own second factors one by one, with your password.',
  },
  'passkey.refused': {
    status: 400,
    meaning: 'The authenticator did not answer the challenge, or is not supported.',
    remedy: 'Ask for new options, and create the passkey within five minutes on a page of `PUBLIC_URL`.',
  },
  'passkey.taken': {
    status: 409,
    meaning: 'The passkey has been registered already.',
    remedy: 'Choose another authenticator.',
  },
  'login.throttled': {
    status: 429,
    meaning: 'Too many logins have failed.',
    remedy: WAIT,
  },
  'precondition.failed': {
    status: 412,
    meaning: 'The resource is no longer the version that `If-Match` names.',
    remedy: 'Read the resource, and repeat the request with its current `ETag`.',
  },
  'access.level_lacking': {
    status: 403,
    meaning: "The caller's level is too low.",
    remedy: 'Call with a credential of a higher level.',
  },
  'access.scope_lacking': {
    status: 403,
    meaning: "The caller's key has no scope that allows the operation by name.",
    remedy: 'Call with a key whose scopes name the one in the message.',
  },
  'access.stronger_key': {
    status: 403,
    meaning: "The operation would affect a key whose level is above the caller's.",
    remedy: 'Call with a credential of that level, or leave the key out.',
  },
  'access.account_inactive': {
    status: 403,
    meaning: 'The account or its merchant is not active.',
    remedy: 'Ask an administrator to activate the account or to unblock the merchant.',
  },
  'access.consent_lacking': {
    status: 403,
    meaning: 'The account has withdrawn its consent.',
    remedy: 'Give consent again with `PATCH /account/jwt`.',
  },
  'access.second_factor_lacking': {
    status: 403,
    meaning: 'The account must have a second factor, and has none.',
    remedy: 'Set one up: begin with `POST /api/v1/second-factor/totp`.',
  },
  'access.other_owner': {
    status: 403,
    meaning: 'The resource belongs to another account or merchant.',
    remedy: 'Call as its owner, or with a level that includes the resources of others.',
  },
  'signup.closed': {
    status: 403,
    meaning: 'Nobody can sign up at this server.',
    remedy: 'Ask its operator for an invitation.',
  },
  'service_id.invalid': {
    status: 403,
    meaning: 'The Service ID is unknown or has expired.',
    remedy: 'Generate a new Service ID.',
  },
  'exposure.not_signed': {
    status: 403,
    meaning: 'The message has no valid signature by a known key.',
    remedy: 'Sign the exact bytes of the body, and name the key that signed them.',
  },
  'api_key.not_found': {
    status: 404,
    meaning: 'The key does not exist or has been deleted.',
    remedy: 'Look for the key in the list of keys.',
  },
  'api_key.limit_reached': {
    status: 409,
    meaning: 'The client has the maximum number of active keys, or the merchant the maximum number of keys.',
    remedy: 'Delete keys first.',
  },
  'api_key.level_too_high': {
    status: 400,
    meaning: "The level of the key would be above the caller's own.",
    remedy: 'Choose a level that is not above your own.',
  },
  'api_key.taken': {
    status: 409,
    meaning: 'Another key has this hash or lookup prefix.',
    remedy: 'Import each key once, with a lookup prefix that no other key has.',
  },
  'import.too_many_formats': {
    status: 409,
    meaning: 'The merchant has the maximum number of formats of imported keys.',
    remedy: 'Import keys that look alike with the same format, or delete a format that no key has.',
  },
  'import_format.not_found': {
    status: 404,
    meaning: 'The format of imported keys does not exist or has been deleted.',
    remedy: 'Look for the format in the list of formats, or repeat the import.',
  },
  'import_format.in_use': {
    status: 409,
    meaning: 'A key has this format.',
    remedy: 'Rotate or delete the keys that were imported with the format first.',
  },
  'api_key.scopes_not_held': {
    status: 400,
    meaning: 'The key would have a scope that the calling key does not have.',
    remedy: 'Choose scopes that the calling key has.',
  },
  'api_key.scopes_not_given': {
    status: 400,
    meaning: 'The key would have a scope that its merchant was not given.',
    remedy: 'Choose scopes that are among those of the merchant, which `GET /api/v1/merchants/me` shows.',
  },
  'api_key.not_rotatable': {
    status: 409,
    meaning: 'The key has expired, and the rotation sets no new expiry.',
    remedy: 'Rotate the key with `expiresInSeconds` or `expiresAt`.',
  },
  'api_key.life_too_long': {
    status: 400,
    meaning: 'The key would live longer than the key policy allows.',
    remedy: 'Choose an earlier expiry; `GET /api/v1/merchants/me/key-policy` shows the maximum.',
  },
  'api_key.expiry_required': {
    status: 400,
    meaning: 'The key would never expire, which the key policy does not allow.',
    remedy: 'Set an expiry.',
  },
  'api_key.self_rotation_not_allowed': {
    status: 403,
    meaning: 'The key may not rotate itself.',
    remedy: 'Have a member of level 4 set `selfRotate: true` on the key.',
  },
  'api_key.overlap_running': {
    status: 409,
    meaning: 'The full key that an earlier rotation replaced is valid until the time that the message names.',
    remedy: 'Wait until then, or rotate with `endPrevious: true`, which ends it at once.',
  },
  'api_key.no_quota': {
    status: 409,
    meaning: 'The key has no quota.',
    remedy: 'Give the key a quota, whose use then starts at 0 by itself.',
  },
  'shared_limit.not_found': {
    status: 404,
    meaning: 'The external id has no limits that its keys share.',
    remedy: 'Look for the external id in the list of shared limits, or set its limits.',
  },
  'shared_limit.limit_reached': {
    status: 409,
    meaning: 'The merchant has the maximum number of shared limits.',
    remedy: 'Delete shared limits that are no longer needed first.',
  },
  'verifier.not_found': {
    status: 404,
    meaning: 'The key has attached no verifier of this id, or one that has been away for more than a minute.',
    remedy: 'Attach anew.',
  },
  'portal_session.action_not_allowed': {
    status: 403,
    meaning: 'The portal session does not allow this.',
    remedy: 'Open a session whose `allow` names it.',
  },
  'portal_session.key_limit_reached': {
    status: 409,
    meaning: 'The external id has as many keys as the portal session allows.',
    remedy: 'Revoke a key first.',
  },
  'portal_session.link_invalid': {
    status: 404,
    meaning: 'The link of the portal session has been used, or the session has ended.',
    remedy: 'Open a new session, and use its link once.',
  },
  'portal_session.not_found': {
    status: 404,
    meaning: 'Your merchant has no portal session with this id.',
    remedy: 'Use the id that the opening of a session returned.',
  },
  'verifier.limit_reached': {
    status: 409,
    meaning: 'The merchant has the maximum number of attached verifiers.',
    remedy: 'Detach a verifier first; one that is gone without that is forgotten after a minute.',
  },
  'bulk.count_differs': {
    status: 409,
    meaning: 'The number of keys differs from `expectedCount`; nothing has been changed.',
    remedy: 'Check the selection, then send the number that the message names.',
  },
  'application.not_found': {
    status: 404,
    meaning: 'The application does not exist or has been deleted.',
    remedy: 'Look for the application in the list of applications.',
  },
  'application.limit_reached': {
    status: 409,
    meaning: 'The merchant has the maximum number of applications.',
    remedy: 'Delete an application first.',
  },
  'application.name_taken': {
    status: 409,
    meaning: 'The merchant has another application of this name.',
    remedy: 'Choose another name.',
  },
  'webhook.not_found': {
    status: 404,
    meaning: 'The webhook endpoint does not exist or has been deleted.',
    remedy: 'Look for the endpoint in the list of webhook endpoints.',
  },
  'webhook.limit_reached': {
    status: 409,
    meaning: 'The merchant has the maximum number of webhook endpoints.',
    remedy: 'Delete an endpoint first.',
  },
  'webhook_delivery.not_found': {
    status: 404,
    meaning: 'The delivery does not exist or is no longer kept.',
    remedy: "Look for the delivery in the endpoint's list of deliveries.",
  },
  'webhook_delivery.under_way': {
    status: 409,
    meaning: 'The delivery is being sent at the moment.',
    remedy: 'Repeat the request a few seconds later.',
  },
  'merchant.not_found': {
    status: 404,
    meaning: 'The merchant does not exist.',
    remedy: 'Look for the merchant in the list of merchants.',
  },
  'merchant.deleting': {
    status: 409,
    meaning: 'The merchant is being deleted, which cannot be undone.',
    remedy: 'Nothing; sign the merchant up anew if it comes back.',
  },
  'merchant.operators': {
    status: 409,
    meaning: 'The merchant has members who run this server.',
    remedy: 'Give these members a lower role first, and leave the server with another administrator.',
  },
  'merchant.own': {
    status: 409,
    meaning: "The merchant is the caller's own, which the caller can neither block nor delete.",
    remedy: 'Ask an administrator of another merchant.',
  },
  'member.not_found': {
    status: 404,
    meaning: 'The member does not exist or has been removed.',
    remedy: 'Look for the member in the list of members.',
  },
  'member.limit_reached': {
    status: 409,
    meaning: 'The merchant has the maximum number of members.',
    remedy: 'Remove a member first.',
  },
  'member.last_manager': {
    status: 409,
    meaning: 'The member is the last one who can manage the merchant.',
    remedy: 'Give another member the role `user` or a higher one first.',
  },
  'member.last_admin': {
    status: 409,
    meaning: 'The member is the last administrator of the server.',
    remedy: 'Make another account an administrator first.',
  },
  'member.invited': {
    status: 409,
    meaning: 'The member has not accepted the invitation yet.',
    remedy: 'Wait until the member has signed up.',
  },
  'email.taken': {
    status: 409,
    meaning: 'Another account has this e-mail address.',
    remedy: 'Choose another address. To invite a member again, remove the invited one first.',
  },
  'username.taken': {
    status: 409,
    meaning: 'Another account has this username.',
    remedy: 'Choose another username.',
  },
  'username.free': {
    status: 404,
    meaning: 'No account has this username.',
    remedy: 'Nothing; the username is available.',
  },
  'link.gone': {
    status: 410,
    meaning: 'The link has been used or has expired.',
    remedy: 'Ask for a new invitation.',
  },
  'confirmation.not_found': {
    status: 404,
    meaning: 'The confirmation id is unknown, or has been used or has expired.',
    remedy: 'Request a new one.',
  },
  'job.not_found': {
    status: 404,
    meaning: 'No scheduled job has this name.',
    remedy: 'Look for the name in the list of scheduled jobs.',
  },
  'job.running': {
    status: 409,
    meaning: 'An instance is running the job.',
    remedy: 'Wait until the list of scheduled jobs says that the run has ended.',
  },
  'idempotency.under_way': {
    status: 409,
    meaning: 'A request with this `Idempotency-Key` is being carried out.',
    remedy: WAIT,
  },
  'idempotency.key_reused': {
    status: 422,
    meaning: 'This `Idempotency-Key` was used for another request.',
    remedy: 'Choose a new key for each new request.',
  },
  'oauth.unsupported_grant_type': {
    status: 400,
    meaning: 'The grant type is not `client_credentials`.',
    remedy: 'Send `grant_type=client_credentials`.',
  },
  'oauth.invalid_scope': {
    status: 400,
    meaning: 'The scope is malformed or exceeds the scopes of the key.',
    remedy: 'Ask for scopes that the key has, separated by single spaces.',
  },
  'oauth.unauthorized_client': {
    status: 400,
    meaning: 'The session belongs to another client.',
    remedy: 'Authenticate as the client that opened the session.',
  },
  'quota.exceeded': {
    status: 429,
    meaning: 'The key has exceeded its rate limit or its quota.',
    remedy: WAIT,
  },
  'mail.unavailable': {
    status: 503,
    meaning: 'The server has no mail server, without which this operation is worth nothing.',
    remedy: 'Ask the operator of the server to set `SMTP_URL`.',
  },
  unavailable: {
    status: 503,
    meaning: 'The server cannot answer at the moment, for example because the database does not.',
    remedy: WAIT,
  },
  internal: {
    status: 500,
    meaning: 'The server failed.',
    remedy: 'Report the failure with the `X-Request-Id` of the answer.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;
