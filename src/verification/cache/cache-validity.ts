import { Injectable } from '@nestjs/common';
import { ReadinessChecks } from '../../platform/observability/health/readiness-checks.js';

/**
 * A point in time on two clocks. The monotonic clock stands still while the machine sleeps, and the wall clock may be set back, so a
 * deadline has passed once it has passed on either clock.
 */
export interface Moment {
  steadyMs: number;
  wallMs: number;
}

export const readClocks = (): Moment => ({ steadyMs: performance.now(), wallMs: Date.now() });

const NEVER: Moment = { steadyMs: Number.NEGATIVE_INFINITY, wallMs: Number.NEGATIVE_INFINITY };

/**
 * Whether this process may answer from its key cache. It may until its lease expires on its own clocks. An unbroken series of leases is a
 * generation, and what was read in one generation isn't cached in the next.
 */
@Injectable()
export class CacheValidity {
  private validUntil = NEVER;
  private generationNumber = 0;

  constructor(checks: ReadinessChecks) {
    checks.add({ name: 'lease', findProblem: () => (this.holds() ? null : 'The lease has expired.') });
  }

  holds(): boolean {
    return performance.now() < this.validUntil.steadyMs && Date.now() < this.validUntil.wallMs;
  }

  /** The time for which the cache may still be used, by the clock that ends it first; 0 if it may not be used. */
  remainingMs(): number {
    const { steadyMs, wallMs } = this.validUntil;
    return Math.max(0, Math.min(steadyMs - performance.now(), wallMs - Date.now()));
  }

  /** Returns the number of the current generation, or `null` while the cache may not be used. */
  generation(): number | null {
    return this.holds() ? this.generationNumber : null;
  }

  /** Continues the generation with a renewed lease. */
  extend({ steadyMs, wallMs }: Moment, forMs: number): void {
    this.validUntil = { steadyMs: steadyMs + forMs, wallMs: wallMs + forMs };
  }

  /** Starts a new generation with a new lease, because changes may have been missed since the last one. */
  begin(since: Moment, forMs: number): void {
    this.generationNumber += 1;
    this.extend(since, forMs);
  }

  end(): void {
    this.validUntil = NEVER;
  }
}
