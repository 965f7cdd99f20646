import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../../../platform/database/bigint.js';

/**
 * What an instance has borrowed of a quota. The instance may use the difference between `granted` and `reported` without asking, so that part
 * counts as used when the instance dies.
 */
@Entity()
export class QuotaLoan {
  /** The subject of the quota: the id of a key, or that of limits that keys share. */
  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  /** The first day of the period (UTC), or the time in it at which the quota was reset. */
  @PrimaryColumn({ name: 'period_start', type: 'datetime', precision: 3 })
  periodStart: Date;

  /** The id of the instance's lease. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  instance: string;

  /** Everything that was lent to the instance in the period. It only falls when the instance gives back what it hasn't used. */
  @Column(BIGINT)
  granted: number;

  /** The part of `granted` that the instance has reported as used, which is part of the quota's `used`. */
  @Column(BIGINT)
  reported: number;
}
