import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type MerchantStatus = 'active' | 'blocked';

/** A tenant: a company, or a person of its own, that issues keys. "Client" on the clients surface. */
@Entity()
export class Merchant {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** Eight digits, unique: what the clients surface calls the merchant. */
  @Index('merchant_client_id', { unique: true })
  @Column({ name: 'client_id', type: 'varchar', length: 8 })
  clientId: string;

  /** The legal name. */
  @Column({ type: 'varchar', length: 200 })
  name: string;

  /** While `blocked`, none of its tokens and keys is accepted. */
  @Column({ type: 'varchar', length: 10 })
  status: MerchantStatus;

  /** What it said about itself when it signed up: trading name, registration number and the like. */
  @Column({ type: 'simple-json' })
  details: Partial<Record<string, string>>;

  /** Days without use after which it is told of a key. Here and below 0 is never, and `null` is what the server is configured to. */
  @Column({ name: 'idle_after_days', type: 'int', nullable: true })
  idleAfterDays: number | null;

  /** Days without use after which a key is disabled. */
  @Column({ name: 'idle_disable_after_days', type: 'int', nullable: true })
  idleDisableAfterDays: number | null;

  /** Days without use after which a key is deleted. */
  @Column({ name: 'idle_delete_after_days', type: 'int', nullable: true })
  idleDeleteAfterDays: number | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;
}
