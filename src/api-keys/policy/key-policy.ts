import type { Merchant } from '../../accounts/merchant.entity.js';
import type { Config } from '../../platform/config/config.js';
import { DomainError } from '../../platform/events/domain-error.js';
import { secondsAfter } from '../../platform/runtime/clock.js';
import type { ApiKey, KeySurface } from '../api-key.entity.js';

/** How long keys live. A life begins when the key's current credential was issued. */
export interface KeyPolicy {
  /** The longest life, in seconds; `null` for no maximum. */
  maxLifeSeconds: number | null;
  /** The life of a new key whose creator sets no expiry, in seconds; `null` for none. */
  defaultLifeSeconds: number | null;
  /** Whether every key must expire. With a maximum, it must anyhow. */
  expiryRequired: boolean;
}

type OwnPolicy = Pick<Merchant, 'keyMaxLifeSeconds' | 'keyDefaultLifeSeconds' | 'keyExpiryRequired'>;

/** Returns the operator's policy. */
export const readOperatorPolicy = (config: Config): KeyPolicy => ({
  maxLifeSeconds: config.KEY_MAX_LIFE_SECONDS || null,
  defaultLifeSeconds: config.KEY_DEFAULT_LIFE_SECONDS || null,
  expiryRequired: config.KEY_EXPIRY_REQUIRED,
});

/** Returns what a merchant has set itself. */
export const readOwnPolicy = (merchant: OwnPolicy): KeyPolicy => ({
  maxLifeSeconds: merchant.keyMaxLifeSeconds,
  defaultLifeSeconds: merchant.keyDefaultLifeSeconds,
  expiryRequired: merchant.keyExpiryRequired,
});

/** Returns the stricter of two policies in each respect. The default never exceeds the maximum. */
export function combinePolicies(own: KeyPolicy, operator: KeyPolicy): KeyPolicy {
  const maxLifeSeconds = shortest(own.maxLifeSeconds, operator.maxLifeSeconds);
  const preferred = shortest(own.defaultLifeSeconds, operator.defaultLifeSeconds);
  return {
    maxLifeSeconds,
    defaultLifeSeconds: preferred === null ? null : shortest(preferred, maxLifeSeconds),
    expiryRequired: own.expiryRequired || operator.expiryRequired,
  };
}

function shortest(...lives: (number | null)[]): number | null {
  const limited = lives.filter((life) => life !== null);
  return limited.length === 0 ? null : Math.min(...limited);
}

/** Returns when the current credential of a key was issued. */
export const issuedAtOf = ({ secretIssuedAt, createdAt }: Pick<ApiKey, 'secretIssuedAt' | 'createdAt'>): Date =>
  secretIssuedAt ?? createdAt;

/**
 * Returns the expiry of a new key.
 *
 * @param requested `null` for never, `undefined` if the creator has set none
 * @param now when the default life begins
 */
export function resolveExpiry(policy: KeyPolicy, requested: Date | null | undefined, now: Date): Date | null {
  if (requested !== undefined) return requested;
  return policy.defaultLifeSeconds === null ? null : secondsAfter(now, policy.defaultLifeSeconds);
}

/** The name of a key's expiry in the requests of each surface. */
const FIELDS: Record<KeySurface, string> = { clients: 'expires_in', merchants: 'expiresAt', accounts: 'expiresIn' };

/** Returns why a key may not have an expiry; `null` if it may. */
export function violationOf(
  { maxLifeSeconds, expiryRequired }: KeyPolicy,
  { surface, expiresAt }: Pick<ApiKey, 'surface' | 'expiresAt'>,
  issuedAt: Date,
): DomainError | null {
  if (expiresAt === null) return maxLifeSeconds === null && !expiryRequired ? null : expiryRequiredIn(surface);
  const isTooLate = maxLifeSeconds !== null && expiresAt > secondsAfter(issuedAt, maxLifeSeconds);
  return isTooLate ? lifeTooLong(surface, maxLifeSeconds) : null;
}

/** @throws {DomainError} `api_key.life_too_long`, `api_key.expiry_required` */
export function assertAllowed(policy: KeyPolicy, key: Pick<ApiKey, 'surface' | 'expiresAt'>, issuedAt: Date): void {
  const violation = violationOf(policy, key, issuedAt);
  if (violation) throw violation;
}

/** Whether a changed key expires later than before. */
export const isExtended = (before: Date | null, after: Date | null): boolean =>
  before !== null && (after === null || after > before);

function lifeTooLong(surface: KeySurface, seconds: number): DomainError {
  const message = `${FIELDS[surface]} must not be more than ${seconds} seconds after the key's credential was issued`;
  return new DomainError('api_key.life_too_long', { fields: [{ field: FIELDS[surface], message }] });
}

function expiryRequiredIn(surface: KeySurface): DomainError {
  const message = `${FIELDS[surface]} is required by the key policy`;
  return new DomainError('api_key.expiry_required', { fields: [{ field: FIELDS[surface], message }] });
}

/** The errors of a request that sets the expiry of a key, as the documentation shows them. */
export const policyRefusals = (surface: KeySurface): DomainError[] => [
  lifeTooLong(surface, 7_776_000),
  expiryRequiredIn(surface),
];
