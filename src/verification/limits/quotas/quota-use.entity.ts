import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../../../platform/database/bigint.js';

/** What a key has used of its quota in one period, as far as the instances have reported it. */
@Entity()
export class QuotaUse {
  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  /** The first day of the period (UTC). */
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
