import { LessThan } from 'typeorm';
import { cleanUpJob } from '../platform/jobs/clean-up-job.js';
import { RevokedSession } from '../verification/cache/revoked-session.entity.js';

/** How long revoked sessions are kept after their expiry, because the clocks of instances may differ. */
const KEPT_SECONDS = 3600;

/** Deletes revoked sessions that have expired since. */
export const EndedSessions = cleanUpJob({
  name: 'revoked_sessions',
  schedule: '15 * * * *',
  count: 'forgotten',
  table: RevokedSession,
  outdated: (clock) => ({ expiresAt: LessThan(clock.in(-KEPT_SECONDS)) }),
});
