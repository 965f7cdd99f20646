import type { JWK } from 'jose';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A pair of keys (ES256) that signs access tokens. Each signs until the next one begins to. */
@Entity()
export class SigningKey {
  /** Its thumbprint (RFC 7638), the tokens' `kid`. */
  @PrimaryColumn({ type: 'varchar', length: 43 })
  id: string;

  /** One more than the one before: of several instances that make the next key at once, one succeeds. */
  @Index('signing_key_number', { unique: true })
  @Column({ type: 'int' })
  number: number;

  /** What anybody may check tokens with. */
  @Column({ name: 'public_jwk', type: 'simple-json' })
  publicJwk: JWK;

  /** What signs, under AES-256-GCM. */
  @Column({ name: 'encrypted_private_jwk', type: 'varchar', length: 500 })
  encryptedPrivateJwk: string;

  /** The longest life of a token that it may have signed. */
  @Column({ name: 'token_ttl_seconds', type: 'int' })
  tokenTtlSeconds: number;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  /** Until then it is only published, so that whoever keeps a copy of the key set has it in time. */
  @Column({ name: 'signs_from', type: 'datetime', precision: 3 })
  signsFrom: Date;
}
