import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Config } from '../../platform/config/config.js';

/** The Redis in which all instances count together, where there is one. */
@Injectable()
export class SharedCounters implements OnApplicationShutdown {
  readonly redis: Redis | null;
  private readonly logger = new Logger('Keywright');

  constructor({ REDIS_URL }: Config) {
    this.redis = REDIS_URL ? this.connect(REDIS_URL) : null;
  }

  /** Whether it can be counted in now. */
  get isReady(): boolean {
    return this.redis?.status === 'ready';
  }

  async onApplicationShutdown(): Promise<void> {
    await this.redis?.quit().catch(() => this.redis?.disconnect());
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
