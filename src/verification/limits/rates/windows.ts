import { LRUCache } from 'lru-cache';
import type { RateState } from '../../outcome.js';

export interface RateVerdict {
  isAllowed: boolean;
  state: RateState;
}

/** What a key has used since its window began. */
interface Window {
  startMs: number;
  endMs: number;
  used: number;
}

/** Rate limits with fixed windows, counted in this process's memory. */
export class RateWindows {
  private readonly windows: LRUCache<string, Window>;

  /** @param max the maximum number of keys that are counted */
  constructor(max: number) {
    this.windows = new LRUCache({ max });
  }

  /** Counts a request, or refuses it if it would exceed the limit. A refused request uses up nothing. */
  consume(keyId: string, limit: number, windowSeconds: number, cost: number, nowMs: number): RateVerdict {
    let window = this.windows.get(keyId);
    // A window also ends when its length has changed, or when the clock was set back.
    const isOver = !window || nowMs >= window.endMs || nowMs < window.startMs;
    if (!window || isOver || window.endMs - window.startMs !== windowSeconds * 1000) {
      window = { startMs: nowMs, endMs: nowMs + windowSeconds * 1000, used: 0 };
      this.windows.set(keyId, window);
    }
    const isAllowed = window.used + cost <= limit;
    if (isAllowed) window.used += cost;
    return { isAllowed, state: rateState(limit, window.used, window.endMs - nowMs) };
  }
}

/** Returns the state of a limit of which `used` is used up. */
export const rateState = (limit: number, used: number, msLeft: number): RateState => ({
  limit,
  remaining: Math.max(0, limit - used),
  resetSeconds: Math.max(1, Math.ceil(msLeft / 1000)),
});
