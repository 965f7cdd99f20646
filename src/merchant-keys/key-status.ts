import type { ApiKey } from '../api-keys/api-key.entity.js';

export type KeyStatus = 'active' | 'disabled' | 'expired';

export interface StatedKey {
  key: ApiKey;
  status: KeyStatus;
}

/** A key with what it is at a moment. */
export function stateOf(key: ApiKey, now: Date): StatedKey {
  if (!key.isActive) return { key, status: 'disabled' };
  return { key, status: key.expiresAt !== null && key.expiresAt <= now ? 'expired' : 'active' };
}
