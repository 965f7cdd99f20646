import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Clock } from '../platform/runtime/clock.js';
import { isDuplicate, Transactions, type Transaction } from '../platform/database/transactions/transactions.js';
import { databaseTimeMs } from '../platform/database/engine-sql.js';
import type { Counts } from '../platform/jobs/job-run.js';
import { JobState, type JobOutcome } from './job-state.entity.js';

/** How long a job stays its holder's without a sign of life. */
export const LEASE_MS = 60_000;

/** Somebody else may be at the job by now: nothing more is done in this run. */
export class LeaseLost extends Error {}

/** A job that is this process's own, for as long as it goes on saying so. */
export interface HeldJob {
  name: string;
  holder: string;
}

/**
 * Makes sure that of all instances one at a time is at a job. A lease is taken by an update of the job's row that only one can win, and every
 * transaction of a run begins with its renewal: while it is open nobody can take the row over, and once somebody has, it can't begin.
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
   * @param seenRuns the number of runs when it was decided that another one is due; `null` for one at any rate
   * @returns `null` when somebody else is at it, or has been since
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

  /** @returns whether it was still this holder's */
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
