import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The purpose of a challenge: to complete a login, or to register a passkey. */
export type ChallengePurpose = 'login' | 'registration';

/** A challenge that its account has to meet in a few minutes. */
@Entity()
export class FactorChallenge {
  /** SHA-256 of the challenge, in hex; the challenge itself has 256 random bits and is not stored. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  @Index('factor_challenge_account')
  @Column({ name: 'account_id', type: 'int' })
  accountId: number;

  @Column({ type: 'varchar', length: 20 })
  purpose: ChallengePurpose;

  /** SHA-256 of the password hash that the account had, in hex: another password voids the challenge. */
  @Column({ name: 'password_digest', type: 'varchar', length: 64 })
  passwordDigest: string;

  /** The number of answers that were wrong. */
  @Column({ type: 'int' })
  failures: number;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Index('factor_challenge_expiry')
  @Column({ name: 'expires_at', type: 'datetime', precision: 3 })
  expiresAt: Date;
}
