/** A scheduled job, and how its latest run ended. */
export class JobView {
  /** @example "key_expiry" */
  name: string;

  /**
   * A cron expression; `null` for a job that isn't scheduled.
   * @example "15 * * * *"
   */
  schedule: string | null;

  /** Whether some instance is at it. */
  isRunning: boolean;

  /** @example "2026-11-21T13:30:00.000Z" */
  lastStartedAt: string | null;

  /** @example "2026-11-21T13:30:01.200Z" */
  lastFinishedAt: string | null;

  /** `stopped` is a run that the end of its server broke off; another one goes on with it. */
  lastOutcome: 'completed' | 'failed' | 'stopped' | null;

  /**
   * To how many things the latest run did what.
   * @example { "expired": 3 }
   */
  lastCounts: Record<string, number>;
}

export class JobsView {
  items: JobView[];
}
