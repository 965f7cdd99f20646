import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { LookupKind } from './imported-credential.js';

/** A format of keys that a merchant imported: what they look like, and how they are looked up.  */
@Entity()
export class ImportFormat {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Index('import_format_merchant')
  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** How a key is looked up: by a digest of the whole key, or by its first characters. */
  @Column({ type: 'varchar', length: 12 })
  kind: LookupKind;

  /** The characters that every key begins with; empty if keys begin differently. */
  @Column({ type: 'varchar', length: 64 })
  prefix: string;

  /** The length of every key, in characters; `null` if lengths vary. */
  @Column({ type: 'int', nullable: true })
  length: number | null;

  /** How many of its first characters a key is looked up by; `null` if it is looked up by a digest. */
  @Column({ name: 'lookup_length', type: 'int', nullable: true })
  lookupLength: number | null;

  /** The pepper of the HMAC, in base64 and encrypted with AES-256-GCM. */
  @Column({ name: 'encrypted_pepper', type: 'varchar', length: 2000, nullable: true })
  encryptedPepper: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;
}
