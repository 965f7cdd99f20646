import { displayPrefix } from '../api-keys/credentials/credential.js';
import type { LeftKeyView, OffboardingView } from './offboarding.dto.js';
import type { MerchantKey } from './orphaned-keys.js';
import type { Offboarding } from './offboarding.service.js';

export function presentOffboarding({ made, answeredFor, personalKeysEnding }: Offboarding): OffboardingView {
  return {
    keys: made.keys.map(presentOrphanedKey),
    totalKeys: made.total,
    responsibleFor: answeredFor.keys.map(presentOrphanedKey),
    totalResponsibleFor: answeredFor.total,
    personalKeysEnding,
  };
}

function presentOrphanedKey(key: MerchantKey): LeftKeyView {
  return {
    id: key.id,
    keyPrefix: displayPrefix(key),
    description: key.name,
    surface: key.surface,
    applicationId: key.applicationId,
    isEnabled: key.isActive,
    createdAt: key.createdAt.toISOString(),
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  };
}
