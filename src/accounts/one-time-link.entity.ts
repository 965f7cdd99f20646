import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The purpose of a link. */
export type LinkPurpose = 'merchant_signup' | 'member_signup' | 'account_signup' | 'email_change';

/** A link that was mailed or handed out, valid for one use. */
@Entity()
export class OneTimeLink {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** SHA-256 of the link's token, in hex; the token itself has 190 random bits and is not stored. */
  @Index('one_time_link_token', { unique: true })
  @Column({ name: 'token_hash', type: 'varchar', length: 64 })
  tokenHash: string;

  @Column({ type: 'varchar', length: 20 })
  purpose: LinkPurpose;

  /** The account that the link is for, if it exists already. */
  @Column({ name: 'account_id', type: 'int', nullable: true })
  accountId: number | null;

  /** The new address of an `email_change`. */
  @Column({ type: 'varchar', length: 254, nullable: true })
  email: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'datetime', precision: 3 })
  expiresAt: Date;

  @Column({ name: 'used_at', type: 'datetime', precision: 3, nullable: true })
  usedAt: Date | null;
}
