import { shownPrefixOf } from '../../api-keys/credential.js';
import type { LeftKeyView, OffboardingView } from './offboarding.dto.js';
import type { MerchantKey, Offboarding } from './offboarding.service.js';

export function presentOffboarding({ keys, totalKeys, personalKeysEnding }: Offboarding): OffboardingView {
  return { keys: keys.map(presentLeftKey), totalKeys, personalKeysEnding };
}

function presentLeftKey(key: MerchantKey): LeftKeyView {
  return {
    id: key.id,
    keyPrefix: shownPrefixOf(key),
    description: key.name,
    surface: key.surface,
    applicationId: key.applicationId,
    isEnabled: key.isActive,
    createdAt: key.createdAt.toISOString(),
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  };
}
