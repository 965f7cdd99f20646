import type { FastifyRequest } from 'fastify';
import type { AuthenticatedCaller } from '../../access/access.guard.js';
import { readOrigin, type KeyCaller } from '../../access/caller.js';
import type { CachedKey } from '../cache/cached-key.js';

/** Describes a valid key as the caller of a request. */
export const readKeyCaller = (key: CachedKey, request: FastifyRequest): AuthenticatedCaller & KeyCaller => ({
  kind: 'key',
  accountId: key.accountNumber,
  keyId: key.id,
  publicId: key.publicId,
  merchantId: key.merchantId,
  clientId: key.clientId,
  level: key.level,
  scopes: key.scopes,
  hasConsent: true,
  lacksSecondFactor: false,
  isMerchantKey: key.surface !== 'accounts',
  ...readOrigin(request),
});
