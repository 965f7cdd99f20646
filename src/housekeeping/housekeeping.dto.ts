import { IsOptional } from 'class-validator';
import { IsQueryFlag } from '../platform/validation/query-flag.js';

/** Whether a job is to be run, or only what it would do counted. */
export class RunJobQuery {
  /** `true` changes nothing and returns what a run would do. */
  @IsOptional()
  @IsQueryFlag()
  dryRun?: boolean;
}

/** A scheduled job, and the outcome of its latest run. */
export class JobView {
  /**
   * The name of the job.
   * @example "key_expiry"
   */
  name: string;

  /**
   * A cron expression; `null` for a job that isn't scheduled.
   * @example "15 * * * *"
   */
  schedule: string | null;

  /** Whether an instance is running the job. */
  isRunning: boolean;

  /**
   * When the latest run started; `null` before the first.
   * @example "2026-11-21T13:30:00.000Z"
   */
  lastStartedAt: string | null;

  /**
   * When the latest run ended; `null` before the first has ended.
   * @example "2026-11-21T13:30:01.200Z"
   */
  lastFinishedAt: string | null;

  /** `stopped` means that the run was interrupted by the stop of its server; the next run continues it. */
  lastOutcome: 'completed' | 'failed' | 'stopped' | null;

  /**
   * The number of items that the latest run processed, by action.
   * @example { "expired": 3 }
   */
  lastCounts: Record<string, number>;
}

export class JobsView {
  /** The jobs, by name. */
  items: JobView[];
}

/** A run of a job that was asked for. */
export class JobRunView {
  /** Whether nothing was changed. */
  dryRun: boolean;

  /** `failed` if the run met an error, which the server's log names; `stopped` if the server was stopped. */
  outcome: 'completed' | 'failed' | 'stopped';

  /**
   * The number of items that were processed, or would be, by action.
   * @example { "deleted": 3 }
   */
  counts: Record<string, number>;

  /**
   * The ids of the first of these items, by action.
   * @example { "deleted": ["f7fa38ec-0e19-405c-820f-bf65912ab4ec"] }
   */
  examples: Record<string, string[]>;

  /**
   * How long the run took, in milliseconds.
   * @example 12
   */
  durationMs: number;
}
