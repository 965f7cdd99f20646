import { DomainError } from '../platform/events/domain-error.js';
import type { ApiKey } from './api-key.entity.js';

/** The credential that a rotation replaced. */
export interface PreviousCredential {
  publicId: string;
  validUntil: Date;
  lastUsedAt: Date | null;
}

/** Returns the earliest of the times; `null` stands for never. */
export const earliest = (time: Date, ...others: (Date | null)[]): Date =>
  others.reduce<Date>((first, other) => (other !== null && other < first ? other : first), time);

/** Returns the previous credential of a key while it is valid, which is never longer than the key itself. */
export function readPrevious(key: ApiKey, now: Date): PreviousCredential | null {
  const { previousPublicId: publicId, previousSecretHash, previousValidUntil, previousLastUsedAt: lastUsedAt } = key;
  if (publicId === null || previousSecretHash === null || previousValidUntil === null) return null;
  const validUntil = earliest(previousValidUntil, key.expiresAt);
  return validUntil <= now ? null : { publicId, validUntil, lastUsedAt };
}

/** The promise of an earlier rotation, which keeps its previous credential valid, forbids another rotation. */
export const overlapRunning = (until: Date, now: Date): DomainError =>
  new DomainError('api_key.overlap_running', {
    until,
    retryAfterSeconds: Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000)),
  });

/** The error as the documentation shows it. */
export const OVERLAP_RUNNING = overlapRunning(new Date('2026-12-01T12:00:00Z'), new Date('2026-12-01T11:00:00Z'));
