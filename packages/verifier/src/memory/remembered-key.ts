import type { Instant } from '../clock.js';
import type { KnownKey } from '../decision/decide.js';
import type { UsedKey } from '../usage/pending-use.js';

/** What the server has said about a presented key, as long as nothing about it changes. */
export interface RememberedKey extends KnownKey, UsedKey {
  /** The beginning of the digest of the presented key. */
  readonly digest: readonly number[];
  /** The ids of what the answer depends on: the key, its owner, its application. */
  readonly dependsOn: readonly string[];
  /** When the key expires. */
  readonly ends: Instant;
  /** Whether the key was presented since it was last considered for eviction. */
  isRecent: boolean;
}
