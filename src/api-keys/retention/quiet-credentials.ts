import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, MoreThan, Not, type Repository } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { SYSTEM } from '../../platform/events/actor.js';
import type { JobRun } from '../../platform/jobs/job-run.js';
import { HousekeepingJob, type Job } from '../../platform/jobs/job.js';
import { Clock } from '../../platform/runtime/clock.js';
import { ApiKey } from '../api-key.entity.js';
import { KeyRotation } from '../key-rotation.js';

/** Keys that are looked at, at a time. */
const BATCH = 500;

/** What an instance may need to write a use, beyond the interval at which it does. */
const WRITING_MS = 10_000;

/** Ends previous credentials that were not used for as long as their rotation demands. */
@Injectable()
@HousekeepingJob()
export class QuietCredentials implements Job {
  readonly name = 'quiet_credentials';
  readonly schedule = '* * * * *';
  private readonly delayMs: number;

  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly clock: Clock,
    private readonly rotation: KeyRotation,
    config: Config,
  ) {
    this.delayMs = config.USAGE_FLUSH_INTERVAL_MS + WRITING_MS;
  }

  async run(run: JobRun): Promise<void> {
    for (let last = ''; ;) {
      const rotating = await this.findRotating(last);
      const quiet = rotating.filter((key) => this.isQuiet(key));
      for (const { id, publicId } of quiet)
        await run.change(async (tx) => {
          await this.rotation.endPrevious(tx, SYSTEM, id, publicId, 'quiet');
        });
      run.note(
        'ended',
        quiet.map(({ id }) => id),
      );
      if (rotating.length < BATCH) return;
      last = rotating.at(-1)?.previousPublicId ?? '';
    }
  }

  /** Returns keys in the order of their previous public ids, whose index finds the few rotating keys among all. */
  private findRotating(after: string): Promise<ApiKey[]> {
    return this.keys.find({
      where: {
        previousPublicId: MoreThan(after),
        previousQuietSeconds: Not(IsNull()),
        previousSecretHash: Not(IsNull()),
      },
      order: { previousPublicId: 'ASC' },
      take: BATCH,
    });
  }

  private isQuiet({ previousQuietSeconds, previousLastUsedAt, secretIssuedAt }: ApiKey): boolean {
    const sinceMs = Math.max(previousLastUsedAt?.getTime() ?? 0, secretIssuedAt?.getTime() ?? 0);
    return sinceMs + (previousQuietSeconds ?? 0) * 1000 + this.delayMs <= this.clock.nowMs();
  }
}
