import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Environment } from '../applications/application.entity.js';

/** The surface that a key was created on. It decides who owns the key and what the credential looks like. */
export type KeySurface = 'clients' | 'merchants' | 'accounts';

export type QuotaPeriod = 'day' | 'month';

/** How an exposure was discovered: by a report, by GitHub, or by a request that sent the credential in its query or over plain HTTP. */
export type ExposureSource = 'report' | 'github' | 'query' | 'http';

/** An API key: a public id and a secret. Deletion destroys the secret and keeps the row as a tombstone. */
@Entity()
@Index('api_key_account', ['accountId', 'surface', 'responsibleAccountId'])
// The indices that lists scan: a merchant's undeleted keys with equal values in some columns, in the order of another column.
@Index('api_key_merchant', ['merchantId', 'deletedAt', 'surface', 'createdAt', 'id'])
@Index('api_key_application', ['merchantId', 'deletedAt', 'applicationId', 'createdAt', 'id'])
@Index('api_key_external_id', ['merchantId', 'deletedAt', 'externalId', 'createdAt', 'id'])
@Index('api_key_active', ['merchantId', 'deletedAt', 'isActive', 'createdAt', 'id'])
@Index('api_key_created', [
  'merchantId',
  'deletedAt',
  'createdAt',
  'id',
  'surface',
  'accountId',
  'responsibleAccountId',
])
@Index('api_key_name', ['merchantId', 'deletedAt', 'name', 'id'])
@Index('api_key_expiry', ['merchantId', 'deletedAt', 'expiresAt', 'id'])
@Index('api_key_last_use', ['merchantId', 'deletedAt', 'lastUsedAt', 'id'])
export class ApiKey {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** The id that verification looks the key up by. Unlike the secret, it may be shown. */
  @Index('api_key_public_id', { unique: true })
  @Column({ name: 'public_id', type: 'varchar', length: 36 })
  publicId: string;

  @Column({ type: 'varchar', length: 10 })
  surface: KeySurface;

  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The account that created the key. On the accounts surface it also owns the key and bounds the key's level. */
  @Column({ name: 'account_id', type: 'int' })
  accountId: number;

  /** The account that is responsible for the key since its creator left; `null` if the creator still is. */
  @Column({ name: 'responsible_account_id', type: 'int', nullable: true })
  responsibleAccountId: number | null;

  /** The application that the key belongs to (merchants surface). */
  @Column({ name: 'application_id', type: 'varchar', length: 36, nullable: true })
  applicationId: string | null;

  /** The service whose Service ID the key was created with (clients surface). */
  @Column({ name: 'service_id', type: 'varchar', length: 36, nullable: true })
  serviceId: string | null;

  @Column({ type: 'varchar', length: 4 })
  environment: Environment;

  /** The name or description that the creator gave the key. */
  @Column({ type: 'varchar', length: 100 })
  name: string;

  /** The level, 0 to 8, which bounds what the key may do. It never exceeds the level of the actor that granted it. */
  @Column({ type: 'int' })
  level: number;

  /** The scopes that the key is restricted to; `null` means no restriction. */
  @Column({ type: 'simple-json', nullable: true })
  scopes: string[] | null;

  /** When the key was last given a scope that it did not have; `null` without a restriction. */
  @Column({ name: 'scopes_granted_at', type: 'datetime', precision: 3, nullable: true })
  scopesGrantedAt: Date | null;

  /** Data of the merchant's own about the key. */
  @Column({ type: 'simple-json', nullable: true })
  metadata: object | null;

  /** Incremented by every update, so that an update can require the version that its author has read. */
  @Column({ type: 'int', default: 1 })
  version: number;

  /**
   * The HMAC-SHA-256 of the secret under a pepper, in hex. An imported key has its bcrypt or argon2 hash here until its first successful
   * verification. `null` once the key is deleted.
   */
  @Column({ name: 'secret_hash', type: 'varchar', length: 255, nullable: true })
  secretHash: string | null;

  /** The id of the pepper, or `bcrypt` or `argon2`. */
  @Column({ name: 'pepper_id', type: 'varchar', length: 8, nullable: true })
  pepperId: string | null;

  /** The public id before the latest rotation. This column and the next six are `null` if the key has one credential. */
  @Index('api_key_previous_public_id', { unique: true })
  @Column({ name: 'previous_public_id', type: 'varchar', length: 36, nullable: true })
  previousPublicId: string | null;

  /** The hash of the secret that the rotation replaced, as in `secretHash`. */
  @Column({ name: 'previous_secret_hash', type: 'varchar', length: 255, nullable: true })
  previousSecretHash: string | null;

