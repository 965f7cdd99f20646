import { readRateLimits } from '../api-keys/rate-limits.js';
import { displayPrefix, formatFullKey } from '../api-keys/credentials/credential.js';
import type { IssuedKey } from '../api-keys/issued-key.js';
import type { KeyWithStatus } from '../api-keys/merchants/key-status.js';
import type { PreviousCredential } from '../api-keys/previous-credential.js';
import { presentPreviousKey } from '../api-keys/merchants/application-keys.presenter.js';
import type { CreatedPortalKeyView, PortalKeyView, RotatedPortalKeyView } from './portal-keys.dto.js';
import type { PortalSession } from './portal-session.entity.js';
import type { PortalSessionView } from './portal-sessions.dto.js';

export const presentPortalSession = ({
  id,
  externalId,
  applicationId,
  allow,
  scopes,
  limits: { keys, rateLimits, quota },
  expiresAt,
}: PortalSession): PortalSessionView => ({
  id,
  externalId,
  applicationId,
  allow,
  scopes,
  limits: { keys, rateLimits, quota },
  expiresAt: expiresAt.toISOString(),
});

/** Presents what an end user sees of a key: nothing that is between the merchant and the server. */
export function presentPortalKey({ key, status, previous }: KeyWithStatus): PortalKeyView {
  const { quotaLimit, quotaPeriod } = key;
  const rateLimits = readRateLimits(key);
  return {
    id: key.id,
    keyPrefix: displayPrefix(key),
    lastFour: key.lastFour,
    description: key.name,
    status,
    scopes: key.scopes,
    rateLimits: rateLimits.length > 0 ? rateLimits : null,
    quota: quotaLimit === null || quotaPeriod === null ? null : { limit: quotaLimit, period: quotaPeriod },
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    previousKey: previous && presentPreviousKey(previous),
  };
}

export const presentCreatedPortalKey = ({ key, credential }: IssuedKey): CreatedPortalKeyView => ({
  id: key.id,
  fullKey: formatFullKey(credential),
  keyPrefix: displayPrefix(key),
  description: key.name,
  createdAt: key.createdAt.toISOString(),
  expiresAt: key.expiresAt?.toISOString() ?? null,
});

export const presentRotatedPortalKey = ({
  previous,
  ...issued
}: IssuedKey & { previous: PreviousCredential }): RotatedPortalKeyView => ({
  ...presentCreatedPortalKey(issued),
  previousKey: presentPreviousKey(previous),
});
