import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The contract a key was made under, which decides who owns it and how it looks. */
export type KeySurface = 'clients' | 'merchants' | 'accounts';

export type Environment = 'live' | 'test';

export type QuotaPeriod = 'day' | 'month';

/** How it became known that a credential is where others can read it: reported by anybody or by GitHub, or seen in a request here. */
export type ExposureSource = 'report' | 'github' | 'query' | 'http';

/** A credential: a public id and a secret. Deleting it destroys the secret and leaves the row as a tombstone. */
@Entity()
@Index('api_key_account', ['accountId', 'surface', 'responsibleAccountId'])
// What lists run along: a merchant's live keys, those alike in one column, in the order of another.
@Index('api_key_merchant', ['merchantId', 'deletedAt', 'surface', 'createdAt', 'id'])
@Index('api_key_application', ['merchantId', 'deletedAt', 'applicationId', 'createdAt', 'id'])
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

  /** What a verification looks the key up by; unlike the secret it may be shown. */
  @Index('api_key_public_id', { unique: true })
  @Column({ name: 'public_id', type: 'varchar', length: 36 })
  publicId: string;

  @Column({ type: 'varchar', length: 10 })
  surface: KeySurface;

  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The account that made it; on the accounts surface also the owner, whose rights bound the key's. */
  @Column({ name: 'account_id', type: 'int' })
  accountId: number;

  /** The account that answers for it since its maker left; `null` is the maker. */
  @Column({ name: 'responsible_account_id', type: 'int', nullable: true })
  responsibleAccountId: number | null;

  /** The application it is for (merchants surface). */
  @Column({ name: 'application_id', type: 'varchar', length: 36, nullable: true })
  applicationId: string | null;

  /** The service it was made under (clients surface). */
  @Column({ name: 'service_id', type: 'varchar', length: 36, nullable: true })
  serviceId: string | null;

  @Column({ type: 'varchar', length: 4 })
  environment: Environment;

  /** Its name or description, in its maker's words. */
  @Column({ type: 'varchar', length: 100 })
  name: string;

  /** What it may do, 0 to 8; never more than its maker could. */
  @Column({ type: 'int' })
  level: number;

  /** What its level is narrowed to; `null` is no limit. */
  @Column({ type: 'simple-json', nullable: true })
  scopes: string[] | null;

  /** Whatever its maker wants to remember with it. */
  @Column({ type: 'simple-json', nullable: true })
  metadata: object | null;

  /** Raised by one whenever somebody changes it, so that a change can be bound to what its author has read. */
  @Column({ type: 'int', default: 1 })
  version: number;

  /**
   * HMAC-SHA-256 of the secret under a pepper, in hex; of an imported key until its first good use the bcrypt or argon2 hash it came
   * with. `null` once deleted.
   */
  @Column({ name: 'secret_hash', type: 'varchar', length: 255, nullable: true })
  secretHash: string | null;

  /** Which pepper, or `bcrypt` or `argon2`. */
  @Column({ name: 'pepper_id', type: 'varchar', length: 8, nullable: true })
  pepperId: string | null;

  /** What the key was looked up by before it was rotated; this and the following are `null` for a key with one credential. */
  @Index('api_key_previous_public_id', { unique: true })
  @Column({ name: 'previous_public_id', type: 'varchar', length: 36, nullable: true })
  previousPublicId: string | null;

  /** As `secretHash`, of the secret that the rotation replaced. */
  @Column({ name: 'previous_secret_hash', type: 'varchar', length: 255, nullable: true })
  previousSecretHash: string | null;

  @Column({ name: 'previous_pepper_id', type: 'varchar', length: 8, nullable: true })
  previousPepperId: string | null;

  /** The latest moment at which the previous credential is refused, if nothing ends it before. */
  @Column({ name: 'previous_valid_until', type: 'datetime', precision: 3, nullable: true })
  previousValidUntil: Date | null;

  /** The latest good verification of the previous credential. */
  @Column({ name: 'previous_last_used_at', type: 'datetime', precision: 3, nullable: true })
  previousLastUsedAt: Date | null;

  /** Whether the first good verification of the new credential ends the previous one. */
  @Column({ name: 'previous_ends_on_first_use', type: 'boolean', nullable: true })
  previousEndsOnFirstUse: boolean | null;

  /** The secret under AES-256-GCM, only on the clients surface, which lists it; `null` once deleted. */
  @Column({ name: 'encrypted_secret', type: 'varchar', length: 255, nullable: true })
  encryptedSecret: string | null;

  /** What an imported key begins with, as far as that is known; `null` for a key that was made here. */
  @Column({ name: 'imported_prefix', type: 'varchar', length: 12, nullable: true })
  importedPrefix: string | null;

  /** What the former system called an imported key; `null` where nobody said so. */
  @Column({ name: 'external_id', type: 'varchar', length: 100, nullable: true })
  externalId: string | null;

  /**
   * The credential's last four characters, by which people tell keys apart. They belong to the checksum, which anybody could compute
   * from the rest, and leave the secret's random bits out of reach. `null` for keys from before they were kept.
   */
  @Column({ name: 'last_four', type: 'varchar', length: 4, nullable: true })
  lastFour: string | null;

  /** Requests in a window; `null` is no limit. */
  @Column({ name: 'rate_limit', type: 'int', nullable: true })
  rateLimit: number | null;

  @Column({ name: 'rate_window_seconds', type: 'int', nullable: true })
  rateWindowSeconds: number | null;

  /** Requests in a calendar day or month (UTC); `null` is no limit. */
  @Column({ name: 'quota_limit', type: 'int', nullable: true })
  quotaLimit: number | null;

  @Column({ name: 'quota_period', type: 'varchar', length: 5, nullable: true })
  quotaPeriod: QuotaPeriod | null;

  /** Addresses and networks (CIDR) that it may be used from; `null` is anywhere. */
  @Column({ name: 'allowed_ips', type: 'simple-json', nullable: true })
  allowedIps: string[] | null;

  /** When somebody found its credential where anybody can read it, first since it was made or rotated; `null` is never. */
  @Column({ name: 'exposed_at', type: 'datetime', precision: 3, nullable: true })
  exposedAt: Date | null;

  /** How that became known. */
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

  /** The latest good verification, by whichever credential; written every few seconds. */
  @Column({ name: 'last_used_at', type: 'datetime', precision: 3, nullable: true })
  lastUsedAt: Date | null;

  @Column({ name: 'deleted_at', type: 'datetime', precision: 3, nullable: true })
  deletedAt: Date | null;
}

/** What a key is limited to besides its level and its scopes. */
export type KeyLimits = Pick<ApiKey, 'rateLimit' | 'rateWindowSeconds' | 'quotaLimit' | 'quotaPeriod' | 'allowedIps'>;
