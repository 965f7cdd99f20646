import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Account } from '../accounts/account.entity.js';
import { SYSTEM } from '../platform/events/actor.js';
import { DomainError } from '../platform/events/domain-error.js';
import { errorMessage } from '../platform/runtime/error-message.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { HousekeepingJob, type Job } from '../platform/jobs/job.js';
import { JobLeases, LeaseLost, LEASE_MS, type HeldJob } from './job-leases.js';
import { JobRun, RunStopped, type Counts } from '../platform/jobs/job-run.js';
import type { JobOutcome, JobState } from './job-state.entity.js';
import { NOTHING } from '../platform/events/invalidation.js';

/** Statistics of a job in this process since its start, for metrics. */
export interface JobStatistics {
  runs: number;
  failures: number;
  lastDurationMs: number;
  /** Processed items by action. */
  items: Counts;
}

export interface JobResult {
  outcome: JobOutcome;
  counts: Counts;
  examples: Record<string, string[]>;
  durationMs: number;
}

/** The longest time that running jobs may take to stop when the server stops. */
const STOP_MS = 2000;

/** Runs jobs, each in one instance at a time, and records their outcomes. */
@Injectable()
export class Housekeeper implements OnModuleInit, BeforeApplicationShutdown {
  /** By name. */
  readonly jobs = new Map<string, Job>();
  /** By the job's name. */
  readonly statistics = new Map<string, JobStatistics>();
  private readonly logger = new Logger('Keywright');
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<unknown>>();

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly discovery: DiscoveryService,
    private readonly leases: JobLeases,
    private readonly transactions: Transactions,
  ) {}

  onModuleInit(): void {
    this.findJobs();
  }

  /** Discovers the jobs of all modules. */
  findJobs(): void {
    const found = this.discovery.getProviders({ metadataKey: HousekeepingJob.KEY });
    for (const job of found.map(({ instance }) => instance as Job).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      this.jobs.set(job.name, job);
      this.statistics.set(job.name, { runs: 0, failures: 0, lastDurationMs: 0, items: {} });
    }
  }

  /** Stops running jobs, while the database is still connected. One that waits for the database does not hold the server. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new RunStopped('The server stops.'));
    await Promise.race([Promise.all(this.running), sleep(STOP_MS, undefined, { ref: false })]);
  }

  /** Lists all jobs, with the outcome of their latest runs on any instance. */
  async list(): Promise<[Job, JobState | undefined][]> {
    const statuses = new Map((await this.leases.list()).map((state) => [state.name, state]));
    return [...this.jobs.values()].map((job) => [job, statuses.get(job.name)]);
  }

  /**
   * Runs a job on demand.
   *
   * @param isDry whether nothing is changed, and only reported what the job would do
   * @throws {DomainError} `job.not_found`, or `job.running` while an instance runs the job
   */
  async runNow(name: string, isDry: boolean): Promise<JobResult> {
    const job = this.jobs.get(name);
    if (!job) throw new DomainError('job.not_found');
    const result = isDry ? await this.dryRun(job) : await this.run(job);
    if (!result) throw new DomainError('job.running');
    return result;
  }

  /** Reports what a job would do, without changing anything. */
  async dryRun(job: Job): Promise<JobResult> {
    const startMs = performance.now();
    const run = new JobRun(null, this.stopping.signal);
    await job.run(run);
    const { counts, examples } = run;
    return { outcome: 'completed', counts, examples, durationMs: performance.now() - startMs };
  }

  /**
   * Runs a job, unless another instance is at it.
   *
   * @param seenRuns see {@link JobLeases.take}
   * @returns `null` when another instance runs the job or has just run it
   */
  async run(job: Job, seenRuns: number | null = null): Promise<JobResult | null> {
    if (this.stopping.signal.aborted) return null;
    const running = this.runHeld(job, seenRuns);
    const settled = running.catch(() => undefined);
    this.running.add(settled);
    return running.finally(() => this.running.delete(settled));
  }

  private async runHeld(job: Job, seenRuns: number | null): Promise<JobResult | null> {
    const held = await this.leases.take(job.name, seenRuns);
    if (!held) return null;
    const startMs = performance.now();
    const run = new JobRun(
      (work) =>
        this.transactions.run(async (tx) => {
          await this.leases.renew(tx, held);
          return work(tx);
        }),
      this.stopping.signal,
    );
    const renewing = this.keepAlive(held);
    const outcome = await job.run(run).then(
      () => 'completed' as const,
      (error: unknown) => this.outcomeOf(job, error),
    );
    clearInterval(renewing);
    const { counts, examples } = run;
    const result = { outcome, counts, examples, durationMs: performance.now() - startMs };
    this.count(job, result);
    await this.recordEnd(held, result);
    return result;
  }

  /** Renews the lease while the job works between two transactions. */
  private keepAlive(held: HeldJob): NodeJS.Timeout {
    const renew = (): void => void this.transactions.run((tx) => this.leases.renew(tx, held)).catch(() => undefined);
    return setInterval(renew, LEASE_MS / 4).unref();
  }

  private outcomeOf({ name }: Job, error: unknown): JobOutcome {
    if (error instanceof RunStopped) return 'stopped';
    const message = errorMessage(error);
    if (error instanceof LeaseLost) this.logger.warn(message);
    else this.logger.error(`The job ${name} failed: ${message}`);
    return 'failed';
  }

  private count({ name }: Job, { outcome, counts, durationMs }: JobResult): void {
    const statistics = this.statistics.get(name);
    if (!statistics) return;
    statistics.runs += 1;
    if (outcome === 'failed') statistics.failures += 1;
    statistics.lastDurationMs = durationMs;
    for (const [what, count] of Object.entries(counts)) statistics.items[what] = (statistics.items[what] ?? 0) + count;
  }

  /** Releases the job. A run that changed anything is recorded in the audit trail of the operator's merchant, the one of the first account. */
  private async recordEnd(held: HeldJob, { outcome, counts, durationMs }: JobResult): Promise<void> {
    const { name } = held;
    try {
      const [first] = await this.source.manager.find(Account, {
        select: { id: true, merchantId: true },
        order: { id: 'ASC' },
        take: 1,
      });
      await this.transactions.run(async (tx) => {
        const isOwn = await this.leases.giveBack(tx.manager, held, outcome, counts);
        if (!isOwn || !first || Object.keys(counts).length === 0) return;
        await tx.publish({
          name: 'housekeeping.completed',
          actor: SYSTEM,
          merchantId: first.merchantId,
          targetType: 'job',
          targetId: name,
          details: { outcome, durationMs: Math.round(durationMs), ...counts },
          invalidates: NOTHING,
        });
      });
    } catch (error) {
      // The lease expires, and the next run continues.
      this.logger.error(`The end of the job ${name} was not recorded: ${errorMessage(error)}`);
    }
  }
}
