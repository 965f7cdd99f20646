import { Injectable } from '@nestjs/common';

/**
 * Whether this process may trust what it remembers. It may until its lease runs out by its own monotonic clock; each unbroken run
 * of leases is an epoch, and what was read in one epoch is not remembered in the next.
 */
@Injectable()
export class Trust {
  private goodUntilMs = Number.NEGATIVE_INFINITY;
  private number = 0;

  holds(): boolean {
    return performance.now() < this.goodUntilMs;
  }

  /** The number of the epoch; `null` while nothing may be trusted. */
  epoch(): number | null {
    return this.holds() ? this.number : null;
  }

  /** The lease goes on. */
  extend(untilMs: number): void {
    this.goodUntilMs = untilMs;
  }

  /** A new lease begins, after a time in which changes may have been missed. */
  begin(untilMs: number): void {
    this.number += 1;
    this.goodUntilMs = untilMs;
  }

  end(): void {
    this.goodUntilMs = Number.NEGATIVE_INFINITY;
  }
}
