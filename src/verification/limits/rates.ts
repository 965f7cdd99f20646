import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { Config } from '../../config.js';
import { Lease } from '../keyring/lease.js';
import type { KnownKey } from '../keyring/known-keys.js';
import type { RateState } from '../outcome.js';

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
export class Rates implements OnApplicationShutdown {
  private readonly logger = new Logger('Keywright');
  private readonly limiters = new Map<string, Limiter>();
  private readonly redis: Redis | null;

  constructor(
    private readonly lease: Lease,
    { REDIS_URL }: Config,
  ) {
    this.redis = REDIS_URL ? this.connect(REDIS_URL) : null;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.redis?.quit().catch(() => this.redis?.disconnect());
  }

  async consume(keyId: string, rate: NonNullable<KnownKey['rate']>, cost: number): Promise<RateVerdict> {
    const { counting, memory } = this.limiterOf(rate);
    memory.points = Math.max(1, Math.floor(rate.limit / this.lease.liveInstances));
    try {
      return { isAllowed: true, state: stateOf(rate.limit, await counting.consume(keyId, cost)) };
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      // What is refused uses nothing up.
      await counting.reward(keyId, cost);
      return { isAllowed: false, state: stateOf(rate.limit, refusal) };
    }
  }

  private limiterOf({ limit, windowSeconds }: NonNullable<KnownKey['rate']>): Limiter {
    const name = `${limit}/${windowSeconds}`;
    let limiter = this.limiters.get(name);
    if (!limiter) {
      const memory = new RateLimiterMemory({ points: limit, duration: windowSeconds });
      limiter = { memory, counting: memory };
      if (this.redis) {
        const options = {
          points: limit,
          duration: windowSeconds,
          keyPrefix: `${PREFIX}:${name}`,
          rejectIfRedisNotReady: true,
        };
        limiter.counting = new RateLimiterRedis({ ...options, storeClient: this.redis, insuranceLimiter: memory });
      }
      this.limiters.set(name, limiter);
    }
    return limiter;
  }

  private connect(url: string): Redis {
    const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 250 });
    let isGone = false;
    redis.on('error', (error: Error) => {
      if (!isGone) this.logger.warn(`Redis is gone, each instance takes its share of the limits: ${error.message}`);
      isGone = true;
    });
    redis.on('ready', () => {
      if (isGone) this.logger.warn('Redis is back, limits are exact again.');
      isGone = false;
    });
    return redis;
  }
}

function stateOf(limit: number, { remainingPoints, msBeforeNext }: RateLimiterRes): RateState {
  return { limit, remaining: Math.max(0, remainingPoints), resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) };
}
