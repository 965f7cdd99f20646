import { LessThan } from 'typeorm';
import { cleanUpJob } from '../../platform/jobs/clean-up-job.js';
import { LoginSession } from './login-session.entity.js';

/** Deletes sessions whose tokens have expired. */
export const OldSessions = cleanUpJob({
  name: 'sessions',
  schedule: '10 * * * *',
  count: 'deleted_sessions',
  table: LoginSession,
  outdated: (clock) => ({ expiresAt: LessThan(clock.now()) }),
});
