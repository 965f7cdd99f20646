import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { DataSource } from 'typeorm';
import { isSqlite } from '../database/engine-sql.js';
import type { ErrorCode } from '../events/domain-error.js';
import { Clock } from '../runtime/clock.js';
import { DatabaseLimiter, type Counter } from './database-limiter.js';
import { Limiter } from './limiter.js';
import { SharedCounters } from './shared-counters.js';

/** Precedes the names of limits in Redis. */
const REDIS_PREFIX = 'keywright:limit';

const MINUTE_SECONDS = 60;

/**
 * Creates limits that all instances count together: in Redis if it is configured, else in the database of MySQL or MariaDB. On SQLite there is
 * one process, which counts in its memory. While the others cannot be reached, each process counts by itself.
 */
@Injectable()
export class Limiters {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly shared: SharedCounters,
  ) {}

  /** Limits something per minute; 0 switches the limit off. */
  perMinute(name: string, points: number, refusal?: ErrorCode): Limiter {
    return new Limiter(name, points === 0 ? null : this.counter(points), this.clock, refusal);
  }

  /** Limits something per minute at each instance, in its memory; 0 switches the limit off. For requests that must cost no statement. */
  perMinuteHere(name: string, points: number): Limiter {
    return new Limiter(name, points === 0 ? null : inMemory(points), this.clock);
  }

  /**
   * Counts in the database whatever the engine, so that a restart forgets nothing. For what is rare and lasts.
   *
   * @param seconds the length of a window
   */
  lasting(points: number, seconds: number): Counter {
    return new DatabaseLimiter(this.source.manager, this.clock, points, seconds);
  }

  private counter(points: number): Counter {
    const { redis } = this.shared;
    if (redis) {
      const insuranceLimiter = inMemory(points);
      const options = { points, duration: MINUTE_SECONDS, keyPrefix: REDIS_PREFIX };
      return new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter });
    }
    return isSqlite(this.source.manager) ? inMemory(points) : this.lasting(points, MINUTE_SECONDS);
  }
}

/** Subjects are digests already. */
const inMemory = (points: number): RateLimiterMemory =>
  new RateLimiterMemory({ points, duration: MINUTE_SECONDS, keyPrefix: '' });
