import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EventType } from '../platform/events/notifiable-events.js';

/** The events that an account has chosen to be notified of by mail. */
@Entity()
export class NotificationChoice {
  @PrimaryColumn({ name: 'account_id', type: 'int' })
  accountId: number;

  @Column({ type: 'simple-json' })
  events: EventType[];

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;
}
