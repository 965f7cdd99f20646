import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The purpose of a link. */
export type LinkPurpose = 'merchant_signup' | 'member_signup' | 'account_signup' | 'email_change' | 'recovery';

/** A link that was mailed or handed out, valid for one use. */
@Entity()
export class OneTimeLink {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** SHA-256 of the link's token, in hex; the token itself has 190 random bits and is not stored. */
  @Index('one_time_link_token', { unique: true })
  @Column({ name: 'token_hash', type: 'varchar', length: 64 })
  tokenHash: string;

  /** SHA-256 of a second token, which only the mail holds: whoever has it has read the mail. `null` if there is no mail, or only a mail. */
  @Index('one_time_link_mailed_token', { unique: true })
  @Column({ name: 'mailed_token_hash', type: 'varchar', length: 64, nullable: true })
  mailedTokenHash: string | null;

  @Column({ type: 'varchar', length: 20 })
  purpose: LinkPurpose;

  /** The account that the link is for, if it exists already. */
  @Index('one_time_link_account')
  @Column({ name: 'account_id', type: 'int', nullable: true })
  accountId: number | null;

  /** The address that the link is for: the one that an `email_change` proves, of a signup, or of the invited merchant. */
  @Index('one_time_link_email')
  @Column({ type: 'varchar', length: 254, nullable: true })
  email: string | null;

  /** The language of the person who signs up. */
  @Column({ type: 'varchar', length: 2, nullable: true })
  language: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'datetime', precision: 3 })
  expiresAt: Date;

  @Column({ name: 'used_at', type: 'datetime', precision: 3, nullable: true })
  usedAt: Date | null;
}
