import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EventType } from '../platform/events/notifiable-events.js';

/** What an account wants to be told by mail, once it has said so. */
@Entity()
export class NotificationChoice {
  @PrimaryColumn({ name: 'account_id', type: 'int' })
  accountId: number;

  @Column({ type: 'simple-json' })
  events: EventType[];

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  updatedAt: Date;
}
