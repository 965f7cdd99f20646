import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { CronTime } from 'cron';
import { Config } from '../platform/config/config.js';
import { Clock } from '../platform/runtime/clock.js';
import { errorMessage } from '../platform/runtime/error-message.js';
import { BackgroundTask } from '../platform/runtime/background-task.js';
import { Housekeeper } from './housekeeper.js';
import { JobLeases } from './job-leases.js';
import type { JobState } from './job-state.entity.js';

/** The interval at which the table is read, for jobs whose holder has died. */
const LOOK_EVERY_MS = 30_000;

/**
 * Starts jobs when they are due, counted from their latest start on any instance: a run missed while no server was up is made up for once, and
 * instances whose clocks differ slightly don't run a job twice.
 */
@Injectable()
export class JobTimer implements OnModuleInit {
  private readonly logger = new Logger('Keywright');
  private readonly looking = new BackgroundTask(() => this.look(), 'Housekeeping waits for the database');
  private readonly times = new Map<string, CronTime>();
  /** A job that has never run is due as if it had run at the start of this process. */
  private readonly began: Date;
  private nextLookMs = 0;
  /** By the name of a job, when it is due after a start: to find that out blocks the process for milliseconds. */
  private readonly due = new Map<string, { afterMs: number; dueMs: number }>();
  private readonly running = new Set<string>();

  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly housekeeper: Housekeeper,
    private readonly leases: JobLeases,
  ) {
    this.began = clock.now();
  }

  /** Validates all schedules at the start. */
  onModuleInit(): void {
    for (const { name, schedule } of this.housekeeper.jobs.values())
      if (schedule !== undefined) this.times.set(name, new CronTime(schedule));
  }

  @Interval('housekeeping', 1000)
  async tick(): Promise<void> {
    if (this.config.HOUSEKEEPING && this.clock.nowMs() >= this.nextLookMs) await this.looking.run();
  }

  private async look(): Promise<void> {
    const nowMs = this.clock.nowMs();
    this.nextLookMs = nowMs + LOOK_EVERY_MS;
    const statuses = new Map((await this.leases.list()).map((state) => [state.name, state]));
    for (const [name, time] of this.times) {
      if (this.running.has(name)) continue;
      const state = statuses.get(name);
      const dueMs = this.dueMs(name, time, state);
      if (dueMs <= nowMs) this.start(name, state?.runs ?? 0);
      else this.nextLookMs = Math.min(this.nextLookMs, dueMs);
    }
  }

  private dueMs(name: string, time: CronTime, state: JobState | undefined): number {
    // The database decides whether the lease of a holder has expired.
    if (state && (state.holder !== null || state.lastOutcome === 'stopped')) return 0;
    const after = state?.lastStartedAt ?? this.began;
    let due = this.due.get(name);
    if (due?.afterMs !== after.getTime()) {
      due = { afterMs: after.getTime(), dueMs: time.getNextDateFrom(after).toMillis() };
      this.due.set(name, due);
    }
    return due.dueMs;
  }

  private start(name: string, seenRuns: number): void {
    const job = this.housekeeper.jobs.get(name);
    if (!job) return;
    this.running.add(name);
    this.housekeeper
      .run(job, seenRuns)
      .then(
        (result) => {
          if (result) this.nextLookMs = 0;
        },
        (error: unknown) => this.logger.warn(`The job ${name} could not start: ${errorMessage(error)}`),
      )
      .finally(() => this.running.delete(name));
  }
}
