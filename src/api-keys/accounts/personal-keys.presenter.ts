import type { ApiKey } from '../api-key.entity.js';
import type { IssuedKey } from '../issued-key.js';
import type { CreatedPersonalKeyView, ListedPersonalKeyView, PersonalKeyView } from './personal-keys.dto.js';

export function presentPersonalKey(key: ApiKey): PersonalKeyView {
  return {
    key: key.publicId,
    level: key.level,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    name: key.name,
    userId: key.accountId,
  };
}

export function presentCreatedPersonalKey({ key, credential }: IssuedKey): CreatedPersonalKeyView {
  return { ...presentPersonalKey(key), secret: credential.secret };
}

export function presentListedPersonalKey(key: ApiKey): ListedPersonalKeyView {
  return { id: key.id, ...presentPersonalKey(key) };
}
