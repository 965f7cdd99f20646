import { Injectable } from '@nestjs/common';
import { RATE_LIMITS_MAX } from '../../../api-keys/rate-limits.js';
import { LRUCache } from 'lru-cache';
import { Config } from '../../../platform/config/config.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { SlidingWindow } from './sliding-window.js';

/** What this instance has counted of each rate limit, by the limit's id. */
@Injectable()
export class RateWindows {
  private readonly windows: LRUCache<string, SlidingWindow>;

  constructor(
    { KEYRING_MAX_KEYS }: Config,
    private readonly clock: Clock,
  ) {
    // A maximum of entries would have its memory taken at once, 28 bytes for each.
    this.windows = new LRUCache({ maxSize: RATE_LIMITS_MAX * KEYRING_MAX_KEYS, sizeCalculation: () => 1 });
  }

  of(rateId: string): SlidingWindow {
    let window = this.windows.get(rateId);
    if (!window) this.windows.set(rateId, (window = new SlidingWindow()));
    return window;
  }

  find(rateId: string): SlidingWindow | undefined {
    return this.windows.get(rateId);
  }

  /** Returns what was used in the window that ends now. */
  usedIn(rateId: string, windowMs: number): number {
    const window = this.windows.peek(rateId);
    window?.slide(windowMs, this.clock.nowMs());
    return window?.used ?? 0;
  }
}
