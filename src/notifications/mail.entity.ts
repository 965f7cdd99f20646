import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { EventType } from '../platform/events/notifiable-events.js';

/** What a mail tells of; nobody chooses to hear that a webhook is paused, its owner just does. */
export type NewsType = EventType | 'webhook.paused';

/** One thing that a mail tells. */
export interface MailItem {
  type: NewsType;
  text: string;
}

/** A mail to an account, from the moment at which there is something to tell. Until it is sent the first time, what happens then is added. */
@Entity('mail_outbox')
export class Mail {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** Whom it is for; its address is asked for when the mail is sent. */
  @Index('mail_outbox_account')
  @Column({ name: 'account_id', type: 'int' })
  accountId: number;

  /** What it tells, as far as there is room in a mail. */
  @Column({ type: 'simple-json' })
  items: MailItem[];

  /** How many things there are to tell, those without room among them. */
  @Column({ name: 'item_count', type: 'int' })
  itemCount: number;

  @Column({ type: 'int' })
  attempts: number;

  /** When to try next, unless somebody is just trying; `null` once it is sent or given up. */
  @Index('mail_outbox_due')
  @Column({ name: 'next_attempt_at', type: 'datetime', precision: 3, nullable: true })
  nextAttemptAt: Date | null;

  @Column({ name: 'last_error', type: 'varchar', length: 200, nullable: true })
  lastError: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'sent_at', type: 'datetime', precision: 3, nullable: true })
  sentAt: Date | null;

  /** When it was given up. */
  @Column({ name: 'failed_at', type: 'datetime', precision: 3, nullable: true })
  failedAt: Date | null;
}
