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
  count = 0;
  lastMs = 0;
  private ip: string | undefined;
  private userAgent: string | undefined;
  /** The scopes that the latest use required, and those that others have required. Most requests require the scopes of a list that was written once. */
  private scopes: readonly string[] | undefined;
  private otherScopes: Set<string> | undefined;

  constructor(
    readonly key: UsedKey,
    readonly outcome: Outcome,
  ) {}

  add({ scopes, ip, userAgent }: Requirements, steadyMs: number): void {
    this.count++;
    this.lastMs = steadyMs;
    if (ip !== undefined) this.ip = ip;
    if (userAgent !== undefined) this.userAgent = userAgent;
    if (scopes === undefined || scopes === this.scopes) return;
    if (this.scopes !== undefined) {
      this.otherScopes ??= new Set();
      for (const scope of this.scopes) if (this.otherScopes.size < MAX_SCOPES) this.otherScopes.add(scope);
    }
    this.scopes = scopes;
  }

  /** Returns the uses as they are reported. */
  present(steadyMs: number): object {
    const { key, outcome, count } = this;
    const scopes = [...new Set([...(this.scopes ?? []), ...(this.otherScopes ?? [])])].slice(0, MAX_SCOPES);
    const { ip, userAgent } = readable({ ip: this.ip, userAgent: this.userAgent });
    return {
      credential: key.credential,
      outcome,
      count,
      lastUsedMsAgo: Math.max(0, Math.round(steadyMs - this.lastMs)),
      ...(scopes.length > 0 && { scopes }),
      ...(ip !== undefined && { ip }),
      ...(userAgent !== undefined && { userAgent }),
    };
  }
}
