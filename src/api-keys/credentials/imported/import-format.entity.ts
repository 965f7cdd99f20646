import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { LookupKind } from './imported-credential.js';

/** What the keys that a merchant brought along look like, and how they are looked up. Rows are only ever added. */
@Entity()
export class ImportFormat {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Index('import_format_merchant')
  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** By which digest of the whole key, or by its first characters. */
  @Column({ type: 'varchar', length: 12 })
  kind: LookupKind;

  /** What every key of the format begins with; empty for anything. */
  @Column({ type: 'varchar', length: 64 })
  prefix: string;

  /** How many characters every key of the format has; `null` for any number. */
  @Column({ type: 'int', nullable: true })
  length: number | null;

  /** How many of the key's first characters find it, where a digest can't. */
  @Column({ name: 'lookup_length', type: 'int', nullable: true })
  lookupLength: number | null;

  /** The pepper of an HMAC in base64, under AES-256-GCM. */
  @Column({ name: 'encrypted_pepper', type: 'varchar', length: 2000, nullable: true })
  encryptedPepper: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;
}
