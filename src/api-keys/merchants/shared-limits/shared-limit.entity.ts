import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { deriveUuid } from '../../../platform/runtime/derived-uuid.js';
import type { QuotaPeriod } from '../../api-key.entity.js';
import type { RateWindow } from '../../rate-limits.js';

/** The limits that all keys of a merchant with the same external id share. */
@Entity()
@Index('shared_limit_external_id', ['merchantId', 'externalId'], { unique: true })
export class SharedLimit {
  /** Derived from the merchant and the external id, so that keys and instances know it whether or not there are limits. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  @Column({ name: 'external_id', type: 'varchar', length: 255 })
  externalId: string;

  /** The rate limits, all of which must admit a request; `null` means none. */
  @Column({ name: 'rate_limits', type: 'simple-json', nullable: true })
  rateLimits: RateWindow[] | null;

  /** The number of requests per calendar day or month (UTC); `null` means no quota. */
  @Column({ name: 'quota_limit', type: 'int', nullable: true })
  quotaLimit: number | null;

  @Column({ name: 'quota_period', type: 'varchar', length: 5, nullable: true })
  quotaPeriod: QuotaPeriod | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;
}

/** The id of the limits that a merchant's keys with an external id share. */
export const sharedLimitId = (merchantId: string, externalId: string): string =>
  deriveUuid(`shared limit ${merchantId} ${externalId}`);
