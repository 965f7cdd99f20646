import type { ApiKey } from '../api-key.entity.js';
import { formatFullKey, prefixOf, displayPrefix } from '../credentials/credential.js';
import { readRateLimits } from '../rate-limits.js';
import type { PreviousCredential } from '../previous-credential.js';
import type { LastSource } from '../uses/last-source.entity.js';
import type {
  ApplicationKeyView,
  CreateMerchantKeyBody,
  CreatedApplicationKeyView,
  LastSourceView,
  PreviousKeyView,
} from './application-keys.dto.js';
import type { KeyLimitsBody } from './key-settings.dto.js';
import type { IssuedKey } from '../issued-key.js';
import type { RotatedKeyView } from './rotation.dto.js';
import type { KeyWithStatus } from './key-status.js';

/** Presents the properties that the contract names, the settings that the request set, and the expiry that the key policy may have set. */
export function presentCreatedApplicationKey(
  { key, credential }: IssuedKey,
  requested: Partial<CreateMerchantKeyBody>,
): CreatedApplicationKeyView {
  const { rateLimit, rateLimits, quota, allowedIps } = presentLimits(key);
  const { environment, level, scopes, externalId, metadata } = key;
  const expiresAt = key.expiresAt?.toISOString() ?? null;
  return {
    id: key.id,
    applicationId: key.applicationId,
    fullKey: formatFullKey(credential),
    keyPrefix: displayPrefix(key),
    description: key.name,
    createdAt: key.createdAt.toISOString(),
    ...(requested.environment !== undefined && { environment }),
    ...(requested.level !== undefined && { level }),
    ...(requested.scopes !== undefined && { scopes }),
    ...((expiresAt !== null || requested.expiresAt !== undefined) && { expiresAt }),
    ...(requested.rateLimit !== undefined && { rateLimit }),
    ...(requested.rateLimits !== undefined && { rateLimits }),
    ...(requested.quota !== undefined && { quota }),
    ...(requested.allowedIps !== undefined && { allowedIps }),
    ...(requested.externalId !== undefined && { externalId }),
    ...(requested.selfRotate !== undefined && { selfRotate: key.selfRotate }),
    ...(requested.metadata !== undefined && { metadata }),
  };
}

export function presentRotatedKey(
  { previous, ...issued }: IssuedKey & { previous: PreviousCredential },
  { expiresInSeconds, expiresAt }: Pick<Partial<CreateMerchantKeyBody>, 'expiresInSeconds' | 'expiresAt'>,
): RotatedKeyView {
  const requested = {
    ...(expiresInSeconds !== undefined && { expiresInSeconds }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
  return { ...presentCreatedApplicationKey(issued, requested), previousKey: presentPreviousKey(previous) };
}

export function presentApplicationKey({
  key,
  status,
  previous,
  responsibleId,
  lastSource,
}: KeyWithStatus): ApplicationKeyView {
  return {
    id: key.id,
    applicationId: key.applicationId,
    keyPrefix: displayPrefix(key),
    lastFour: key.lastFour,
    description: key.name,
    level: key.level,
    scopes: key.scopes,
    status,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    lastUsedFrom: lastSource && presentLastSource(lastSource),
    ...presentLimits(key),
    selfRotate: key.selfRotate,
    metadata: key.metadata,
    externalId: key.externalId,
    responsibleId,
    exposedAt: key.exposedAt?.toISOString() ?? null,
    exposedSource: key.exposedSource,
    previousKey: previous && presentPreviousKey(previous),
  };
}

export const presentLastSource = ({ network, agent }: LastSource): LastSourceView => ({ network, agent });

export const presentPreviousKey = ({ publicId, validUntil, lastUsedAt }: PreviousCredential): PreviousKeyView => ({
  keyPrefix: prefixOf(publicId),
  validUntil: validUntil.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});

function presentLimits(key: ApiKey): Required<KeyLimitsBody> {
  const { quotaLimit, quotaPeriod, allowedIps } = key;
  const rateLimits = readRateLimits(key);
  return {
    rateLimit: rateLimits[0] ?? null,
    rateLimits: rateLimits.length > 0 ? rateLimits : null,
    quota: quotaLimit === null || quotaPeriod === null ? null : { limit: quotaLimit, period: quotaPeriod },
    allowedIps,
  };
}
