import type { CachedKey } from '../../cache/cached-key.js';
import type { Outcome, Verdict } from '../../outcome.js';

/** What a verifier may remember of a key beside its verification, so that it can decide about the key itself. */
export interface KnownKey {
  /** The public id of the credential. */
  credential: string;
  /** The ids of everything whose change makes the answer outdated. */
  dependsOn: string[];
  /** The time until the credential expires, in milliseconds; `null` if it never does. */
  expiresInMs: number | null;
  /** The outcome once the credential has expired: one that a rotation has replaced belongs to no key then. */
  expiresAs: Outcome;
  allowedIps: readonly string[] | null;
  /** The outcome of every request until the key changes; `null` if that depends on the request. */
  refusedAs: Outcome | null;
}

/**
 * Returns what may be remembered of a key; `null` for one that has to be asked about each time: because there is none, because its uses are
 * limited, or because its next use ends the credential that it has replaced.
 */
export function readKnownKey({ key, outcome }: Verdict, nowMs: number): KnownKey | null {
  if (!key || outcome === 'NOT_FOUND' || key.endsPrevious) return null;
  if (key.rates.length > 0 || key.quotas.length > 0) return null;
  const { publicId, accountId, applicationId, merchantId, sharedLimitId } = key;
  return {
    credential: publicId,
    dependsOn: [publicId, accountId, applicationId, merchantId, sharedLimitId].filter((id) => id !== null),
    expiresInMs: Number.isFinite(key.expiresAtMs) ? Math.max(0, key.expiresAtMs - nowMs) : null,
    expiresAs: key.isPrevious ? 'NOT_FOUND' : 'EXPIRED',
    allowedIps: key.allowedIps?.networks ?? null,
    refusedAs: refusalOf(key),
  };
}

function refusalOf(key: CachedKey): Outcome | null {
  if (!key.isActive) return 'DISABLED';
  if (!key.isApplicationEnabled) return 'APPLICATION_DISABLED';
  return key.isOwnerActive ? null : 'OWNER_DISABLED';
}
