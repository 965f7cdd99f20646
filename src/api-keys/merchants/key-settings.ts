import type { ApiKey, KeyLimits } from '../api-key.entity.js';
import type { Rotation } from '../key-rotation.js';
import { secondsAfter } from '../../platform/runtime/clock.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { FIRST_MS } from '../../platform/validation/time.js';
import { toRateColumns, type RateColumns, type RateWindow } from '../rate-limits.js';
import type { KeyLimitsBody, KeySettingsBody } from './key-settings.dto.js';
import type { RotateKeyBody } from './rotation.dto.js';

type Settings = Partial<KeyLimits & Pick<ApiKey, 'expiresAt' | 'scopes' | 'externalId' | 'metadata' | 'selfRotate'>>;

/**
 * Returns the columns that hold a key's settings, without those of settings that are missing.
 *
 * @param keyIs whether the key is new, so that its expiry must be in the future, or changed, so that its expiry may be in the past
 * @throws {DomainError} `request.invalid`
 */
export function readSettings(
  {
    rateLimit,
    rateLimits,
    quota,
    allowedIps,
    scopes,
    externalId,
    metadata,
    selfRotate,
    ...expiry
  }: Omit<KeySettingsBody, 'level'>,
  now: Date,
  keyIs: 'new' | 'changed',
): Settings {
  const expiresAt = keyIs === 'new' ? readNewExpiry(expiry, now) : readExpiry(expiry, now);
  return {
    ...(expiresAt !== undefined && { expiresAt }),
    ...readRates({ rateLimit, rateLimits }),
    ...(quota !== undefined && { quotaLimit: quota?.limit ?? null, quotaPeriod: quota?.period ?? null }),
    ...(allowedIps !== undefined && { allowedIps }),
    ...(scopes !== undefined && { scopes: scopes && [...new Set(scopes)] }),
    ...(externalId !== undefined && { externalId }),
    ...(metadata !== undefined && { metadata }),
    ...(selfRotate !== undefined && { selfRotate }),
  };
}

/**
 * Returns the columns of rate limits, if they are given.
 *
 * @throws {DomainError} `request.invalid`
 */
function readRates({ rateLimit, rateLimits }: Pick<KeyLimitsBody, 'rateLimit' | 'rateLimits'>): Partial<RateColumns> {
  if (rateLimit !== undefined && rateLimits !== undefined)
    throw invalid('rateLimits', 'must not be given together with rateLimit');
  if (rateLimits === undefined) return rateLimit === undefined ? {} : toRateColumns(rateLimit ? [rateLimit] : []);
  return toRateColumns(checkRates(rateLimits ?? []));
}

/**
 * Returns rate limits whose windows differ, and of which none makes another one meaningless.
 *
 * @throws {DomainError} `request.invalid`
 */
export function checkRates(rateLimits: readonly RateWindow[]): readonly RateWindow[] {
  const byWindow = rateLimits.toSorted((a, b) => a.windowSeconds - b.windowSeconds);
  for (const [index, { limit, windowSeconds }] of byWindow.entries()) {
    const shorter = byWindow[index - 1];
    if (shorter?.windowSeconds === windowSeconds) throw invalid('rateLimits', 'must have different windows');
    if (shorter && shorter.limit > limit)
      throw invalid('rateLimits', 'must not allow fewer requests in a longer window than in a shorter one');
  }
  return rateLimits;
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
  { overlapSeconds, mode, quietSeconds, endPrevious = false, ...expiry }: RotateKeyBody,
  now: Date,
): Rotation {
  const overlap = overlapSeconds ?? 0;
  if (mode === 'immediately' && overlap > 0) throw invalid('overlapSeconds', 'must be 0 when the mode is immediately');
  if (mode === 'after_overlap' && overlapSeconds === undefined)
    throw invalid('overlapSeconds', 'must be given when the mode is after_overlap');
  if (mode === 'on_first_use' && overlap === 0)
    throw invalid('overlapSeconds', 'must be 1 or more when the mode is on_first_use');
  if (mode === 'when_quiet') {
    if (quietSeconds === undefined) throw invalid('quietSeconds', 'must be given when the mode is when_quiet');
    if (quietSeconds >= overlap) throw invalid('quietSeconds', 'must be less than overlapSeconds');
  } else if (quietSeconds !== undefined)
    throw invalid('quietSeconds', 'must be given only when the mode is when_quiet');
  const expiresAt = readNewExpiry(expiry, now);
  return {
    mode: mode ?? (overlap > 0 ? 'after_overlap' : 'immediately'),
    overlapSeconds: overlap,
    quietSeconds: quietSeconds ?? null,
    endPrevious,
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

const invalid = (field: string, message: string): DomainError => DomainError.invalid(field, `${field} ${message}`);
