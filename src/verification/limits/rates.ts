import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { Lease } from '../keyring/lease.js';
import type { KnownKey } from '../keyring/known-keys.js';
import type { RateState } from '../outcome.js';
import { SharedCounters } from './shared-counters.js';

export interface RateVerdict {
  isAllowed: boolean;
  state: RateState;
}

interface Limiter {
  counting: RateLimiterAbstract;
  /** Counts alone without Redis, and when Redis is gone. */
  memory: RateLimiterMemory;
}

const PREFIX = 'keywright:rate';

/** Requests per window. Across instances exact by Redis; without it, each instance takes its share of the limit. */
@Injectable()
export class Rates {
  private readonly limiters = new Map<string, Limiter>();
  /** The same limiters, found without putting a name together. */
  private readonly found = new WeakMap<NonNullable<KnownKey['rate']>, Limiter>();

  constructor(
    private readonly lease: Lease,
    private readonly shared: SharedCounters,
  ) {}

  async consume(keyId: string, rate: NonNullable<KnownKey['rate']>, cost: number): Promise<RateVerdict> {
    const { counting, memory } = this.found.get(rate) ?? this.limiterOf(rate);
    memory.points = Math.max(1, Math.floor(rate.limit / this.lease.liveInstances));
    try {
      return { isAllowed: true, state: stateOf(rate.limit, await counting.consume(keyId, cost)) };
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      // What is refused uses nothing up.
      return { isAllowed: false, state: stateOf(rate.limit, await counting.reward(keyId, cost)) };
    }
  }

  private limiterOf(rate: NonNullable<KnownKey['rate']>): Limiter {
    const { limit, windowSeconds } = rate;
    const name = `${limit}/${windowSeconds}`;
    let limiter = this.limiters.get(name);
    if (!limiter) {
      const memory = new RateLimiterMemory({ points: limit, duration: windowSeconds });
      limiter = { memory, counting: memory };
      const { redis } = this.shared;
      if (redis) {
        const options = {
          points: limit,
          duration: windowSeconds,
          keyPrefix: `${PREFIX}:${name}`,
          rejectIfRedisNotReady: true,
        };
        limiter.counting = new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: memory });
      }
      this.limiters.set(name, limiter);
    }
    this.found.set(rate, limiter);
    return limiter;
  }
}

function stateOf(limit: number, { remainingPoints, msBeforeNext }: RateLimiterRes): RateState {
  return { limit, remaining: Math.max(0, remainingPoints), resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) };
}
