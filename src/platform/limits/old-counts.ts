import { LessThanOrEqual } from 'typeorm';
import { cleanUpJob } from '../jobs/clean-up-job.js';
import { RateCount } from './rate-count.entity.js';

/** Deletes counts whose window has ended. */
export const OldCounts = cleanUpJob({
  name: 'rate_counts',
  schedule: '25 * * * *',
  count: 'deleted',
  table: RateCount,
  outdated: (clock) => ({ expiresAt: LessThanOrEqual(clock.nowMs()) }),
});
