import type { Instant } from '../clock.js';
import type { AddressList } from '../decision/address-list.js';
import type { PendingUse } from '../usage/pending-use.js';
import type { Outcome, Verification } from '../verification.js';

/** What the server has said about a presented key, as long as nothing about it changes. */
export interface RememberedKey {
  /** The digest of the presented key. */
  readonly digest: string;
  /** The credential's name in reports of usage. */
  readonly credential: string;
  /** The ids of what the answer depends on: the key, its owner, its application. */
  readonly dependsOn: readonly string[];
  /** The result for a request of which nothing is required. */
  readonly accepted: Verification;
  /** Resolves to it. Every such request shares it. */
  readonly promise: Promise<Verification>;
  /** The addresses from which the key may be used; `null` for all. */
  readonly allowedIps: AddressList | null;
  /** Why the key is refused whatever is required; `null` if it is not. */
  readonly refusedAs: Outcome | null;
  /** When the answer is no longer true, because the key expires. */
  readonly ends: Instant;
  /** Whether the key was presented since it was last considered for eviction. */
  isRecent: boolean;
  /** The uses that have not been reported, one record for each outcome. */
  uses: PendingUse[] | null;
}
