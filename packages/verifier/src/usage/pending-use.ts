import { readable } from '../decision/requirements.js';
import type { Outcome, Requirements } from '../verification.js';

/** How many scopes a report names at most. */
const MAX_SCOPES = 50;

/** A key whose uses are counted. */
export interface UsedKey {
  /** The credential's name in reports. */
  readonly credential: string;
  /** The uses that have not been reported, one record for each outcome. */
  uses: PendingUse[] | null;
}

/** Uses of a key with the same outcome that have not been reported. */
export class PendingUse {
  readonly scopes = new Set<string>();
  count = 0;
  lastMs = 0;
  private ip: string | undefined;
  private userAgent: string | undefined;
  private lastScopes: readonly string[] | undefined;

  constructor(
    readonly key: UsedKey,
    readonly outcome: Outcome,
  ) {}

  add({ scopes, ip, userAgent }: Requirements, steadyMs: number): void {
    this.count++;
    this.lastMs = steadyMs;
    if (ip !== undefined) this.ip = ip;
    if (userAgent !== undefined) this.userAgent = userAgent;
    // Most requests require the scopes of a list that was written once.
    if (scopes === undefined || scopes === this.lastScopes) return;
    this.lastScopes = scopes;
    for (const scope of scopes) if (this.scopes.size < MAX_SCOPES) this.scopes.add(scope);
  }

  /** Returns the uses as they are reported. */
  present(steadyMs: number): object {
    const { key, outcome, count, scopes } = this;
    const { ip, userAgent } = readable({ ip: this.ip, userAgent: this.userAgent });
    return {
      credential: key.credential,
      outcome,
      count,
      lastUsedMsAgo: Math.max(0, Math.round(steadyMs - this.lastMs)),
      ...(scopes.size > 0 && { scopes: [...scopes] }),
      ...(ip !== undefined && { ip }),
      ...(userAgent !== undefined && { userAgent }),
    };
  }
}
