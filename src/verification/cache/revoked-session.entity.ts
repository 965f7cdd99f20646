import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A session that was revoked before it expired. It is read together with its key, and deleted after its token has expired. */
@Entity()
export class RevokedSession {
  /** The id of the session's token (`jti`). */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** The key that opened the session. */
  @Index('revoked_session_key')
  @Column({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  /** When the session's token expires. */
  @Index('revoked_session_end')
  @Column({ name: 'expires_at', type: 'datetime', precision: 3 })
  expiresAt: Date;
}
