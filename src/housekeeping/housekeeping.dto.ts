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
