import { LessThan } from 'typeorm';
import { cleanUpJob } from '../platform/jobs/clean-up-job.js';
import { DAY_SECONDS } from '../platform/runtime/clock.js';
import { Service } from './service.entity.js';

/** How long services are kept after their expiry, because the clocks of instances may differ. */
const KEPT_SECONDS = DAY_SECONDS;

/** Deletes services whose Service IDs have expired. */
export const ExpiredServices = cleanUpJob({
  name: 'expired_services',
  schedule: '25 * * * *',
  count: 'deleted',
  table: Service,
  outdated: (clock) => ({ expiresAt: LessThan(clock.in(-KEPT_SECONDS)) }),
});
