import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { EventDetails } from '../domain/domain-event.js';

/** Who did what, when and from where. Rows are only ever added. */
@Entity()
@Index('audit_event_merchant', ['merchantId', 'createdAt'])
@Index('audit_event_time', ['createdAt'])
export class AuditEvent {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** The merchant whose things were touched. */
  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  @Column({ type: 'varchar', length: 40 })
  action: string;

  /** `account`, `key`, `visitor` (not logged in) or `system` (a scheduled job). */
  @Column({ name: 'actor_kind', type: 'varchar', length: 10 })
  actorKind: string;

  @Column({ name: 'actor_account_id', type: 'int', nullable: true })
  actorAccountId: number | null;

  @Column({ name: 'actor_key_id', type: 'varchar', length: 36, nullable: true })
  actorKeyId: string | null;

  @Column({ name: 'target_type', type: 'varchar', length: 20 })
  targetType: string;

  @Column({ name: 'target_id', type: 'varchar', length: 36 })
  targetId: string;

  /** What the change was, without any secret. */
  @Column({ type: 'simple-json' })
  details: EventDetails;

  @Column({ type: 'varchar', length: 45, nullable: true })
  address: string | null;

  @Column({ name: 'user_agent', type: 'varchar', length: 200, nullable: true })
  userAgent: string | null;

  @Column({ name: 'request_id', type: 'varchar', length: 36, nullable: true })
  requestId: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;
}
