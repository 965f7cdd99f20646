import type { ApiKey } from '../api-keys/api-key.entity.js';
import { fullKeyOf, prefixOf, type Credential } from '../api-keys/credential.js';
import type { ApplicationKeyView, CreatedApplicationKeyView } from './application-keys.dto.js';
import type { StatedKey } from './application-keys.service.js';

export function presentCreatedApplicationKey(created: {
  key: ApiKey;
  credential: Credential;
}): CreatedApplicationKeyView {
  const { id, applicationId, publicId, name, createdAt } = created.key;
  return {
    id,
    applicationId: applicationId ?? '',
    fullKey: fullKeyOf(created.credential),
    keyPrefix: prefixOf(publicId),
    description: name,
    createdAt: createdAt.toISOString(),
  };
}

export function presentApplicationKey({ key, status }: StatedKey): ApplicationKeyView {
  return {
    id: key.id,
    applicationId: key.applicationId ?? '',
    keyPrefix: prefixOf(key.publicId),
    description: key.name,
    level: key.level,
    scopes: key.scopes,
    status,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  };
}
