import { Injectable } from '@nestjs/common';
import { ReadinessChecks } from '../../platform/observability/health/readiness-checks.js';

/**
 * A moment by two clocks: the monotonic one stands still while the machine sleeps, the wall's may be set back. What has run out by
 * either has run out.
 */
export interface Moment {
  steadyMs: number;
  wallMs: number;
}

export const moment = (): Moment => ({ steadyMs: performance.now(), wallMs: Date.now() });

const NEVER: Moment = { steadyMs: Number.NEGATIVE_INFINITY, wallMs: Number.NEGATIVE_INFINITY };

/**
 * Whether this process may trust what it remembers. It may until its lease runs out by its own clocks; each unbroken run
 * of leases is an epoch, and what was read in one epoch is not remembered in the next.
 */
@Injectable()
export class CacheValidity {
  private goodUntil = NEVER;
  private number = 0;

  constructor(checks: ReadinessChecks) {
    checks.add({ name: 'lease', findProblem: () => (this.holds() ? null : 'The lease has expired.') });
  }

  holds(): boolean {
    return performance.now() < this.goodUntil.steadyMs && Date.now() < this.goodUntil.wallMs;
  }

  /** The number of the epoch; `null` while nothing may be trusted. */
  generation(): number | null {
    return this.holds() ? this.number : null;
  }

  /** The lease goes on. */
  extend({ steadyMs, wallMs }: Moment, forMs: number): void {
    this.goodUntil = { steadyMs: steadyMs + forMs, wallMs: wallMs + forMs };
  }

  /** A new lease begins, after a time in which changes may have been missed. */
  begin(since: Moment, forMs: number): void {
    this.number += 1;
    this.extend(since, forMs);
  }

  end(): void {
    this.goodUntil = NEVER;
  }
}
