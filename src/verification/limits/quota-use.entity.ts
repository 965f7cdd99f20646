import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a key has used of its quota in one period. */
@Entity()
export class QuotaUse {
  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  /** The first day of the period (UTC). */
  @PrimaryColumn({ name: 'period_start', type: 'datetime', precision: 3 })
  periodStart: Date;

  @Column({ type: 'bigint', transformer: { from: Number, to: (value: number) => value } })
  used: number;
}
