import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../../../platform/config/config.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { SlidingWindow } from './sliding-window.js';

/** What this instance has counted of each key's rate. */
@Injectable()
export class RateWindows {
  private readonly windows: LRUCache<string, SlidingWindow>;

  constructor(
    { KEYRING_MAX_KEYS }: Config,
    private readonly clock: Clock,
  ) {
    this.windows = new LRUCache({ max: KEYRING_MAX_KEYS });
  }

  of(keyId: string): SlidingWindow {
    let window = this.windows.get(keyId);
    if (!window) this.windows.set(keyId, (window = new SlidingWindow()));
    return window;
  }

  find(keyId: string): SlidingWindow | undefined {
    return this.windows.get(keyId);
  }

  /** Returns what was used in the window that ends now. */
  usedIn(keyId: string, windowMs: number): number {
    const window = this.windows.peek(keyId);
    window?.slide(windowMs, this.clock.nowMs());
    return window?.used ?? 0;
  }
}
