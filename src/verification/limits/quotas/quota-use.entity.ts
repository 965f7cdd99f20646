import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../../../platform/database/bigint.js';

/** What has been used of a quota in one period, as far as the instances have reported it. */
@Entity()
export class QuotaUse {
  /** The subject of the quota: the id of a key, or that of limits that keys share. */
  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  /** The first day of the period (UTC), or the time in it at which the quota was reset. */
  @PrimaryColumn({ name: 'period_start', type: 'datetime', precision: 3 })
  periodStart: Date;

  /** What was used. What instances have borrowed and may have used without reporting it is in {@link QuotaLoan}. */
  @Column(BIGINT)
  used: number;

  /**
   * The number of exchanges about this quota. Each adds one and so locks the row, or, on a Galera cluster, conflicts with every other exchange
   * about it.
   */
  @Column({ ...BIGINT, default: 0 })
  exchanges: number;
}
