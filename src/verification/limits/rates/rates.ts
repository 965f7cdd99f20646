import { Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { Config } from '../../../platform/config/config.js';
import type { MaybePromise } from '../../../platform/runtime/maybe-promise.js';
import { Lease } from '../../barrier/lease.js';
import type { CachedKey } from '../../cache/cached-key.js';
import type { RateState } from '../../outcome.js';
import { SharedCounters } from '../shared-counters.js';
import { restoreInRedis, takeInRedis } from './redis-rate.js';
import { partMs, SlidingWindow } from './sliding-window.js';

type Rate = NonNullable<CachedKey['rate']>;

export interface RateVerdict {
  isAllowed: boolean;
  state: RateState;
  /** When the request was counted, by the clock of whoever counted it. */
  atMs: number;
  isInRedis: boolean;
}

/**
 * Enforces rate limits: requests in any window of a length. With Redis, limits are exact across instances. Without it, or while it is
 * unreachable, each instance enforces its share of the limit, and returns without a promise.
 */
@Injectable()
export class Rates {
  private readonly windows: LRUCache<string, SlidingWindow>;

  constructor(
    config: Config,
    private readonly lease: Lease,
    private readonly shared: SharedCounters,
  ) {
    this.windows = new LRUCache({ max: config.KEYRING_MAX_KEYS });
  }

  /** Counts a request against a key's rate limit, or refuses it. A refused request uses up nothing, nor does one that costs nothing. */
  consume(keyId: string, rate: Rate, cost: number, nowMs: number): MaybePromise<RateVerdict> {
    const { redis } = this.shared;
    return redis && this.shared.isReady
      ? this.consumeTogether(redis, keyId, rate, cost, nowMs)
      : this.consumeHere(keyId, rate, cost, nowMs);
  }

  /** Takes back a request that was counted, because it was refused after all. */
  restore(keyId: string, { state, atMs, isInRedis }: RateVerdict, cost: number): void {
    state.remaining += cost;
    const { redis } = this.shared;
    if (!isInRedis) this.windows.get(keyId)?.restore(cost, atMs);
    else if (redis) restoreInRedis(redis, keyId, cost, atMs).catch(() => undefined);
  }

  private consumeHere(keyId: string, { limit, windowSeconds }: Rate, cost: number, nowMs: number): RateVerdict {
    let window = this.windows.get(keyId);
    if (!window) this.windows.set(keyId, (window = new SlidingWindow()));
    const share = Math.max(1, Math.floor(limit / this.lease.liveInstances));
    return takeFrom(window, limit, share, windowSeconds * 1000, cost, nowMs);
  }

  private async consumeTogether(
    redis: Redis,
    keyId: string,
    rate: Rate,
    cost: number,
    nowMs: number,
  ): Promise<RateVerdict> {
    const { limit, windowSeconds } = rate;
    const windowMs = windowSeconds * 1000;
    try {
      const request = { limit, windowMs, partMs: Math.floor(partMs(limit, windowMs)), cost };
      const { isAllowed, used, waitMs, atMs } = await takeInRedis(redis, keyId, request);
      return { isAllowed, state: rateState(limit, limit - used, waitMs), atMs, isInRedis: true };
    } catch {
      return this.consumeHere(keyId, rate, cost, nowMs);
    }
  }
}

function takeFrom(
  window: SlidingWindow,
  limit: number,
  share: number,
  windowMs: number,
  cost: number,
  nowMs: number,
): RateVerdict {
  const isAllowed = cost === 0 || window.take(share, windowMs, cost, nowMs);
  if (cost === 0) window.slide(windowMs, nowMs);
  const waitMs = window.waitMs(share, windowMs, isAllowed ? 0 : cost, nowMs);
  return { isAllowed, state: rateState(limit, share - window.used, waitMs), atMs: nowMs, isInRedis: false };
}

const rateState = (limit: number, remaining: number, waitMs: number): RateState => ({
  limit,
  remaining: Math.max(0, remaining),
  resetSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
});
