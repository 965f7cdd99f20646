import type { ApiKey } from '../api-keys/api-key.entity.js';
import type { PreviousCredential } from '../api-keys/key-rotation.js';

export type KeyStatus = 'active' | 'disabled' | 'expired';

/** A key, and what is true of it at a moment. */
export interface StatedKey {
  key: ApiKey;
  status: KeyStatus;
  /** What it was before its rotation, while that is still good. */
  previous: PreviousCredential | null;
}

export function stateOf(key: ApiKey, now: Date): StatedKey {
  return { key, status: statusOf(key, now), previous: previousOf(key, now) };
}

function statusOf({ isActive, expiresAt }: ApiKey, now: Date): KeyStatus {
  if (!isActive) return 'disabled';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

function previousOf(key: ApiKey, now: Date): PreviousCredential | null {
  const { previousPublicId: publicId, previousValidUntil: validUntil, previousLastUsedAt: lastUsedAt } = key;
  return publicId === null || validUntil === null || validUntil <= now ? null : { publicId, validUntil, lastUsedAt };
}
