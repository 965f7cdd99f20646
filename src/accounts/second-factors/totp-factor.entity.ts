import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An authenticator app that shows one-time passwords (RFC 6238). An account has at most one that is confirmed, and one that isn't yet. */
@Entity()
export class TotpFactor {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Index('totp_factor_account')
  @Column({ name: 'account_id', type: 'int' })
  accountId: number;

  /** The secret in base 32, encrypted. */
  @Column({ name: 'encrypted_secret', type: 'varchar', length: 200 })
  encryptedSecret: string;

  /** The latest time step whose code was accepted. Codes of this step and earlier ones are refused. */
  @Column({ name: 'last_step', type: 'int' })
  lastStep: number;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  /** When a first code proved that the app has the secret; `null` until then. */
  @Column({ name: 'confirmed_at', type: 'datetime', precision: 3, nullable: true })
  confirmedAt: Date | null;
}
