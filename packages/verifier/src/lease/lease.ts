import type { Clock, Instant } from '../clock.js';

/** How much slower than the server's the steady clock may run. */
const DRIFT = 0.001;

/** How far the two clocks may have moved apart since a stream began. Every lease is shorter by as much: so far a clock may be wrong unnoticed. */
export const TOLERANCE_MS = 200;

/** Whether one of the clocks was set, or the machine slept, since a moment. */
export const haveMovedApart = (since: Instant, { steadyMs, wallMs }: Instant): boolean =>
  Math.abs(wallMs - since.wallMs - (steadyMs - since.steadyMs)) > TOLERANCE_MS;

/**
 * The time for which remembered keys may be trusted: the server lets no revocation return before every verifier has forgotten the key, or the lease
 * of the verifier has ended.
 *
 * Its end is counted from before the request was sent to which the server has answered, so that no delay in the network, in a socket's buffer or of a paused process
 * makes it longer: however late an old event is read, the lease that it grants ended when the server says.
 */
export class Lease {
  private since: Instant = { steadyMs: 0, wallMs: 0 };
  private steadyEndMs = -Infinity;
  private wallEndMs = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** Replaces the lease by one that lasts for a time since a moment, both as the server's clock counts. */
  grant(since: Instant, forMs: number): void {
    const lastsMs = forMs * (1 - DRIFT) - TOLERANCE_MS;
    this.since = since;
    this.steadyEndMs = since.steadyMs + lastsMs;
    this.wallEndMs = since.wallMs + lastsMs;
  }

  /** Ends the lease at once. */
  end(): void {
    this.steadyEndMs = -Infinity;
    this.wallEndMs = -Infinity;
  }

  /**
   * Whether remembered keys may be trusted at a moment. A machine that has slept is noticed by the wall clock, one whose wall clock was set back by the
   * steady clock. Had it slept *and* its clock been set back, neither would notice; so the lease is not trusted either once the clocks have moved
   * apart, in whichever direction.
   */
  holdsAt(steadyMs: number, wallMs: number): boolean {
    if (steadyMs >= this.steadyEndMs || wallMs >= this.wallEndMs) return false;
    const apartMs = wallMs - this.since.wallMs - (steadyMs - this.since.steadyMs);
    return apartMs <= TOLERANCE_MS && apartMs >= -TOLERANCE_MS;
  }

  /** Whether remembered keys may be trusted now. */
  holds(): boolean {
    return this.holdsAt(this.clock.steadyMs(), this.clock.wallMs());
  }
}
