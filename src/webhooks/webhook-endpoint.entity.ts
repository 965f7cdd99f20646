import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Why the server has stopped sending: a day of failures, or the receiver says that it is gone (410). */
export type PauseReason = 'failing' | 'gone';

/** Characters of a URL as it is called. */
export const URL_LENGTH = 2000;

/** Where a merchant, or one of its applications, wants to be told of what happens. */
@Entity()
@Index('webhook_endpoint_merchant', ['merchantId', 'createdAt'])
export class WebhookEndpoint {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** Whose events alone are told; `null` is the whole merchant. */
  @Column({ name: 'application_id', type: 'varchar', length: 36, nullable: true })
  applicationId: string | null;

  /** Who made it, and is told when it is paused. */
  @Column({ name: 'account_id', type: 'int' })
  accountId: number;

  @Column({ type: 'varchar', length: URL_LENGTH })
  url: string;

  @Column({ type: 'varchar', length: 250, nullable: true })
  description: string | null;

  /** Types and patterns of the events that it wants. */
  @Column({ type: 'simple-json' })
  events: string[];

  /** What deliveries are signed with, under AES-256-GCM. */
  @Column({ name: 'encrypted_secret', type: 'varchar', length: 255 })
  encryptedSecret: string;

  /** What they were signed with before the last rotation. */
  @Column({ name: 'previous_encrypted_secret', type: 'varchar', length: 255, nullable: true })
  previousEncryptedSecret: string | null;

  /** Until when they are signed with that, too. */
  @Column({ name: 'previous_valid_until', type: 'datetime', precision: 3, nullable: true })
  previousValidUntil: Date | null;

  /** While its owner has it switched off, nothing is kept for it. */
  @Column({ name: 'is_enabled', type: 'boolean' })
  isEnabled: boolean;

  /** Since when the server has stopped sending; what happens meanwhile is parked. */
  @Column({ name: 'paused_at', type: 'datetime', precision: 3, nullable: true })
  pausedAt: Date | null;

  @Column({ name: 'pause_reason', type: 'varchar', length: 10, nullable: true })
  pauseReason: PauseReason | null;

  /** Attempts since the last one that succeeded. */
  @Column({ name: 'consecutive_failures', type: 'int' })
  consecutiveFailures: number;

  /** The first of them. */
  @Column({ name: 'failing_since', type: 'datetime', precision: 3, nullable: true })
  failingSince: Date | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;

  /** What the audit trail calls it: paths and queries may hold what only the receiver should know. */
  get host(): string {
    return new URL(this.url).host;
  }

  /** Whether anything is sent to it. */
  get isOpen(): boolean {
    return this.isEnabled && this.pausedAt === null;
  }
}
