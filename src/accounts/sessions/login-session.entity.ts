import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A login of an account. Its login token names it, and is valid until the session ends or expires. */
@Entity()
export class LoginSession {
  /** The `sid` claim of the login token. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Index('login_session_account')
  @Column({ name: 'account_id', type: 'int' })
  accountId: number;

  /** The address of the client that logged in, and later of the one that was last seen. */
  @Column({ type: 'varchar', length: 45, nullable: true })
  address: string | null;

  /** The `User-Agent` of the client that logged in. */
  @Column({ name: 'user_agent', type: 'varchar', length: 200, nullable: true })
  userAgent: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'last_seen_at', type: 'datetime', precision: 3 })
  lastSeenAt: Date;

  @Index('login_session_expiry')
  @Column({ name: 'expires_at', type: 'datetime', precision: 3 })
  expiresAt: Date;

  /** The time from which its token is refused. The row stays until the token would have expired. */
  @Column({ name: 'ended_at', type: 'datetime', precision: 3, nullable: true })
  endedAt: Date | null;
}
