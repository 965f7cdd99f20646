import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../../platform/database/bigint.js';

/**
 * The number of verifications of a merchant's keys in one hour, by application and outcome. What it counts of keys with an external id is
 * counted a second time under that id, so that both are read along the primary key.
 */
@Entity()
@Index('merchant_usage_hour', ['hour'])
export class MerchantUsage {
  @PrimaryColumn({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The external id of the keys; empty for the sum over all keys. */
  @PrimaryColumn({ name: 'external_id', type: 'varchar', length: 255 })
  externalId: string;

  /** The start of the hour (UTC). */
  @PrimaryColumn({ type: 'datetime', precision: 3 })
  hour: Date;

  /** The application of the keys; empty for keys without one. */
  @PrimaryColumn({ name: 'application_id', type: 'varchar', length: 36 })
  applicationId: string;

  @PrimaryColumn({ type: 'varchar', length: 20 })
  outcome: string;

  @Column(BIGINT)
  count: number;
}
