import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Config } from '../config/config.js';
import { optionalPackage } from '../runtime/optional-package.js';

const ioredis = optionalPackage<typeof import('ioredis')>('ioredis');

/** The Redis server in which all instances count together, if one is configured. */
@Injectable()
export class SharedCounters implements OnApplicationShutdown {
  readonly redis: Redis | null;
  private readonly logger = new Logger('Keywright');

  constructor({ REDIS_URL }: Config) {
    this.redis = REDIS_URL ? this.connect(REDIS_URL) : null;
  }

  /** Whether Redis is configured and reachable. */
  get isReady(): boolean {
    return this.redis?.status === 'ready';
  }

  async onApplicationShutdown(): Promise<void> {
    await this.redis?.quit().catch(() => this.redis?.disconnect());
  }

  private connect(url: string): Redis {
    const { Redis } = ioredis();
    const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 250 });
    let isUnreachable = false;
    redis.on('error', (error: Error) => {
      if (!isUnreachable)
        this.logger.warn(`Redis is unreachable; instances share limits through the database: ${error.message}`);
      isUnreachable = true;
    });
    redis.on('ready', () => {
      if (isUnreachable) this.logger.warn('Redis is reachable again; limits are exact across instances.');
      isUnreachable = false;
    });
    return redis;
  }
}
