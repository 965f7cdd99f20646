/** A moment on both clocks of the machine, in milliseconds. */
export interface Instant {
  /** Never set, but stands still while the machine sleeps. */
  steadyMs: number;
  /** Goes on while the machine sleeps, but may be set. */
  wallMs: number;
}

/** The two clocks of the machine. What must have ended by a time has ended once it has on either of them. */
export interface Clock {
  steadyMs(): number;
  wallMs(): number;
}

export const systemClock: Clock = { steadyMs: () => performance.now(), wallMs: () => Date.now() };

export const readClock = (clock: Clock): Instant => ({ steadyMs: clock.steadyMs(), wallMs: clock.wallMs() });

/** A moment that is never reached. */
export const NEVER: Instant = { steadyMs: Infinity, wallMs: Infinity };

export const addMs = ({ steadyMs, wallMs }: Instant, ms: number): Instant => ({
  steadyMs: steadyMs + ms,
  wallMs: wallMs + ms,
});
