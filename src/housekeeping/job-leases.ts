import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Clock } from '../platform/runtime/clock.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { databaseTimeMs } from '../platform/database/engine-sql.js';
import type { Counts } from '../platform/jobs/job-run.js';
import { JobState, type JobOutcome } from './job-state.entity.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { isDuplicate } from '../platform/database/engine-errors.js';
/** A lease expires this long after its last renewal. */
export const LEASE_MS = 60_000;

/** Another instance may have taken the job over, so this run must stop. */
export class LeaseLost extends Error {}

/** A job leased by this process. */
export interface HeldJob {
  name: string;
  holder: string;
}

/**
 * Ensures that a job runs in one instance at a time. A lease is taken by an update of the job's row that only one instance can win. Every
 * transaction of a run begins by renewing the lease: while the transaction is open, no other instance can take the job over, and after a takeover
 * the transaction cannot begin.
 */
@Injectable()
export class JobLeases {
  constructor(
    @InjectRepository(JobState) private readonly statuses: Repository<JobState>,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
  ) {}

  async list(): Promise<JobState[]> {
    return this.statuses.find({ order: { name: 'ASC' } });
  }

  /**
   * @param seenRuns the number of runs at which the next one was found to be due; `null` runs the job regardless
   * @returns `null` when another instance runs the job, or has run it since
   */
  async take(name: string, seenRuns: number | null): Promise<HeldJob | null> {
    await this.ensure(name);
    const holder = randomUUID();
    const { affected } = await this.transactions.run(({ manager }) =>
      manager
        .createQueryBuilder()
        .update(JobState)
        .set({ holder, heldUntil: this.leaseEnd, lastStartedAt: this.clock.now(), runs: () => 'runs + 1' })
        .where(`name = :name AND (held_until IS NULL OR held_until < ${this.now})`, { name })
        .andWhere(seenRuns === null ? '1 = 1' : 'runs = :seenRuns', { seenRuns })
        .execute(),
    );
    return affected === 1 ? { name, holder } : null;
  }

  /** @throws {LeaseLost} */
  async renew({ manager }: Pick<Transaction, 'manager'>, { name, holder }: HeldJob): Promise<void> {
    const { affected } = await manager
      .createQueryBuilder()
      .update(JobState)
      .set({ heldUntil: this.leaseEnd })
      .where(`name = :name AND holder = :holder AND held_until > ${this.now}`, { name, holder })
      .execute();
    if (affected !== 1) throw new LeaseLost(`The job ${name} has been taken over.`);
  }

  /** @returns whether the lease was still this holder's */
  async giveBack(
    manager: EntityManager,
    { name, holder }: HeldJob,
    lastOutcome: JobOutcome,
    lastCounts: Counts,
  ): Promise<boolean> {
    const end = { holder: null, heldUntil: null, lastFinishedAt: this.clock.now(), lastOutcome, lastCounts };
    const { affected } = await manager.update(JobState, { name, holder }, end);
    return affected === 1;
  }

  private readonly leaseEnd = (): string => `${this.now} + ${LEASE_MS}`;

  private get now(): string {
    return databaseTimeMs(this.statuses);
  }

  private async ensure(name: string): Promise<void> {
    if (await this.statuses.existsBy({ name })) return;
    const never = { holder: null, heldUntil: null, runs: 0, lastStartedAt: null, lastFinishedAt: null };
    await this.transactions
      .run(({ manager }) => manager.insert(JobState, { ...never, name, lastOutcome: null, lastCounts: null }))
      .catch((error: unknown) => {
        if (!isDuplicate(error)) throw error;
      });
  }
}
