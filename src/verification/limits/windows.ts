import { LRUCache } from 'lru-cache';
import type { RateState } from '../outcome.js';

export interface RateVerdict {
  isAllowed: boolean;
  state: RateState;
}

/** What one key has used since its window began. */
interface Window {
  startMs: number;
  endMs: number;
  used: number;
}

/** Fixed windows of time, counted in this process's memory. */
export class RateWindows {
  private readonly windows: LRUCache<string, Window>;

  /** @param max keys that are counted at a time */
  constructor(max: number) {
    this.windows = new LRUCache({ max });
  }

  /** What doesn't fit into the limit any more is refused and uses nothing up. */
  consume(keyId: string, limit: number, windowSeconds: number, cost: number, nowMs: number): RateVerdict {
    let window = this.windows.get(keyId);
    // A window also ends when its length was changed, and when the clock was set back.
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

/** Where a key stands that has used so much of its limit. */
export const rateState = (limit: number, used: number, msLeft: number): RateState => ({
  limit,
  remaining: Math.max(0, limit - used),
  resetSeconds: Math.max(1, Math.ceil(msLeft / 1000)),
});
