import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../../platform/database/bigint.js';

const COUNT = { ...BIGINT, default: 0 } as const;

/**
 * The number of verifications of a merchant's keys in each hour of a day, by application and outcome. What it counts of keys with an external id is
 * counted a second time under that id, so that both are read along the primary key.
 */
@Entity('merchant_day')
@Index('merchant_day_day', ['day'])
export class MerchantDay {
  @PrimaryColumn({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The external id of the keys; empty for the sum over all keys. */
  @PrimaryColumn({ name: 'external_id', type: 'varchar', length: 255 })
  externalId: string;

  /** The start of the day (UTC). */
  @PrimaryColumn({ type: 'datetime', precision: 3 })
  day: Date;

  /** The application of the keys; empty for keys without one. */
  @PrimaryColumn({ name: 'application_id', type: 'varchar', length: 36 })
  applicationId: string;

  @PrimaryColumn({ type: 'varchar', length: 20 })
  outcome: string;

  /** The sum of the hours. */
  @Column(COUNT) total: number;

  /** The verifications of each hour of the day (UTC). */
  @Column(COUNT) h00: number;
  @Column(COUNT) h01: number;
  @Column(COUNT) h02: number;
  @Column(COUNT) h03: number;
  @Column(COUNT) h04: number;
  @Column(COUNT) h05: number;
  @Column(COUNT) h06: number;
  @Column(COUNT) h07: number;
  @Column(COUNT) h08: number;
  @Column(COUNT) h09: number;
  @Column(COUNT) h10: number;
  @Column(COUNT) h11: number;
  @Column(COUNT) h12: number;
  @Column(COUNT) h13: number;
  @Column(COUNT) h14: number;
  @Column(COUNT) h15: number;
  @Column(COUNT) h16: number;
  @Column(COUNT) h17: number;
  @Column(COUNT) h18: number;
  @Column(COUNT) h19: number;
  @Column(COUNT) h20: number;
  @Column(COUNT) h21: number;
  @Column(COUNT) h22: number;
  @Column(COUNT) h23: number;
}
