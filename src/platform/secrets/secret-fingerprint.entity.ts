import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The settings that hold secrets. */
export type SecretSetting = 'JWT_SECRET' | 'KEY_PEPPERS' | 'ENCRYPTION_KEYS';

/**
 * The fingerprint of a secret that the servers of this database have started with. It recognises the secret and does not help to guess it: an
 * HMAC under a secret of at least 32 characters, over a salt of the row's own, and truncated.
 */
@Entity()
export class SecretFingerprint {
  @PrimaryColumn({ type: 'varchar', length: 20 })
  setting: SecretSetting;

  /** The place in the order in which the secrets of the setting came into use, from 1. */
  @PrimaryColumn({ type: 'int' })
  ordinal: number;

  @Column({ type: 'varchar', length: 32 })
  salt: string;

  @Column({ type: 'varchar', length: 16 })
  fingerprint: string;

  /** The id by which rows of other tables name the secret that they need; `null` if no row does. */
  @Column({ name: 'secret_id', type: 'varchar', length: 8, nullable: true })
  secretId: string | null;
}
