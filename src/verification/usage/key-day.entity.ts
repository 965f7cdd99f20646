import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../../platform/database/bigint.js';

/** The number of a key's verifications on one day with one outcome, in an order in which a merchant's busiest keys are found. */
@Entity('key_day')
@Index('key_day_day', ['day'])
export class KeyDay {
  @PrimaryColumn({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The start of the day (UTC). */
  @PrimaryColumn({ type: 'datetime', precision: 3 })
  day: Date;

  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  @PrimaryColumn({ type: 'varchar', length: 20 })
  outcome: string;

  /** The application of the key; empty for a key without one. */
  @Column({ name: 'application_id', type: 'varchar', length: 36 })
  applicationId: string;

  /** The external id of the key; empty for a key without one. */
  @Column({ name: 'external_id', type: 'varchar', length: 255 })
  externalId: string;

  /** The account that owns the key, if it is a personal one. */
  @Column({ name: 'personal_of', type: 'int', nullable: true })
  personalOf: number | null;

  @Column(BIGINT)
  count: number;
}
