import { Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { MaybePromise } from '../../../platform/runtime/maybe-promise.js';
import type { CachedKey } from '../../cache/cached-key.js';
import type { RateState } from '../../outcome.js';
import { SharedCounters } from '../../../platform/limits/shared-counters.js';
import { restoreInRedis, takeInRedis } from './redis-rate.js';
import { RateShares } from './rate-shares.js';
import { RateWindows } from './rate-windows.js';
import { partMs } from './sliding-window.js';

/** The time within which an instance gets what other instances don't use. */
const SHARED_WITHIN_MS = 2000;

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
  constructor(
    private readonly shared: SharedCounters,
    private readonly shares: RateShares,
    private readonly windows: RateWindows,
  ) {}

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
    if (!isInRedis) this.windows.find(keyId)?.restore(cost, atMs);
    else if (redis) restoreInRedis(redis, keyId, cost, atMs).catch(() => undefined);
  }

  private consumeHere(keyId: string, rate: Rate, cost: number, nowMs: number): RateVerdict {
    const { limit, windowSeconds } = rate;
    const windowMs = windowSeconds * 1000;
    const window = this.windows.of(keyId);
    const share = this.shares.shareOf(keyId, limit);
    const isAllowed = cost === 0 || window.take(share, windowMs, cost, nowMs);
    if (cost === 0) window.slide(windowMs, nowMs);
    let waitMs = window.waitMs(share, windowMs, isAllowed ? 0 : cost, nowMs);
    if (!isAllowed && window.used + cost <= limit) {
      this.shares.refused(keyId, rate);
      waitMs = Math.min(waitMs, SHARED_WITHIN_MS);
    }
    return { isAllowed, state: rateState(limit, share - window.used, waitMs), atMs: nowMs, isInRedis: false };
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

const rateState = (limit: number, remaining: number, waitMs: number): RateState => ({
  limit,
  remaining: Math.max(0, remaining),
  resetSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
});
