import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { QuotaPeriod } from '../api-keys/api-key.entity.js';
import type { RateWindow } from '../api-keys/rate-limits.js';

/** What a session may allow. */
export const PORTAL_ACTIONS = ['list', 'create', 'rotate', 'revoke'] as const;

export type PortalAction = (typeof PORTAL_ACTIONS)[number];

/** What bounds the keys that are created in a session. */
export interface PortalLimits {
  /** How many keys the external id may have, with those that it has already. */
  keys: number;
  /** The rate limits of each new key; `null` means none. */
  rateLimits: RateWindow[] | null;
  /** The quota of each new key; `null` means none. */
  quota: { limit: number; period: QuotaPeriod } | null;
}

/** A session in which an end user of a merchant manages the keys of one external id. */
@Entity()
export class PortalSession {
  /** The `sid` claim of the session's token. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Index('portal_session_merchant')
  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The application that new keys belong to, and whose keys the session is about; `null` for keys of the merchant itself, and all there are. */
  @Column({ name: 'application_id', type: 'varchar', length: 36, nullable: true })
  applicationId: string | null;

  @Column({ name: 'external_id', type: 'varchar', length: 255 })
  externalId: string;

  @Column({ type: 'simple-json' })
  allow: PortalAction[];

  /** The scopes of new keys, which keys must not exceed to be rotated or revoked; `null` means no restriction. */
  @Column({ type: 'simple-json', nullable: true })
  scopes: string[] | null;

  @Column({ type: 'simple-json' })
  limits: PortalLimits;

  /** SHA-256 of the code in the session's link, in hex; `null` once the link has been used. The code has 192 random bits and is not stored. */
  @Index('portal_session_link', { unique: true })
  @Column({ name: 'link_hash', type: 'varchar', length: 64, nullable: true })
  linkHash: string | null;

  /** The account that opened the session, or for which the key acts that did. */
  @Column({ name: 'account_id', type: 'int' })
  accountId: number;

  /** The key that opened the session; `null` if a login did. */
  @Column({ name: 'key_id', type: 'varchar', length: 36, nullable: true })
  keyId: string | null;

  /** The login session that opened this one; `null` if a key did. */
  @Column({ name: 'login_session_id', type: 'varchar', length: 36, nullable: true })
  loginSessionId: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Index('portal_session_expiry')
  @Column({ name: 'expires_at', type: 'datetime', precision: 3 })
  expiresAt: Date;

  /** The time from which its token is refused. */
  @Column({ name: 'ended_at', type: 'datetime', precision: 3, nullable: true })
  endedAt: Date | null;
}
