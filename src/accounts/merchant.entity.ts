import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type MerchantStatus = 'active' | 'blocked' | 'deleting';

/** A tenant: a company, or a person, that issues keys. The clients surface calls it a client. */
@Entity()
export class Merchant {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** The id on the clients surface: eight digits, unique. */
  @Index('merchant_client_id', { unique: true })
  @Column({ name: 'client_id', type: 'varchar', length: 8 })
  clientId: string;

  /** The legal name. */
  @Column({ type: 'varchar', length: 200 })
  name: string;

  /** While `blocked` or `deleting`, none of its tokens and keys is accepted; a merchant that is being deleted stays so until it is gone. */
  @Column({ type: 'varchar', length: 10 })
  status: MerchantStatus;

  /** Details that the merchant gave when it signed up, such as its trading name and registration number. */
  @Column({ type: 'simple-json' })
  details: Partial<Record<string, string>>;

  /** The scopes that the merchant was given, beyond which none of its keys goes; `null` for every scope. */
  @Column({ type: 'simple-json', nullable: true })
  scopes: string[] | null;

  /** Days without use after which the merchant is notified of an idle key. Here and below, 0 is never, and `null` is the server's default. */
  @Column({ name: 'idle_after_days', type: 'int', nullable: true })
  idleAfterDays: number | null;

  /** Days without use after which an idle key is disabled. */
  @Column({ name: 'idle_disable_after_days', type: 'int', nullable: true })
  idleDisableAfterDays: number | null;

  /** Days without use after which an idle key is deleted. */
  @Column({ name: 'idle_delete_after_days', type: 'int', nullable: true })
  idleDeleteAfterDays: number | null;

  /** The longest life of a key's credential, in seconds; `null` is the operator's alone. */
  @Column({ name: 'key_max_life_seconds', type: 'int', nullable: true })
  keyMaxLifeSeconds: number | null;

  /** The life of a new key whose creator sets none, in seconds; `null` is the operator's. */
  @Column({ name: 'key_default_life_seconds', type: 'int', nullable: true })
  keyDefaultLifeSeconds: number | null;

  /** Whether every key must expire. */
  @Column({ name: 'key_expiry_required', type: 'boolean', default: false })
  keyExpiryRequired: boolean;

  /** Since when it demands a second factor of its members; `null` if it doesn't. */
  @Column({ name: 'second_factor_demanded_at', type: 'datetime', precision: 3, nullable: true })
  secondFactorDemandedAt: Date | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;
}
