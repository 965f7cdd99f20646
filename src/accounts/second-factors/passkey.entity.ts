import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../../platform/database/bigint.js';

/** A public key of an authenticator (WebAuthn), such as a phone or a security key. */
@Entity()
export class Passkey {
  /** SHA-256 of the credential id, in hex: no two accounts have the same passkey. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  @Index('passkey_account')
  @Column({ name: 'account_id', type: 'int' })
  accountId: number;

  /** The name that its owner gave it. */
  @Column({ type: 'varchar', length: 100 })
  name: string;

  /** The id by which the authenticator knows it, in base64url. */
  @Column({ name: 'credential_id', type: 'varchar', length: 1400 })
  credentialId: string;

  /** The public key as COSE writes it, in base64url. */
  @Column({ name: 'public_key', type: 'text' })
  publicKey: string;

  /** The number of signatures that the authenticator has counted; 0 from one that does not count. */
  @Column({ ...BIGINT, name: 'signature_count' })
  signatureCount: number;

  /** How the browser reaches the authenticator. */
  @Column({ type: 'simple-json' })
  transports: string[];

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  /** The latest login with it. */
  @Column({ name: 'last_used_at', type: 'datetime', precision: 3, nullable: true })
  lastUsedAt: Date | null;
}
