import { Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { MaybePromise } from '../../../platform/runtime/maybe-promise.js';
import type { RateLimit } from '../../cache/key-limits.js';
import type { RateState } from '../../outcome.js';
import { SharedCounters } from '../../../platform/limits/shared-counters.js';
import { restoreInRedis, takeInRedis } from './redis-rate.js';
import { RateShares } from './rate-shares.js';
import { RateWindows } from './rate-windows.js';
import { partMs, type SlidingWindow } from './sliding-window.js';

/** The time within which an instance gets what other instances don't use. */
const SHARED_WITHIN_MS = 2000;

export interface RateVerdict {
  /** The state of each limit, in the order of the limits. */
  states: RateState[];
  /** The state of the limit that refuses the request for the longest time; `null` if the request is allowed. */
  refusedBy: RateState | null;
  /** When the request was counted, by the clock of whoever counted it. */
  atMs: number;
  isInRedis: boolean;
}

/**
 * Enforces rate limits: requests in any window of a length. With Redis, limits are exact across instances. Without it, or while it is
 * unreachable, each instance enforces its share of each limit, and returns without a promise.
 */
@Injectable()
export class Rates {
  constructor(
    private readonly shared: SharedCounters,
    private readonly shares: RateShares,
    private readonly windows: RateWindows,
  ) {}

  /**
   * Counts a request against some limits, all of which must admit it, or refuses it. A refused request uses up nothing of any of them, nor
   * does one that costs nothing.
   */
  consume(limits: readonly RateLimit[], cost: number, nowMs: number): MaybePromise<RateVerdict> {
    const { redis } = this.shared;
    return redis && this.shared.isReady
      ? this.consumeTogether(redis, limits, cost, nowMs)
      : this.consumeHere(limits, cost, nowMs);
  }

  /** Takes back a request that was counted, because it was refused after all. */
  restore(limits: readonly RateLimit[], { states, atMs, isInRedis }: RateVerdict, cost: number): void {
    for (const state of states) state.remaining += cost;
    const { redis } = this.shared;
    if (!isInRedis) for (const { id } of limits) this.windows.find(id)?.restore(cost, atMs);
    else if (redis) restoreInRedis(redis, limits, cost, atMs).catch(() => undefined);
  }

  private consumeHere(limits: readonly RateLimit[], cost: number, nowMs: number): RateVerdict {
    const [only] = limits;
    if (limits.length === 1 && only) {
      const window = this.windows.of(only.id);
      const share = this.shares.shareOf(only);
      const windowMs = only.windowSeconds * 1000;
      const isRefused = cost > 0 && !window.take(share, windowMs, cost, nowMs);
      if (cost === 0) window.slide(windowMs, nowMs);
      const state = this.stateOf(only, window, share, isRefused ? cost : 0, nowMs);
      return { states: [state], refusedBy: isRefused ? state : null, atMs: nowMs, isInRedis: false };
    }
    return this.consumeSeveral(limits, cost, nowMs);
  }

  private consumeSeveral(limits: readonly RateLimit[], cost: number, nowMs: number): RateVerdict {
    const counted = limits.map((limit) => {
      const window = this.windows.of(limit.id);
      window.slide(limit.windowSeconds * 1000, nowMs);
      const share = this.shares.shareOf(limit);
      return { limit, window, share, isRefused: cost > 0 && window.used + cost > share };
    });
    const isAllowed = !counted.some(({ isRefused }) => isRefused);
    if (isAllowed && cost > 0)
      for (const { limit, window, share } of counted) window.take(share, limit.windowSeconds * 1000, cost, nowMs);
    let refusedBy: RateState | null = null;
    const states = counted.map(({ limit, window, share, isRefused }) => {
      const state = this.stateOf(limit, window, share, isRefused ? cost : 0, nowMs);
      if (isRefused && state.resetSeconds > (refusedBy?.resetSeconds ?? 0)) refusedBy = state;
      return state;
    });
    return { states, refusedBy, atMs: nowMs, isInRedis: false };
  }

  /** @param refusedCost the cost of the request if the limit has refused it, else 0 */
  private stateOf(
    rate: RateLimit,
    window: SlidingWindow,
    share: number,
    refusedCost: number,
    nowMs: number,
  ): RateState {
    let waitMs = window.waitMs(share, rate.windowSeconds * 1000, refusedCost, nowMs);
    if (refusedCost > 0 && window.used + refusedCost <= rate.limit) {
      this.shares.refused(rate);
      waitMs = Math.min(waitMs, SHARED_WITHIN_MS);
    }
    return rateState(rate, share - window.used, waitMs);
  }

  private async consumeTogether(
    redis: Redis,
    limits: readonly RateLimit[],
    cost: number,
    nowMs: number,
  ): Promise<RateVerdict> {
    try {
      const requests = limits.map(({ id, limit, windowSeconds }) => {
        const windowMs = windowSeconds * 1000;
        return { id, limit, windowMs, partMs: Math.floor(partMs(limit, windowMs)) };
      });
      const { taken, atMs } = await takeInRedis(redis, requests, cost);
      let refusedBy: RateState | null = null;
      const states = limits.map((rate, index) => {
        const { used, waitMs, isRefused } = taken[index] ?? { used: 0, waitMs: 0, isRefused: false };
        const state = rateState(rate, rate.limit - used, waitMs);
        if (isRefused && state.resetSeconds > (refusedBy?.resetSeconds ?? 0)) refusedBy = state;
        return state;
      });
      return { states, refusedBy, atMs, isInRedis: true };
    } catch {
      return this.consumeHere(limits, cost, nowMs);
    }
  }
}

const rateState = (
  { appliesTo, name, limit, windowSeconds }: RateLimit,
  remaining: number,
  waitMs: number,
): RateState => ({
  appliesTo,
  name,
  limit,
  windowSeconds,
  remaining: Math.max(0, remaining),
  resetSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
});
