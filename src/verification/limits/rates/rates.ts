import { Injectable } from '@nestjs/common';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { Config } from '../../../platform/config/config.js';
import type { MaybePromise } from '../../../platform/runtime/maybe-promise.js';
import { Lease } from '../../barrier/lease.js';
import type { CachedKey } from '../../cache/cached-key.js';
import { SharedCounters } from '../shared-counters.js';
import { rateState, RateWindows, type RateVerdict } from './windows.js';

const PREFIX = 'keywright:rate';

type Rate = NonNullable<CachedKey['rate']>;

/**
 * Enforces rate limits: requests per window. With Redis, limits are exact across instances. Without it, or while it is unreachable, each
 * instance enforces an equal share of the limit, and returns without a promise.
 */
@Injectable()
export class Rates {
  private readonly own: RateWindows;
  private readonly together: RateLimiterRedis | null;

  constructor(
    config: Config,
    private readonly lease: Lease,
    private readonly shared: SharedCounters,
  ) {
    this.own = new RateWindows(config.KEYRING_MAX_KEYS);
    // Redis only counts: each key has a limit and a window of its own.
    const options = { points: Number.MAX_SAFE_INTEGER, duration: 1, keyPrefix: PREFIX, rejectIfRedisNotReady: true };
    this.together = shared.redis && new RateLimiterRedis({ ...options, storeClient: shared.redis });
  }

  consume(keyId: string, rate: Rate, cost: number, nowMs: number): MaybePromise<RateVerdict> {
    return this.together && this.shared.isReady
      ? this.consumeTogether(this.together, keyId, rate, cost, nowMs)
      : this.consumeHere(keyId, rate, cost, nowMs);
  }

  private consumeHere(keyId: string, { limit, windowSeconds }: Rate, cost: number, nowMs: number): RateVerdict {
    const share = Math.max(1, Math.floor(limit / this.lease.liveInstances));
    const verdict = this.own.consume(keyId, share, windowSeconds, cost, nowMs);
    verdict.state.limit = limit;
    return verdict;
  }

  private async consumeTogether(
    together: RateLimiterRedis,
    keyId: string,
    rate: Rate,
    cost: number,
    nowMs: number,
  ): Promise<RateVerdict> {
    const { limit, windowSeconds } = rate;
    const name = `${keyId}:${windowSeconds}`;
    try {
      const after = await together.consume(name, cost, { customDuration: windowSeconds });
      if (after.consumedPoints <= limit) {
        return { isAllowed: true, state: rateState(limit, after.consumedPoints, after.msBeforeNext) };
      }
      // A refused request uses up nothing.
      const before = await together.reward(name, cost, { customDuration: windowSeconds });
      return { isAllowed: false, state: rateState(limit, before.consumedPoints, before.msBeforeNext) };
    } catch {
      return this.consumeHere(keyId, rate, cost, nowMs);
    }
  }
}
