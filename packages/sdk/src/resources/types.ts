// Generated from openapi.json by generator/generate.js. Do not edit.

export type * from './auth.js';
export type * from './applications.js';
export type * from './application-keys.js';
export type * from './keys.js';
export type * from './verification.js';
export type * from './oauth.js';
export type * from './verifiers.js';
export type * from './insight.js';
export type * from './shared-limits.js';
export type * from './bulk.js';
export type * from './imports.js';
export type * from './exposures.js';
export type * from './webhooks.js';
export type * from './audit-events.js';
export type * from './notifications.js';
export type * from './members.js';
export type * from './merchants.js';
export type * from './second-factors.js';
export type * from './sessions.js';
export type * from './client-auth.js';
export type * from './client-keys.js';
export type * from './account-auth.js';
export type * from './account.js';
export type * from './personal-keys.js';
export type * from './housekeeping.js';
export type * from './health.js';
