import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../../platform/database/bigint.js';

const COUNT = { ...BIGINT, default: 0 } as const;

/**
 * The number of a key's verifications on each day of a month, in an order in which a merchant's busiest keys are found: the sums over all outcomes
 * lie together, one row for each key. Refusals are counted a second time under their outcome; what remains of the sum is valid.
 */
@Entity('key_month')
@Index('key_month_month', ['month'])
export class KeyMonth {
  @PrimaryColumn({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The start of the month (UTC). */
  @PrimaryColumn({ type: 'datetime', precision: 3 })
  month: Date;

  /** Which refusals are counted; empty for all verifications. */
  @PrimaryColumn({ type: 'varchar', length: 20 })
  outcome: string;

  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  /** The external id that the key had; empty for a key without one. */
  @PrimaryColumn({ name: 'external_id', type: 'varchar', length: 255 })
  externalId: string;

  /** The application of the key; empty for a key without one. */
  @Column({ name: 'application_id', type: 'varchar', length: 36 })
  applicationId: string;

  /** The account that owns the key, if it is a personal one. */
  @Column({ name: 'personal_of', type: 'int', nullable: true })
  personalOf: number | null;

  /** The sum of the days. */
  @Column(COUNT) total: number;

  /** The verifications of each day of the month. */
  @Column(COUNT) d01: number;
  @Column(COUNT) d02: number;
  @Column(COUNT) d03: number;
  @Column(COUNT) d04: number;
  @Column(COUNT) d05: number;
  @Column(COUNT) d06: number;
  @Column(COUNT) d07: number;
  @Column(COUNT) d08: number;
  @Column(COUNT) d09: number;
  @Column(COUNT) d10: number;
  @Column(COUNT) d11: number;
  @Column(COUNT) d12: number;
  @Column(COUNT) d13: number;
  @Column(COUNT) d14: number;
  @Column(COUNT) d15: number;
  @Column(COUNT) d16: number;
  @Column(COUNT) d17: number;
  @Column(COUNT) d18: number;
  @Column(COUNT) d19: number;
  @Column(COUNT) d20: number;
  @Column(COUNT) d21: number;
  @Column(COUNT) d22: number;
  @Column(COUNT) d23: number;
  @Column(COUNT) d24: number;
  @Column(COUNT) d25: number;
  @Column(COUNT) d26: number;
  @Column(COUNT) d27: number;
  @Column(COUNT) d28: number;
  @Column(COUNT) d29: number;
  @Column(COUNT) d30: number;
  @Column(COUNT) d31: number;
}
