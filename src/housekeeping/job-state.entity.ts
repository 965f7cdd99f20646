import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Counts } from '../platform/jobs/job-run.js';

/** The outcome of a run; `stopped` means that it was interrupted by a shutdown. */
export type JobOutcome = 'completed' | 'failed' | 'stopped';

/** A scheduled job: its current holder, and the outcome of its latest run. */
@Entity('job')
export class JobState {
  @PrimaryColumn({ type: 'varchar', length: 40 })
  name: string;

  /** The id of the current run; `null` between two runs. */
  @Column({ type: 'varchar', length: 36, nullable: true })
  holder: string | null;

  /** When the lease of the run expires, in milliseconds since 1970 by the database's clock. */
  @Column({
    name: 'held_until',
    type: 'bigint',
    nullable: true,
    transformer: { from: (value: unknown) => (value === null ? null : Number(value)), to: (value: number) => value },
  })
  heldUntil: number | null;

  /** The number of runs that have begun. */
  @Column({ type: 'int' })
  runs: number;

  @Column({ name: 'last_started_at', type: 'datetime', precision: 3, nullable: true })
  lastStartedAt: Date | null;

  @Column({ name: 'last_finished_at', type: 'datetime', precision: 3, nullable: true })
  lastFinishedAt: Date | null;

  @Column({ name: 'last_outcome', type: 'varchar', length: 10, nullable: true })
  lastOutcome: JobOutcome | null;

  @Column({ name: 'last_counts', type: 'simple-json', nullable: true })
  lastCounts: Counts | null;
}
