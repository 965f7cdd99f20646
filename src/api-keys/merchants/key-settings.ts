import type { ApiKey, KeyLimits } from '../api-key.entity.js';
import type { Rotation } from '../key-rotation.js';
import { secondsAfter } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { FIRST_MS } from '../../platform/validation/text.js';
import type { KeySettingsBody } from './key-settings.dto.js';
import type { RotateKeyBody } from './rotation.dto.js';

type Settings = Partial<KeyLimits & Pick<ApiKey, 'expiresAt' | 'scopes' | 'metadata'>>;

/**
 * The columns that hold what was said about a key; what wasn't said stays as it is.
 *
 * @param of a key that is only being made, whose end must be ahead, or of one whose end may be brought about
 * @throws {DomainError} `request.invalid`
 */
export function readSettings(
  { rateLimit, quota, allowedIps, scopes, metadata, ...end }: Omit<KeySettingsBody, 'level'>,
  now: Date,
  of: 'new' | 'changed',
): Settings {
  const expiresAt = readExpiry(end, now);
  if (of === 'new' && expiresAt && expiresAt <= now) throw invalid('expiresAt', 'must be in the future');
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
  if (expiresInSeconds === undefined) return typeof expiresAt === 'string' ? storable(expiresAt) : expiresAt;
  if (expiresAt !== undefined) throw invalid('expiresAt', 'must not be given together with expiresInSeconds');
  return secondsAfter(now, expiresInSeconds);
}

function storable(expiresAt: string): Date {
  const end = new Date(expiresAt);
  if (end.getTime() < FIRST_MS) throw invalid('expiresAt', 'must be in the year 1000 or later');
  return end;
}

/** @throws {DomainError} `request.invalid` when the overlap doesn't go with the mode */
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
