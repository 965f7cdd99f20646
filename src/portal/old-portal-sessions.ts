import { LessThan } from 'typeorm';
import { cleanUpJob } from '../platform/jobs/clean-up-job.js';
import { DAY_SECONDS } from '../platform/runtime/clock.js';
import { PortalSession } from './portal-session.entity.js';

/** How long sessions are kept after their expiry, because the clocks of instances may differ. */
const KEPT_SECONDS = DAY_SECONDS;

/** Deletes portal sessions that have expired. */
export const OldPortalSessions = cleanUpJob({
  name: 'portal_sessions',
  schedule: '35 * * * *',
  count: 'deleted',
  table: PortalSession,
  outdated: (clock) => ({ expiresAt: LessThan(clock.in(-KEPT_SECONDS)) }),
});
