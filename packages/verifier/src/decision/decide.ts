import { NOT_FOUND, toVerification, type Outcome, type Requirements, type Verification } from '../verification.js';
import type { AddressList } from './address-list.js';
import { grants } from './scopes.js';

/** What a key's verdicts depend on. */
export interface KnownKey {
  /** The result for a request of which nothing is required. */
  readonly accepted: Verification;
  /** The addresses from which the key may be used; `null` for all. */
  readonly allowedIps: AddressList | null;
  /** Why the key is refused whatever is required; `null` if it is not. */
  readonly refusedAs: Outcome | null;
}

/** Returns the outcome for a key that has not expired: the first check that fails, in the server's order, or `VALID`. */
export function outcomeOf(key: KnownKey, { applicationId, ip, level, scopes }: Requirements): Outcome {
  const { accepted, allowedIps, refusedAs } = key;
  if (applicationId !== undefined && applicationId.toLowerCase() !== accepted.applicationId) return 'NOT_FOUND';
  if (refusedAs !== null) return refusedAs;
  // A key that is bound to addresses is refused where the address isn't known.
  if (allowedIps !== null && !allowedIps.includes(ip ?? '')) return 'IP_NOT_ALLOWED';
  if (level !== undefined && !((accepted.level ?? 0) >= level)) return 'INSUFFICIENT_LEVEL';
  if (scopes !== undefined) for (const scope of scopes) if (!grants(accepted.scopes, scope)) return 'MISSING_SCOPE';
  return 'VALID';
}

/** Returns the result with an outcome. */
export function resultOf({ accepted }: Pick<KnownKey, 'accepted'>, outcome: Outcome): Verification {
  if (outcome === 'VALID') return accepted;
  return outcome === 'NOT_FOUND' ? NOT_FOUND : toVerification({ ...accepted, valid: false, outcome });
}
