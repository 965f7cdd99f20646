import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The environment of an application, which shows in the prefix of its keys: `ks_live_…` or `ks_test_…`. */
export type Environment = 'live' | 'test';

/** A merchant's application. It has keys of its own. */
@Entity()
@Index('application_name', ['merchantId', 'name'], { unique: true })
export class Application {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** Unique within the merchant. */
  @Column({ type: 'varchar', length: 100 })
  name: string;

  @Column({ type: 'varchar', length: 250, nullable: true })
  description: string | null;

  /** Whether the application's keys are accepted. */
  @Column({ name: 'is_enabled', type: 'boolean' })
  isEnabled: boolean;

  /** Shows in the prefix of the application's keys: `ks_live_…` or `ks_test_…`. */
  @Column({ type: 'varchar', length: 4 })
  environment: Environment;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;
}
