import { IsNull, LessThan } from 'typeorm';
import { cleanUpJob } from '../platform/jobs/clean-up-job.js';
import { DAY_SECONDS } from '../platform/runtime/clock.js';
import { Mail } from './mail.entity.js';

/** Mails that were sent or given up are kept for this long, for support. */
const KEPT_SECONDS = 30 * DAY_SECONDS;

/** Deletes mails that were sent or given up long ago. */
export const OldMails = cleanUpJob({
  name: 'mails',
  schedule: '35 4 * * *',
  count: 'deleted',
  table: Mail,
  outdated: (clock) => ({ nextAttemptAt: IsNull(), createdAt: LessThan(clock.in(-KEPT_SECONDS)) }),
});
