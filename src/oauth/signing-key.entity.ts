import type { JWK } from 'jose';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A key pair (ES256) that signs access tokens. Each key signs until the next one takes over. */
@Entity()
export class SigningKey {
  /** The key's thumbprint (RFC 7638), which is the `kid` of its tokens. */
  @PrimaryColumn({ type: 'varchar', length: 43 })
  id: string;

  /** The number of the previous key plus one. When several instances create the next key at the same time, only one of them succeeds. */
  @Index('signing_key_number', { unique: true })
  @Column({ type: 'int' })
  number: number;

  /** The public key, with which anyone can check tokens. */
  @Column({ name: 'public_jwk', type: 'simple-json' })
  publicJwk: JWK;

  /** The private key, encrypted by AES-256-GCM. */
  @Column({ name: 'encrypted_private_jwk', type: 'varchar', length: 500 })
  encryptedPrivateJwk: string;

  /** The longest lifetime of the tokens that the key may have signed. */
  @Column({ name: 'token_ttl_seconds', type: 'int' })
  tokenTtlSeconds: number;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  /** When the key starts to sign. It is published earlier, so that every copy of the key set holds it by then. */
  @Column({ name: 'signs_from', type: 'datetime', precision: 3 })
  signsFrom: Date;
}
