import type { ApiKey, KeyLimits } from '../api-key.entity.js';
import type { Rotation } from '../key-rotation.js';
import { secondsAfter } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { FIRST_MS } from '../../platform/validation/time.js';
import type { KeySettingsBody } from './key-settings.dto.js';
import type { RotateKeyBody } from './rotation.dto.js';

type Settings = Partial<KeyLimits & Pick<ApiKey, 'expiresAt' | 'scopes' | 'metadata'>>;

/**
 * Returns the columns that hold a key's settings, without those of settings that are missing.
 *
 * @param keyIs whether the key is new, so that its expiry must be in the future, or changed, so that its expiry may be in the past
 * @throws {DomainError} `request.invalid`
 */
export function readSettings(
  { rateLimit, quota, allowedIps, scopes, metadata, ...expiry }: Omit<KeySettingsBody, 'level'>,
  now: Date,
  keyIs: 'new' | 'changed',
): Settings {
  const expiresAt = readExpiry(expiry, now);
  if (keyIs === 'new' && expiresAt && expiresAt <= now) throw invalid('expiresAt', 'must be in the future');
  return {
    ...(expiresAt !== undefined && { expiresAt }),
    ...(rateLimit !== undefined && {
      rateLimit: rateLimit?.limit ?? null,
      rateWindowSeconds: rateLimit?.windowSeconds ?? null,
    }),
    ...(quota !== undefined && { quotaLimit: quota?.limit ?? null, quotaPeriod: quota?.period ?? null }),
    ...(allowedIps !== undefined && { allowedIps }),
    ...(scopes !== undefined && { scopes }),
    ...(metadata !== undefined && { metadata }),
  };
}

function readExpiry(
  { expiresInSeconds, expiresAt }: Pick<KeySettingsBody, 'expiresInSeconds' | 'expiresAt'>,
  now: Date,
): Date | null | undefined {
  if (expiresInSeconds === undefined) return typeof expiresAt === 'string' ? parseExpiry(expiresAt) : expiresAt;
  if (expiresAt !== undefined) throw invalid('expiresAt', 'must not be given together with expiresInSeconds');
  return secondsAfter(now, expiresInSeconds);
}

function parseExpiry(expiresAt: string): Date {
  const expiry = new Date(expiresAt);
  if (expiry.getTime() < FIRST_MS) throw invalid('expiresAt', 'must be in the year 1000 or later');
  return expiry;
}

/** @throws {DomainError} `request.invalid` if the overlap doesn't fit the mode */
export function readRotation({ overlapSeconds, mode }: RotateKeyBody): Rotation {
  const overlap = overlapSeconds ?? 0;
  if (mode === 'immediately' && overlap > 0) throw invalid('overlapSeconds', 'must be 0 when the mode is immediately');
  if (mode === 'after_overlap' && overlapSeconds === undefined)
    throw invalid('overlapSeconds', 'must be given when the mode is after_overlap');
  if (mode === 'on_first_use' && overlap === 0)
    throw invalid('overlapSeconds', 'must be 1 or more when the mode is on_first_use');
  return { mode: mode ?? (overlap > 0 ? 'after_overlap' : 'immediately'), overlapSeconds: overlap };
}

const invalid = (field: string, message: string): DomainError => DomainError.invalid(field, `${field} ${message}`);
