import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { EventType } from '../platform/events/notifiable-events.js';

/** The event types in mails. A paused webhook cannot be chosen: its owner is always notified. */
export type NewsType = EventType | 'webhook.paused';

/** An event in a mail. */
export interface MailItem {
  type: NewsType;
  text: string;
}

/** A mail to an account. It is created by its first event; later events are added until the first attempt to send it. */
@Entity('mail_outbox')
export class Mail {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** The recipient, whose address is read when the mail is sent. */
  @Index('mail_outbox_account')
  @Column({ name: 'account_id', type: 'int' })
  accountId: number;

  /** Its events, as many as fit. */
  @Column({ type: 'simple-json' })
  items: MailItem[];

  /** The number of events, including those that didn't fit. */
  @Column({ name: 'item_count', type: 'int' })
  itemCount: number;

  @Column({ type: 'int' })
  attempts: number;

  /** The time of the next attempt, or of the end of the current claim; `null` once the mail is sent or given up. */
  @Index('mail_outbox_due')
  @Column({ name: 'next_attempt_at', type: 'datetime', precision: 3, nullable: true })
  nextAttemptAt: Date | null;

  @Column({ name: 'last_error', type: 'varchar', length: 200, nullable: true })
  lastError: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'sent_at', type: 'datetime', precision: 3, nullable: true })
  sentAt: Date | null;

  /** When the mail was given up. */
  @Column({ name: 'failed_at', type: 'datetime', precision: 3, nullable: true })
  failedAt: Date | null;
}
