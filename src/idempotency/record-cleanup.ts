import { LessThanOrEqual } from 'typeorm';
import { cleanUpJob } from '../platform/jobs/clean-up-job.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';

/** Deletes records that have expired. */
export const RecordCleanup = cleanUpJob({
  name: 'idempotency_records',
  schedule: '5 * * * *',
  count: 'deleted',
  table: IdempotencyRecord,
  outdated: (clock) => ({ expiresAt: LessThanOrEqual(clock.now()) }),
});
