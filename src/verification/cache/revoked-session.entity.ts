import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A session that ended before its time. It is read together with its key, and deleted once its token would have ended by itself. */
@Entity()
export class RevokedSession {
  /** The token's own id (`jti`). */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** The key that opened it. */
  @Index('revoked_session_key')
  @Column({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  /** When its token ends by itself. */
  @Index('revoked_session_end')
  @Column({ name: 'expires_at', type: 'datetime', precision: 3 })
  expiresAt: Date;
}