  @Column({ name: 'previous_pepper_id', type: 'varchar', length: 8, nullable: true })
  previousPepperId: string | null;

  /** When the previous credential expires, unless something ends it earlier. */
  @Column({ name: 'previous_valid_until', type: 'datetime', precision: 3, nullable: true })
  previousValidUntil: Date | null;

  /** The time of the latest successful verification of the previous credential. */
  @Column({ name: 'previous_last_used_at', type: 'datetime', precision: 3, nullable: true })
  previousLastUsedAt: Date | null;

  /** Whether the first successful verification of the new credential ends the previous one. */
  @Column({ name: 'previous_ends_on_first_use', type: 'boolean', nullable: true })
  previousEndsOnFirstUse: boolean | null;

  /** For how many seconds the previous credential must be unused to end before its time; `null` if that does not end it. */
  @Column({ name: 'previous_quiet_seconds', type: 'int', nullable: true })
  previousQuietSeconds: number | null;

  /** When a rotation issued the current credential; `null` if the key still has its first one, which is as old as the key. */
  @Column({ name: 'secret_issued_at', type: 'datetime', precision: 3, nullable: true })
  secretIssuedAt: Date | null;

  /** Whether the key may rotate itself (merchants surface). */
  @Column({ name: 'self_rotate', type: 'boolean', default: false })
  selfRotate: boolean;

  /** The secret, encrypted with AES-256-GCM. Only keys of the clients surface have it, because that surface lists secrets. */
  @Column({ name: 'encrypted_secret', type: 'varchar', length: 255, nullable: true })
  encryptedSecret: string | null;

  /** The first characters of an imported credential, as far as they are known; `null` for a credential that was issued here. */
  @Column({ name: 'imported_prefix', type: 'varchar', length: 12, nullable: true })
  importedPrefix: string | null;

  /** The merchant's own id for what the key stands for, such as a customer. Several keys may have the same. */
  @Column({ name: 'external_id', type: 'varchar', length: 255, nullable: true })
  externalId: string | null;

  /**
   * The credential's last four characters, which help people to tell keys apart. They are part of the checksum, not of the secret's random
   * characters. `null` if they are not known.
   */
  @Column({ name: 'last_four', type: 'varchar', length: 4, nullable: true })
  lastFour: string | null;

  /** The number of requests per window; `null` means no limit. */
  @Column({ name: 'rate_limit', type: 'int', nullable: true })
  rateLimit: number | null;

  @Column({ name: 'rate_window_seconds', type: 'int', nullable: true })
  rateWindowSeconds: number | null;

  /** The rate limits after the first, all of which must admit a request; `null` if there are none. */
  @Column({ name: 'further_rate_limits', type: 'simple-json', nullable: true })
  furtherRateLimits: { limit: number; windowSeconds: number }[] | null;

  /** The number of requests per calendar day or month (UTC); `null` means no limit. */
  @Column({ name: 'quota_limit', type: 'int', nullable: true })
  quotaLimit: number | null;

  @Column({ name: 'quota_period', type: 'varchar', length: 5, nullable: true })
  quotaPeriod: QuotaPeriod | null;

  /** When the use of the quota last started anew within a period; `null` means never. */
  @Column({ name: 'quota_reset_at', type: 'datetime', precision: 3, nullable: true })
  quotaResetAt: Date | null;

  /** The addresses and networks (CIDR) that the key may be used from; `null` means any. */
  @Column({ name: 'allowed_ips', type: 'simple-json', nullable: true })
  allowedIps: string[] | null;

  /** When the current credential was first found exposed; `null` means never. */
  @Column({ name: 'exposed_at', type: 'datetime', precision: 3, nullable: true })
  exposedAt: Date | null;

  /** How the exposure was discovered. */
  @Column({ name: 'exposed_source', type: 'varchar', length: 10, nullable: true })
  exposedSource: ExposureSource | null;

  @Column({ name: 'is_active', type: 'boolean' })
  isActive: boolean;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;

  @Column({ name: 'expires_at', type: 'datetime', precision: 3, nullable: true })
  expiresAt: Date | null;

  /** The time of the latest successful verification of either credential; written every few seconds. */
  @Column({ name: 'last_used_at', type: 'datetime', precision: 3, nullable: true })
  lastUsedAt: Date | null;

  @Column({ name: 'deleted_at', type: 'datetime', precision: 3, nullable: true })
  deletedAt: Date | null;
}

/** The limits of a key besides its level and scopes. */
export type KeyLimits = Pick<
  ApiKey,
  'rateLimit' | 'rateWindowSeconds' | 'furtherRateLimits' | 'quotaLimit' | 'quotaPeriod' | 'allowedIps'
>;
