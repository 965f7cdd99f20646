import type { JobResult } from './housekeeper.js';
import type { JobRunView, JobView } from './housekeeping.dto.js';
import type { Job } from '../platform/jobs/job.js';
import type { JobState } from './job-state.entity.js';

/** @param state `undefined` for a job that never ran */
export function presentJob({ name, schedule }: Job, state: JobState | undefined): JobView {
  return {
    name,
    schedule: schedule ?? null,
    isRunning: (state?.holder ?? null) !== null,
    lastStartedAt: state?.lastStartedAt?.toISOString() ?? null,
    lastFinishedAt: state?.lastFinishedAt?.toISOString() ?? null,
    lastOutcome: state?.lastOutcome ?? null,
    lastCounts: state?.lastCounts ?? {},
  };
}

export const presentJobRun = ({ outcome, counts, examples, durationMs }: JobResult, dryRun: boolean): JobRunView => ({
  dryRun,
  outcome,
  counts,
  examples,
  durationMs: Math.round(durationMs),
});
