import type { RememberedKey } from '../memory/remembered-key.js';
import { NOT_FOUND, type Outcome, type Requirements, type Verification } from '../verification.js';
import { grants } from './scopes.js';

/** Returns the outcome for a remembered key that has not expired: the first check that fails, in the server's order, or `VALID`. */
export function outcomeOf(key: RememberedKey, { applicationId, ip, level, scopes }: Requirements): Outcome {
  const { accepted, allowedIps, refusedAs } = key;
  if (applicationId !== undefined && applicationId.toLowerCase() !== accepted.applicationId) return 'NOT_FOUND';
  if (refusedAs !== null) return refusedAs;
  // A key that is bound to addresses is refused where the address isn't known.
  if (allowedIps !== null && !allowedIps.includes(ip ?? '')) return 'IP_NOT_ALLOWED';
  if (level !== undefined && (accepted.level ?? 0) < level) return 'INSUFFICIENT_LEVEL';
  if (scopes !== undefined) for (const scope of scopes) if (!grants(accepted.scopes, scope)) return 'MISSING_SCOPE';
  return 'VALID';
}

/** Returns the result with an outcome. */
export function resultOf({ accepted }: RememberedKey, outcome: Outcome): Verification {
  if (outcome === 'VALID') return accepted;
  return outcome === 'NOT_FOUND' ? NOT_FOUND : Object.freeze({ ...accepted, valid: false, outcome });
}
