// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Operation } from '../transport/operation.js';

export const readAccountWithKey: Operation = { method: 'GET', path: '/account/key', auth: ['keyPair'] };
export const updateAccountWithKey: Operation = {
  method: 'PATCH',
  path: '/account/key',
  auth: ['keyPair'],
  body: 'json',
};
export const isUsernameTakenWithKey: Operation = {
  method: 'POST',
  path: '/available/username/key',
  auth: ['keyPair'],
  body: 'json',
};
export const listPersonalApiKeysWithKey: Operation = { method: 'GET', path: '/apikeys/key', auth: ['keyPair'] };
export const createPersonalApiKeyWithKey: Operation = {
  method: 'POST',
  path: '/apikeys/key',
  auth: ['keyPair'],
  body: 'json',
};
export const readPersonalApiKeyWithKey: Operation = { method: 'GET', path: '/apikeys/{key}/key', auth: ['keyPair'] };
export const deletePersonalApiKeyWithKey: Operation = {
  method: 'DELETE',
  path: '/apikeys/{key}/key',
  auth: ['keyPair'],
  answer: 'none',
};
export const logInMerchant: Operation = { method: 'POST', path: '/api/v1/auth/login', body: 'json' };
export const readOidcProvider: Operation = { method: 'GET', path: '/api/v1/auth/oidc' };
export const signInWithOidc: Operation = { method: 'GET', path: '/api/v1/auth/oidc/login', answer: 'location' };
export const openOidcSession: Operation = {
  method: 'GET',
  path: '/api/v1/auth/oidc/callback',
  query: ['error', 'iss', 'state', 'code'],
};
export const logInMerchantWithFactor: Operation = {
  method: 'POST',
  path: '/api/v1/auth/login/second-factor',
  body: 'json',
};
export const logOutMerchant: Operation = {
  method: 'POST',
  path: '/api/v1/auth/logout',
  auth: ['loginToken'],
  answer: 'none',
};
export const listApplications: Operation = {
  method: 'GET',
  path: '/api/v1/applications',
  auth: ['loginToken'],
  query: ['page', 'limit'],
};
export const createApplication: Operation = {
  method: 'POST',
  path: '/api/v1/applications',
  auth: ['loginToken'],
  body: 'json',
};
export const readApplication: Operation = { method: 'GET', path: '/api/v1/applications/{id}', auth: ['loginToken'] };
export const deleteApplication: Operation = {
  method: 'DELETE',
  path: '/api/v1/applications/{id}',
  auth: ['loginToken'],
  answer: 'none',
};
export const updateApplication: Operation = {
  method: 'PATCH',
  path: '/api/v1/applications/{id}',
  auth: ['loginToken'],
  body: 'json',
};
export const updateApplicationStatus: Operation = {
  method: 'PATCH',
  path: '/api/v1/applications/{id}/status',
  auth: ['loginToken'],
  body: 'json',
};
export const listApplicationApiKeys: Operation = {
  method: 'GET',
  path: '/api/v1/applications/{id}/api-keys',
  auth: ['loginToken'],
  query: [
    'status',
    'externalId',
    'level',
    'scope',
    'environment',
    'surface',
    'createdAfter',
    'createdBefore',
    'expiresAfter',
    'expiresBefore',
    'lastUsedAfter',
    'lastUsedBefore',
    'neverExpires',
    'neverUsed',
    'exposed',
    'exposedSource',
    'ownerGone',
    'overScoped',
    'exceedsPolicy',
    'q',
    'sort',
    'page',
    'limit',
    'cursor',
  ],
};
export const createApplicationApiKey: Operation = {
  method: 'POST',
  path: '/api/v1/applications/{id}/api-keys',
  auth: ['loginToken'],
  headers: { idempotencyKey: 'Idempotency-Key' },
  body: 'json',
  version: 'answer',
};
export const readApplicationApiKey: Operation = {
  method: 'GET',
  path: '/api/v1/applications/{id}/api-keys/{keyId}',
  auth: ['loginToken'],
  version: 'path',
};
export const deleteApplicationApiKey: Operation = {
  method: 'DELETE',
  path: '/api/v1/applications/{id}/api-keys/{keyId}',
  auth: ['loginToken'],
  headers: { ifMatch: 'If-Match' },
  answer: 'none',
  version: 'path',
};
export const updateApplicationApiKey: Operation = {
  method: 'PATCH',
  path: '/api/v1/applications/{id}/api-keys/{keyId}',
  auth: ['loginToken'],
  headers: { ifMatch: 'If-Match' },
  body: 'json',
  version: 'path',
};
export const rotateApplicationApiKey: Operation = {
  method: 'POST',
  path: '/api/v1/applications/{id}/api-keys/{keyId}/rotate',
  auth: ['loginToken'],
  headers: { ifMatch: 'If-Match', idempotencyKey: 'Idempotency-Key' },
  body: 'json',
  version: 'path',
};
export const readMerchantApiKeyCounts: Operation = {
  method: 'GET',
  path: '/api/v1/api-keys/counts',
  auth: ['loginToken'],
  query: ['merchantId'],
};
export const listMerchantApiKeys: Operation = {
  method: 'GET',
  path: '/api/v1/api-keys',
  auth: ['loginToken'],
  query: [
    'status',
    'application',
    'externalId',
    'level',
    'scope',
    'environment',
    'surface',
    'createdAfter',
    'createdBefore',
    'expiresAfter',
    'expiresBefore',
    'lastUsedAfter',
    'lastUsedBefore',
    'neverExpires',
    'neverUsed',
    'exposed',
    'exposedSource',
    'ownerGone',
    'overScoped',
    'exceedsPolicy',
    'q',
    'sort',
    'page',
    'limit',
    'cursor',
    'merchantId',
  ],
};
export const createMerchantApiKey: Operation = {
  method: 'POST',
  path: '/api/v1/api-keys',
  auth: ['loginToken'],
  query: ['merchantId'],
  headers: { idempotencyKey: 'Idempotency-Key' },
  body: 'json',
  version: 'answer',
};
export const exportMerchantApiKeys: Operation = {
  method: 'GET',
  path: '/api/v1/api-keys/export',
  auth: ['loginToken'],
  query: [
    'status',
    'application',
    'externalId',
    'level',
    'scope',
    'environment',
    'surface',
    'createdAfter',
    'createdBefore',
    'expiresAfter',
    'expiresBefore',
    'lastUsedAfter',
    'lastUsedBefore',
    'neverExpires',
    'neverUsed',
    'exposed',
    'exposedSource',
    'ownerGone',
    'overScoped',
    'exceedsPolicy',
    'q',
    'merchantId',
  ],
  answer: 'lines',
};
export const readMerchantApiKey: Operation = {
  method: 'GET',
  path: '/api/v1/api-keys/{keyId}',
  auth: ['loginToken'],
  version: 'path',
};
export const deleteMerchantApiKey: Operation = {
  method: 'DELETE',
  path: '/api/v1/api-keys/{keyId}',
  auth: ['loginToken'],
  headers: { ifMatch: 'If-Match' },
  answer: 'none',
  version: 'path',
};
export const updateMerchantApiKey: Operation = {
  method: 'PATCH',
  path: '/api/v1/api-keys/{keyId}',
  auth: ['loginToken'],
  headers: { ifMatch: 'If-Match' },
  body: 'json',
  version: 'path',
};
export const rotateMerchantApiKey: Operation = {
  method: 'POST',
  path: '/api/v1/api-keys/{keyId}/rotate',
  auth: ['loginToken'],
  headers: { ifMatch: 'If-Match', idempotencyKey: 'Idempotency-Key' },
  body: 'json',
  version: 'path',
};
export const resetApplicationApiKeyQuota: Operation = {
  method: 'POST',
  path: '/api/v1/applications/{id}/api-keys/{keyId}/quota/reset',
  auth: ['loginToken'],
  headers: { ifMatch: 'If-Match', idempotencyKey: 'Idempotency-Key' },
  version: 'path',
};
export const resetMerchantApiKeyQuota: Operation = {
  method: 'POST',
  path: '/api/v1/api-keys/{keyId}/quota/reset',
  auth: ['loginToken'],
  headers: { ifMatch: 'If-Match', idempotencyKey: 'Idempotency-Key' },
  version: 'path',
};
export const readMerchantApiKeyLimits: Operation = {
  method: 'GET',
  path: '/api/v1/api-keys/{keyId}/limits',
  auth: ['loginToken'],
};
export const readApplicationApiKeyUsage: Operation = {
  method: 'GET',
  path: '/api/v1/applications/{id}/api-keys/{keyId}/usage',
  auth: ['loginToken'],
  query: ['from', 'to', 'interval'],
};
export const readMerchantApiKeyUsage: Operation = {
  method: 'GET',
  path: '/api/v1/api-keys/{keyId}/usage',
  auth: ['loginToken'],
  query: ['from', 'to', 'interval'],
};
export const readMerchantApiKeyUses: Operation = {
  method: 'GET',
  path: '/api/v1/api-keys/{keyId}/uses',
  auth: ['loginToken'],
};
export const rotateOwnKey: Operation = {
  method: 'POST',
  path: '/api/v1/keys/rotate',
  auth: ['bearerKey', 'keyPair', 'apiKey'],
  headers: { idempotencyKey: 'Idempotency-Key' },
  body: 'json',
  version: 'answer',
};
export const verifyKey: Operation = {
  method: 'POST',
  path: '/api/v1/keys/verify',
  auth: ['bearerKey', 'apiKey', 'keyPair', 'loginToken'],
  body: 'json',
  repeatable: true,
};
export const verifyKeys: Operation = {
  method: 'POST',
  path: '/api/v1/keys/verify/batch',
  auth: ['bearerKey', 'apiKey', 'keyPair', 'loginToken'],
  body: 'json',
  repeatable: true,
};
export const checkKey: Operation = {
  method: 'GET',
  path: '/api/v1/keys/check',
  auth: ['bearerKey', 'apiKey', 'keyPair', 'session'],
  query: ['level', 'scope', 'merchant', 'application'],
  answer: 'none',
};
export const createAccessToken: Operation = { method: 'POST', path: '/oauth/token', auth: ['keyPair'], body: 'form' };
export const introspectAccessToken: Operation = {
  method: 'POST',
  path: '/oauth/introspect',
  auth: ['keyPair'],
  body: 'form',
  repeatable: true,
};
export const revokeAccessToken: Operation = {
  method: 'POST',
  path: '/oauth/revoke',
  auth: ['keyPair'],
  body: 'form',
  answer: 'none',
  repeatable: true,
};
export const readSigningKeys: Operation = { method: 'GET', path: '/.well-known/jwks.json' };
export const readAuthorizationServer: Operation = { method: 'GET', path: '/.well-known/oauth-authorization-server' };
export const listVerifiers: Operation = {
  method: 'GET',
  path: '/api/v1/verifiers',
  auth: ['loginToken'],
  query: ['page', 'limit'],
};
export const attachVerifier: Operation = {
  method: 'POST',
  path: '/api/v1/verifiers',
  auth: ['bearerKey', 'keyPair', 'apiKey'],
  body: 'json',
};
export const detachVerifier: Operation = {
  method: 'DELETE',
  path: '/api/v1/verifiers/{id}',
  auth: ['bearerKey', 'keyPair', 'apiKey'],
  answer: 'none',
};
export const streamChanges: Operation = {
  method: 'GET',
  path: '/api/v1/verifiers/{id}/stream',
  auth: ['bearerKey', 'keyPair', 'apiKey'],
  query: ['after'],
  answer: 'events',
};
export const pollChanges: Operation = {
  method: 'GET',
  path: '/api/v1/verifiers/{id}/changes',
  auth: ['bearerKey', 'keyPair', 'apiKey'],
  query: ['after', 'waitMs'],
};
export const acknowledgeChanges: Operation = {
  method: 'POST',
  path: '/api/v1/verifiers/{id}/acknowledgements',
  auth: ['bearerKey', 'keyPair', 'apiKey'],
  body: 'json',
  answer: 'none',
};
export const reportUses: Operation = {
  method: 'POST',
  path: '/api/v1/verifiers/{id}/usage',
  auth: ['bearerKey', 'keyPair', 'apiKey'],
  headers: { idempotencyKey: 'Idempotency-Key' },
  body: 'json',
};
export const verifyForVerifier: Operation = {
  method: 'POST',
  path: '/api/v1/verifiers/verifications',
  auth: ['bearerKey', 'apiKey', 'keyPair'],
  body: 'json',
};
export const readHygiene: Operation = {
  method: 'GET',
  path: '/api/v1/hygiene',
  auth: ['loginToken'],
  query: ['merchantId'],
};
export const readMerchantUsage: Operation = {
  method: 'GET',
  path: '/api/v1/usage',
  auth: ['loginToken'],
  query: ['from', 'to', 'allMerchants', 'application', 'externalId', 'interval', 'groupBy', 'limit', 'merchantId'],
};
export const readDailyUsage: Operation = {
  method: 'GET',
  path: '/api/v1/usage/daily',
  auth: ['loginToken'],
  query: ['merchantId', 'keyIds', 'days'],
};
export const readOwnPortalSession: Operation = { method: 'GET', path: '/api/v1/portal/session', auth: ['portalToken'] };
export const redeemPortalLink: Operation = { method: 'POST', path: '/api/v1/portal/session', body: 'json' };
export const listPortalKeys: Operation = {
  method: 'GET',
  path: '/api/v1/portal/keys',
  auth: ['portalToken'],
  query: ['page', 'limit'],
};
export const createPortalKey: Operation = {
  method: 'POST',
  path: '/api/v1/portal/keys',
  auth: ['portalToken'],
  body: 'json',
};
export const rotatePortalKey: Operation = {
  method: 'POST',
  path: '/api/v1/portal/keys/{keyId}/rotate',
  auth: ['portalToken'],
  body: 'json',
};
export const revokePortalKey: Operation = {
  method: 'DELETE',
  path: '/api/v1/portal/keys/{keyId}',
  auth: ['portalToken'],
  answer: 'none',
};
export const openPortalSession: Operation = {
  method: 'POST',
  path: '/api/v1/portal-sessions',
  auth: ['loginToken', 'bearerKey', 'keyPair', 'apiKey'],
  body: 'json',
};
export const endPortalSession: Operation = {
  method: 'DELETE',
  path: '/api/v1/portal-sessions/{id}',
  auth: ['loginToken', 'bearerKey', 'keyPair', 'apiKey'],
  answer: 'none',
};
export const listSharedLimits: Operation = {
  method: 'GET',
  path: '/api/v1/shared-limits',
  auth: ['loginToken'],
  query: ['page', 'limit', 'merchantId'],
};
export const readSharedLimit: Operation = {
  method: 'GET',
  path: '/api/v1/shared-limits/{externalId}',
  auth: ['loginToken'],
  query: ['merchantId'],
};
export const setSharedLimit: Operation = {
  method: 'PUT',
  path: '/api/v1/shared-limits/{externalId}',
  auth: ['loginToken'],
  query: ['merchantId'],
  body: 'json',
};
export const deleteSharedLimit: Operation = {
  method: 'DELETE',
  path: '/api/v1/shared-limits/{externalId}',
  auth: ['loginToken'],
  query: ['merchantId'],
  answer: 'none',
};
export const revokeMerchantApiKeys: Operation = {
  method: 'POST',
  path: '/api/v1/api-keys/bulk-revoke',
  auth: ['loginToken'],
  query: ['merchantId'],
  headers: { idempotencyKey: 'Idempotency-Key' },
  body: 'json',
};
export const disableMerchantApiKeys: Operation = {
  method: 'POST',
  path: '/api/v1/api-keys/bulk-disable',
  auth: ['loginToken'],
  query: ['merchantId'],
  headers: { idempotencyKey: 'Idempotency-Key' },
  body: 'json',
};
export const enableMerchantApiKeys: Operation = {
  method: 'POST',
  path: '/api/v1/api-keys/bulk-enable',
  auth: ['loginToken'],
  query: ['merchantId'],
  headers: { idempotencyKey: 'Idempotency-Key' },
  body: 'json',
};
export const importMerchantApiKeys: Operation = {
  method: 'POST',
  path: '/api/v1/api-keys/import',
  auth: ['loginToken'],
  query: ['dryRun'],
  body: 'json',
  repeatable: true,
};
export const importMerchantApiKeyLines: Operation = {
  method: 'POST',
  path: '/api/v1/api-keys/import-lines',
  auth: ['loginToken'],
  query: ['dryRun'],
  body: 'lines',
  repeatable: true,
};
export const listImportFormats: Operation = {
  method: 'GET',
  path: '/api/v1/import-formats',
  auth: ['loginToken'],
  query: ['page', 'limit'],
};
export const deleteImportFormat: Operation = {
  method: 'DELETE',
  path: '/api/v1/import-formats/{id}',
  auth: ['loginToken'],
  answer: 'none',
};
export const reportExposures: Operation = { method: 'POST', path: '/api/v1/exposures', body: 'json' };
export const reportGithubExposures: Operation = {
  method: 'POST',
  path: '/api/v1/exposures/github',
  headers: {
    githubPublicKeySignature: 'Github-Public-Key-Signature',
    githubPublicKeyIdentifier: 'Github-Public-Key-Identifier',
  },
  body: 'json',
};
export const readExposurePolicy: Operation = {
  method: 'GET',
  path: '/api/v1/merchants/me/exposure-policy',
  auth: ['loginToken'],
};
export const updateExposurePolicy: Operation = {
  method: 'PATCH',
  path: '/api/v1/merchants/me/exposure-policy',
  auth: ['loginToken'],
  body: 'json',
};
export const listWebhooks: Operation = {
  method: 'GET',
  path: '/api/v1/webhooks',
  auth: ['loginToken'],
  query: ['page', 'limit'],
};
export const createWebhook: Operation = {
  method: 'POST',
  path: '/api/v1/webhooks',
  auth: ['loginToken'],
  body: 'json',
};
export const readWebhook: Operation = { method: 'GET', path: '/api/v1/webhooks/{id}', auth: ['loginToken'] };
export const deleteWebhook: Operation = {
  method: 'DELETE',
  path: '/api/v1/webhooks/{id}',
  auth: ['loginToken'],
  answer: 'none',
};
export const updateWebhook: Operation = {
  method: 'PATCH',
  path: '/api/v1/webhooks/{id}',
  auth: ['loginToken'],
  body: 'json',
};
export const rotateWebhookSecret: Operation = {
  method: 'POST',
  path: '/api/v1/webhooks/{id}/rotate-secret',
  auth: ['loginToken'],
  body: 'json',
};
export const testWebhook: Operation = { method: 'POST', path: '/api/v1/webhooks/{id}/test', auth: ['loginToken'] };
export const listWebhookDeliveries: Operation = {
  method: 'GET',
  path: '/api/v1/webhooks/{id}/deliveries',
  auth: ['loginToken'],
  query: ['page', 'limit', 'status'],
};
export const redeliverWebhook: Operation = {
  method: 'POST',
  path: '/api/v1/webhooks/{id}/deliveries/{deliveryId}/redeliver',
  auth: ['loginToken'],
};
export const listAuditEvents: Operation = {
  method: 'GET',
  path: '/api/v1/audit-events',
  auth: ['loginToken'],
  query: ['action', 'targetType', 'targetId', 'actorId', 'from', 'to', 'merchantId', 'page', 'limit', 'cursor'],
};
export const exportAuditEvents: Operation = {
  method: 'GET',
  path: '/api/v1/audit-events/export',
  auth: ['loginToken'],
  query: ['action', 'targetType', 'targetId', 'actorId', 'from', 'to', 'merchantId'],
  answer: 'lines',
};
export const verifyAuditEvents: Operation = {
  method: 'GET',
  path: '/api/v1/audit-events/verify',
  auth: ['loginToken'],
  query: ['merchantId', 'head'],
};
export const readNotifications: Operation = {
  method: 'GET',
  path: '/api/v1/members/me/notifications',
  auth: ['loginToken'],
};
export const updateNotifications: Operation = {
  method: 'PUT',
  path: '/api/v1/members/me/notifications',
  auth: ['loginToken'],
  body: 'json',
};
export const listMembers: Operation = {
  method: 'GET',
  path: '/api/v1/members',
  auth: ['loginToken'],
  query: ['page', 'limit', 'merchantId', 'allMerchants', 'q'],
};
export const inviteMember: Operation = { method: 'POST', path: '/api/v1/members', auth: ['loginToken'], body: 'json' };
export const signUpMember: Operation = {
  method: 'POST',
  path: '/api/v1/members/signup',
  query: ['token'],
  body: 'json',
};
export const readMember: Operation = { method: 'GET', path: '/api/v1/members/{id}', auth: ['loginToken'] };
export const removeMember: Operation = {
  method: 'DELETE',
  path: '/api/v1/members/{id}',
  auth: ['loginToken'],
  query: ['dryRun', 'keys', 'responsibleId'],
};
export const updateMember: Operation = {
  method: 'PATCH',
  path: '/api/v1/members/{id}',
  auth: ['loginToken'],
  query: ['dryRun', 'keys', 'responsibleId'],
  body: 'json',
};
export const deleteMemberSecondFactor: Operation = {
  method: 'DELETE',
  path: '/api/v1/members/{id}/second-factor',
  auth: ['loginToken'],
  answer: 'none',
};
export const exportOwnAccount: Operation = {
  method: 'GET',
  path: '/api/v1/members/me/export',
  auth: ['loginToken'],
  answer: 'lines',
};
export const readIdlePolicy: Operation = {
  method: 'GET',
  path: '/api/v1/merchants/me/idle-policy',
  auth: ['loginToken'],
};
export const updateIdlePolicy: Operation = {
  method: 'PATCH',
  path: '/api/v1/merchants/me/idle-policy',
  auth: ['loginToken'],
  body: 'json',
};
export const inviteMerchant: Operation = {
  method: 'POST',
  path: '/api/v1/merchants/invite',
  auth: ['loginToken'],
  body: 'json',
};
export const signUpMerchant: Operation = {
  method: 'POST',
  path: '/api/v1/merchants/signup',
  query: ['token'],
  body: 'json',
};
export const listMerchants: Operation = {
  method: 'GET',
  path: '/api/v1/merchants',
  auth: ['loginToken'],
  query: ['page', 'limit'],
};
export const readOwnMerchant: Operation = { method: 'GET', path: '/api/v1/merchants/me', auth: ['loginToken'] };
export const updateOwnMerchant: Operation = {
  method: 'PATCH',
  path: '/api/v1/merchants/me',
  auth: ['loginToken'],
  body: 'json',
};
export const readMerchant: Operation = { method: 'GET', path: '/api/v1/merchants/{id}', auth: ['loginToken'] };
export const deleteMerchant: Operation = {
  method: 'DELETE',
  path: '/api/v1/merchants/{id}',
  auth: ['loginToken'],
  query: ['dryRun'],
};
export const updateMerchant: Operation = {
  method: 'PATCH',
  path: '/api/v1/merchants/{id}',
  auth: ['loginToken'],
  body: 'json',
};
export const readSignInPolicy: Operation = {
  method: 'GET',
  path: '/api/v1/merchants/me/sign-in-policy',
  auth: ['loginToken'],
};
export const updateSignInPolicy: Operation = {
  method: 'PATCH',
  path: '/api/v1/merchants/me/sign-in-policy',
  auth: ['loginToken'],
  body: 'json',
};
export const readKeyPolicy: Operation = {
  method: 'GET',
  path: '/api/v1/merchants/me/key-policy',
  auth: ['loginToken'],
};
export const updateKeyPolicy: Operation = {
  method: 'PATCH',
  path: '/api/v1/merchants/me/key-policy',
  auth: ['loginToken'],
  body: 'json',
};
export const exportOwnMerchant: Operation = {
  method: 'GET',
  path: '/api/v1/merchants/me/export',
  auth: ['loginToken'],
  answer: 'lines',
};
export const exportMerchant: Operation = {
  method: 'GET',
  path: '/api/v1/merchants/{id}/export',
  auth: ['loginToken'],
  answer: 'lines',
};
export const readSecondFactor: Operation = { method: 'GET', path: '/api/v1/second-factor', auth: ['loginToken'] };
export const createTotp: Operation = {
  method: 'POST',
  path: '/api/v1/second-factor/totp',
  auth: ['loginToken'],
  body: 'json',
};
export const deleteTotp: Operation = {
  method: 'DELETE',
  path: '/api/v1/second-factor/totp',
  auth: ['loginToken'],
  body: 'json',
  answer: 'none',
};
export const confirmTotp: Operation = {
  method: 'POST',
  path: '/api/v1/second-factor/totp/confirm',
  auth: ['loginToken'],
  body: 'json',
};
export const createRecoveryCodes: Operation = {
  method: 'POST',
  path: '/api/v1/second-factor/recovery-codes',
  auth: ['loginToken'],
  body: 'json',
};
export const createPasskeyOptions: Operation = {
  method: 'POST',
  path: '/api/v1/second-factor/passkeys/options',
  auth: ['loginToken'],
  body: 'json',
};
export const createPasskey: Operation = {
  method: 'POST',
  path: '/api/v1/second-factor/passkeys',
  auth: ['loginToken'],
  body: 'json',
};
export const deletePasskey: Operation = {
  method: 'DELETE',
  path: '/api/v1/second-factor/passkeys/{id}',
  auth: ['loginToken'],
  body: 'json',
  answer: 'none',
};
export const listSessions: Operation = {
  method: 'GET',
  path: '/api/v1/sessions',
  auth: ['loginToken'],
  query: ['page', 'limit'],
};
export const endOtherSessions: Operation = {
  method: 'DELETE',
  path: '/api/v1/sessions',
  auth: ['loginToken'],
  answer: 'none',
};
export const endSession: Operation = {
  method: 'DELETE',
  path: '/api/v1/sessions/{id}',
  auth: ['loginToken'],
  answer: 'none',
};
export const readConsoleSession: Operation = {
  method: 'GET',
  path: '/console/session',
  headers: { xKeywrightConsole: 'X-Keywright-Console' },
};
export const openConsoleSession: Operation = {
  method: 'POST',
  path: '/console/session',
  headers: { xKeywrightConsole: 'X-Keywright-Console' },
  body: 'json',
};
export const closeConsoleSession: Operation = {
  method: 'DELETE',
  path: '/console/session',
  auth: ['loginToken'],
  answer: 'none',
};
export const openConsoleSessionWithFactor: Operation = {
  method: 'POST',
  path: '/console/session/second-factor',
  headers: { xKeywrightConsole: 'X-Keywright-Console' },
  body: 'json',
};
export const beginConsoleSignIn: Operation = { method: 'GET', path: '/console/session/oidc', answer: 'location' };
export const openConsoleSessionByProvider: Operation = {
  method: 'POST',
  path: '/console/session/oidc',
  headers: { xKeywrightConsole: 'X-Keywright-Console' },
  body: 'json',
};
export const logInClient: Operation = { method: 'POST', path: '/api/auth/login', body: 'json', answer: 'data' };
export const logInClientWithFactor: Operation = {
  method: 'POST',
  path: '/api/auth/login/second-factor',
  body: 'json',
  answer: 'data',
};
export const logOutClient: Operation = {
  method: 'POST',
  path: '/api/auth/logout',
  auth: ['loginToken'],
  answer: 'data',
};
export const generateServiceId: Operation = {
  method: 'POST',
  path: '/api/clients/generate-service-id',
  auth: ['loginToken'],
  answer: 'data',
};
export const generateClientApiKey: Operation = {
  method: 'POST',
  path: '/api/clients/generate-api-key',
  auth: ['loginToken'],
  body: 'json',
  answer: 'data',
};
export const listClientApiKeys: Operation = {
  method: 'GET',
  path: '/api/clients/api-keys',
  auth: ['loginToken'],
  query: ['page', 'limit', 'status'],
  answer: 'data',
};
export const deleteClientApiKeys: Operation = {
  method: 'DELETE',
  path: '/api/clients/api-keys/bulk',
  auth: ['loginToken'],
  body: 'json',
  answer: 'data',
};
export const deleteClientApiKey: Operation = {
  method: 'DELETE',
  path: '/api/clients/api-keys/{id}',
  auth: ['loginToken'],
  answer: 'data',
};
export const whoAmI: Operation = { method: 'GET', path: '/whoami/jwt', auth: ['loginToken'] };
export const logInAccount: Operation = { method: 'POST', path: '/login', body: 'json' };
export const signInAccount: Operation = { method: 'POST', path: '/signin', body: 'json' };
export const logInAccountWithFactor: Operation = { method: 'POST', path: '/login/second-factor', body: 'json' };
export const logOutAccount: Operation = { method: 'POST', path: '/logout', auth: ['loginToken'], answer: 'none' };
export const readKeyInUse: Operation = { method: 'GET', path: '/whoami/key', auth: ['keyPair'] };
export const signUpAccount: Operation = { method: 'POST', path: '/signup', body: 'json' };
export const recoverAccount: Operation = { method: 'POST', path: '/recover', body: 'json' };
export const setNewPassword: Operation = { method: 'POST', path: '/confirm/recovery/{id}', body: 'json' };
export const confirmEmail: Operation = { method: 'POST', path: '/confirm/email/{id}' };
export const readAccount: Operation = {
  method: 'GET',
  path: '/account/jwt',
  auth: ['loginToken'],
  keyed: readAccountWithKey,
};
export const updateAccount: Operation = {
  method: 'PATCH',
  path: '/account/jwt',
  auth: ['loginToken'],
  body: 'json',
  keyed: updateAccountWithKey,
};
export const isUsernameTaken: Operation = {
  method: 'POST',
  path: '/available/username/jwt',
  auth: ['loginToken'],
  body: 'json',
  keyed: isUsernameTakenWithKey,
};
export const confirmSignUp: Operation = { method: 'POST', path: '/confirm/signup/{id}', body: 'json' };
export const deleteAccount: Operation = {
  method: 'POST',
  path: '/account/delete/jwt',
  auth: ['loginToken'],
  body: 'json',
};
export const listPersonalApiKeys: Operation = {
  method: 'GET',
  path: '/apikeys/jwt',
  auth: ['loginToken'],
  keyed: listPersonalApiKeysWithKey,
};
export const createPersonalApiKey: Operation = {
  method: 'POST',
  path: '/apikeys/jwt',
  auth: ['loginToken'],
  body: 'json',
  keyed: createPersonalApiKeyWithKey,
};
export const readPersonalApiKey: Operation = {
  method: 'GET',
  path: '/apikeys/{key}/jwt',
  auth: ['loginToken'],
  keyed: readPersonalApiKeyWithKey,
};
export const deletePersonalApiKey: Operation = {
  method: 'DELETE',
  path: '/apikeys/{key}/jwt',
  auth: ['loginToken'],
  answer: 'none',
  keyed: deletePersonalApiKeyWithKey,
};
export const listJobs: Operation = { method: 'GET', path: '/api/v1/housekeeping', auth: ['loginToken'] };
export const runJob: Operation = {
  method: 'POST',
  path: '/api/v1/housekeeping/{job}/run',
  auth: ['loginToken'],
  query: ['dryRun'],
};
export const listInstances: Operation = { method: 'GET', path: '/api/v1/instances', auth: ['loginToken'] };
export const checkLiveness: Operation = { method: 'GET', path: '/health/live' };
export const checkReadiness: Operation = { method: 'GET', path: '/health/ready' };
