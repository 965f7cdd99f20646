import type { ApiKey } from '../api-keys/api-key.entity.js';
import { fullKeyOf, prefixOf, type Credential } from '../api-keys/credential.js';
import type { ApplicationKeyView, CreatedApplicationKeyView, KeyLimitsBody } from './application-keys.dto.js';
import type { StatedKey } from './key-status.js';

/** Exactly what the contract says, and of the limits those that were asked for. */
export function presentCreatedApplicationKey(
  created: { key: ApiKey; credential: Credential },
  asked: KeyLimitsBody,
): CreatedApplicationKeyView {
  const { rateLimit, quota, allowedIps } = presentLimits(created.key);
  const { id, applicationId, publicId, name, createdAt } = created.key;
  return {
    id,
    applicationId: applicationId ?? '',
    fullKey: fullKeyOf(created.credential),
    keyPrefix: prefixOf(publicId),
    description: name,
    createdAt: createdAt.toISOString(),
    ...(asked.rateLimit !== undefined && { rateLimit }),
    ...(asked.quota !== undefined && { quota }),
    ...(asked.allowedIps !== undefined && { allowedIps }),
  };
}

export function presentApplicationKey({ key, status }: StatedKey): ApplicationKeyView {
  return {
    id: key.id,
    applicationId: key.applicationId ?? '',
    keyPrefix: prefixOf(key.publicId),
    lastFour: key.lastFour,
    description: key.name,
    level: key.level,
    scopes: key.scopes,
    status,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    ...presentLimits(key),
  };
}

function presentLimits(key: ApiKey): Required<KeyLimitsBody> {
  const { rateLimit, rateWindowSeconds, quotaLimit, quotaPeriod, allowedIps } = key;
  return {
    rateLimit:
      rateLimit === null || rateWindowSeconds === null ? null : { limit: rateLimit, windowSeconds: rateWindowSeconds },
    quota: quotaLimit === null || quotaPeriod === null ? null : { limit: quotaLimit, period: quotaPeriod },
    allowedIps,
  };
}
