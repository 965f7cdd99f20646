import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Why the server paused an endpoint: a day of failures, or a response of 410 Gone. */
export type PauseReason = 'failing' | 'gone';

/** The longest URL in its normalised form. */
export const URL_LENGTH = 2000;

/** An endpoint that receives the events of a merchant or of one of its applications. */
@Entity()
@Index('webhook_endpoint_merchant', ['merchantId', 'createdAt'])
export class WebhookEndpoint {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The application whose events it receives; `null` for all events of the merchant. */
  @Column({ name: 'application_id', type: 'varchar', length: 36, nullable: true })
  applicationId: string | null;

  /** The creator, who is notified when it is paused. */
  @Column({ name: 'account_id', type: 'int' })
  accountId: number;

  @Column({ type: 'varchar', length: URL_LENGTH })
  url: string;

  @Column({ type: 'varchar', length: 250, nullable: true })
  description: string | null;

  /** The event types and groups that it subscribes to. */
  @Column({ type: 'simple-json' })
  events: string[];

  /** The secret that signs deliveries, encrypted with AES-256-GCM. */
  @Column({ name: 'encrypted_secret', type: 'varchar', length: 255 })
  encryptedSecret: string;

  /** The previous secret, replaced by the last rotation. */
  @Column({ name: 'previous_encrypted_secret', type: 'varchar', length: 255, nullable: true })
  previousEncryptedSecret: string | null;

  /** Until when deliveries are also signed with the previous secret. */
  @Column({ name: 'previous_valid_until', type: 'datetime', precision: 3, nullable: true })
  previousValidUntil: Date | null;

  /** While its owner has disabled it, events are dropped. */
  @Column({ name: 'is_enabled', type: 'boolean' })
  isEnabled: boolean;

  /** When the server paused it; further deliveries are parked. */
  @Column({ name: 'paused_at', type: 'datetime', precision: 3, nullable: true })
  pausedAt: Date | null;

  @Column({ name: 'pause_reason', type: 'varchar', length: 10, nullable: true })
  pauseReason: PauseReason | null;

  /** The number of failed attempts since the last success. */
  @Column({ name: 'consecutive_failures', type: 'int' })
  consecutiveFailures: number;

  /** When the first of these failures occurred. */
  @Column({ name: 'failing_since', type: 'datetime', precision: 3, nullable: true })
  failingSince: Date | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;

  /** The name of the endpoint in the audit trail: the path and query of its URL may hold secrets of the receiver. */
  get host(): string {
    return new URL(this.url).host;
  }

  /** Whether deliveries are sent to it. */
  get isOpen(): boolean {
    return this.isEnabled && this.pausedAt === null;
  }
}
