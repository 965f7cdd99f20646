import { Injectable } from '@nestjs/common';
import { LastUse } from './last-use.js';
import type { UsedKey } from './used-key.js';
import { LastSources } from './last-sources.js';
import { PreviousUses } from './previous-uses.js';
import { ScopeUses } from './scope-uses.js';
import type { Source } from './source.js';

/** A successful use of a key. */
export interface Use extends Source {
  /** The scopes that were required. */
  scopes?: readonly string[] | undefined;
  /** Whether reading the address costs so much that it is read once a second. */
  isSampled?: boolean;
}

/**
 * Records the uses of keys: when and from where each was last used, for which of its scopes, and who still uses a credential that was replaced.
 * Uses are merged in memory and written every few seconds; a crash loses those since the last write.
 */
@Injectable()
export class KeyUses {
  constructor(
    private readonly lastSources: LastSources,
    private readonly lastUse: LastUse,
    private readonly previousUses: PreviousUses,
    private readonly scopeUses: ScopeUses,
  ) {}

  /**
   * @param nowMs milliseconds since 1970
   * @param uses the number of equal uses of which this is the last one
   */
  record(key: UsedKey, use: Use, nowMs: number, uses = 1): void {
    this.lastUse.record(key.id, nowMs);
    this.lastSources.record(key, use, use.isSampled === true, nowMs);
    if (use.scopes !== undefined && key.ownScopes !== null) this.scopeUses.record(key, use.scopes, nowMs);
    if (!key.isPrevious) return;
    this.lastUse.recordPrevious(key.publicId, nowMs);
    this.previousUses.record(key, use, nowMs, uses);
  }
}
