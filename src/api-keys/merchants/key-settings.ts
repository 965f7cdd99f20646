import type { ApiKey, KeyLimits } from '../api-key.entity.js';
import type { Rotation } from '../key-rotation.js';
import { secondsAfter } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { FIRST_MS } from '../../platform/validation/text.js';
import type { KeySettingsBody } from './key-settings.dto.js';
import type { RotateKeyBody } from './rotation.dto.js';

type Settings = Partial<KeyLimits & Pick<ApiKey, 'expiresAt' | 'scopes' | 'metadata' | 'selfRotate'>>;

/**
 * Returns the columns that hold a key's settings, without those of settings that are missing.
 *
 * @param keyIs whether the key is new, so that its expiry must be in the future, or changed, so that its expiry may be in the past
 * @throws {DomainError} `request.invalid`
 */
export function readSettings(
  { rateLimit, quota, allowedIps, scopes, metadata, selfRotate, ...expiry }: Omit<KeySettingsBody, 'level'>,
  now: Date,
  keyIs: 'new' | 'changed',
): Settings {
  const expiresAt = keyIs === 'new' ? readNewExpiry(expiry, now) : readExpiry(expiry, now);
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
    ...(selfRotate !== undefined && { selfRotate }),
  };
}

type ExpiryBody = Pick<KeySettingsBody, 'expiresInSeconds' | 'expiresAt'>;

function readNewExpiry(body: ExpiryBody, now: Date): Date | null | undefined {
  const expiresAt = readExpiry(body, now);
  if (expiresAt && expiresAt <= now) throw invalid('expiresAt', 'must be in the future');
  return expiresAt;
}

function readExpiry({ expiresInSeconds, expiresAt }: ExpiryBody, now: Date): Date | null | undefined {
  if (expiresInSeconds === undefined) return typeof expiresAt === 'string' ? parseExpiry(expiresAt) : expiresAt;
  if (expiresAt !== undefined) throw invalid('expiresAt', 'must not be given together with expiresInSeconds');
  return secondsAfter(now, expiresInSeconds);
}

function parseExpiry(expiresAt: string): Date {
  const expiry = new Date(expiresAt);
  if (expiry.getTime() < FIRST_MS) throw invalid('expiresAt', 'must be in the year 1000 or later');
  return expiry;
}

/** @throws {DomainError} `request.invalid` if the overlap doesn't fit the mode, or the expiry is not in the future */
export function readRotation(
  { overlapSeconds, mode, endPrevious = false, ...expiry }: RotateKeyBody,
  now: Date,
): Rotation {
  const overlap = overlapSeconds ?? 0;
  if (mode === 'immediately' && overlap > 0) throw invalid('overlapSeconds', 'must be 0 when the mode is immediately');
  if (mode === 'after_overlap' && overlapSeconds === undefined)
    throw invalid('overlapSeconds', 'must be given when the mode is after_overlap');
  if (mode === 'on_first_use' && overlap === 0)
    throw invalid('overlapSeconds', 'must be 1 or more when the mode is on_first_use');
  const expiresAt = readNewExpiry(expiry, now);
  return {
    mode: mode ?? (overlap > 0 ? 'after_overlap' : 'immediately'),
    overlapSeconds: overlap,
    endPrevious,
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

const invalid = (field: string, message: string): DomainError => DomainError.invalid(field, `${field} ${message}`);
