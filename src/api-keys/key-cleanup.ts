import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { InjectRepository } from '@nestjs/typeorm';
import { CronJob } from 'cron';
import { IsNull, LessThan, type FindOptionsWhere, type Repository } from 'typeorm';
import { Config } from '../config.js';
import { SYSTEM } from '../domain/actor.js';
import { Clock } from '../domain/clock.js';
import { Transactions } from '../domain/transactions.js';
import { ApiKey } from './api-key.entity.js';
import { KeyRetirement, type RetirementReason } from './key-retirement.js';
import { KeyRotation } from './key-rotation.js';
import { LastUse } from './last-use.js';

const DAY_SECONDS = 86_400;

/** Keys looked at in one go. */
const BATCH = 100;

/** How often what is left of replaced credentials is destroyed. */
const FORGET_EVERY_MS = 600_000;

/**
 * Deletes keys that expired, or that nobody used or changed, long enough ago, which is off until it has a schedule; and always what is left of replaced
 * credentials that have come to their end.
 */
@Injectable()
export class KeyCleanup implements OnApplicationBootstrap {
  private readonly logger = new Logger('Keywright');

  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly retirement: KeyRetirement,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly lastUse: LastUse,
    private readonly rotation: KeyRotation,
    private readonly scheduler: SchedulerRegistry,
    private readonly transactions: Transactions,
  ) {}

  onApplicationBootstrap(): void {
    const forgetting = setInterval(() => void this.forgetEnded(), FORGET_EVERY_MS);
    this.scheduler.addInterval('ended-credentials', forgetting.unref());
    if (!this.config.CLEANUP_SCHEDULE) return;
    const job = CronJob.from({
      cronTime: this.config.CLEANUP_SCHEDULE,
      onTick: () => this.run(),
      errorHandler: (error) => this.logger.error(`The cleanup of keys failed: ${String(error)}`),
      waitForCompletion: true,
    });
    this.scheduler.addCronJob('key-cleanup', job);
    job.start();
  }

  async run(): Promise<void> {
    await this.lastUse.flush();
    const expired = this.clock.in(-this.config.CLEANUP_EXPIRED_AFTER_DAYS * DAY_SECONDS);
    await this.retireAll('cleanup_expired', [{ expiresAt: LessThan(expired) }]);
    if (this.config.CLEANUP_UNUSED_AFTER_DAYS === 0) return;
    const unused = this.clock.in(-this.config.CLEANUP_UNUSED_AFTER_DAYS * DAY_SECONDS);
    // What was imported, changed or rotated lately isn't forgotten, whenever it was used.
    const untouched = { updatedAt: LessThan(unused) };
    await this.retireAll('cleanup_unused', [
      { ...untouched, lastUsedAt: LessThan(unused) },
      { ...untouched, lastUsedAt: IsNull() },
    ]);
  }

  async forgetEnded(): Promise<void> {
    await this.rotation
      .forgetEnded()
      .catch((error: unknown) => this.logger.error(`Ended credentials are still stored: ${String(error)}`));
  }

  private async retireAll(reason: RetirementReason, where: FindOptionsWhere<ApiKey>[]): Promise<void> {
    for (;;) {
      const keys = await this.keys.find({ where: where.map((one) => ({ ...one, deletedAt: IsNull() })), take: BATCH });
      const ids = keys.map(({ id }) => id);
      await this.transactions.run((tx) => this.retirement.retireMany(tx, SYSTEM, ids, reason));
      if (keys.length < BATCH) return;
    }
  }
}
