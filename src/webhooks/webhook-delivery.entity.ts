import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Still to be sent; arrived; given up; or waiting for its endpoint to be resumed. */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'parked'] as const;

export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One event for one endpoint: the outbox, and afterwards the record of what became of it. */
@Entity()
@Index('webhook_delivery_due', ['status', 'endpointId', 'nextAttemptAt'])
@Index('webhook_delivery_endpoint', ['endpointId', 'id'])
export class WebhookDelivery {
  /** Sent as `webhook-id`: the same at every attempt. Ids are in the order of time. */
  @PrimaryColumn({ type: 'varchar', length: 40 })
  id: string;

  @Column({ name: 'endpoint_id', type: 'varchar', length: 36 })
  endpointId: string;

  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The audit record's; of a trial the delivery's own. */
  @Column({ name: 'event_id', type: 'varchar', length: 40 })
  eventId: string;

  @Column({ name: 'event_type', type: 'varchar', length: 40 })
  eventType: string;

  /** The event's place in the merchant's audit trail; a trial has none. */
  @Column({ type: 'int', nullable: true })
  sequence: number | null;

  /** What is sent and signed, byte by byte. */
  @Column({ type: 'text' })
  payload: string;

  @Column({ type: 'varchar', length: 10 })
  status: DeliveryStatus;

  /** How often it was sent, since it was last made pending. */
  @Column({ type: 'int' })
  attempts: number;

  /** While it is pending: when to send it, or, once an instance has claimed it, when another one may. */
  @Column({ name: 'next_attempt_at', type: 'datetime', precision: 3, nullable: true })
  nextAttemptAt: Date | null;

  /** The process that is sending it. */
  @Column({ name: 'claimed_by', type: 'varchar', length: 36, nullable: true })
  claimedBy: string | null;

  @Column({ name: 'last_status_code', type: 'int', nullable: true })
  lastStatusCode: number | null;

  /** Why there was no answer, or why it doesn't count. */
  @Column({ name: 'last_error', type: 'varchar', length: 250, nullable: true })
  lastError: string | null;

  /** How the last answer's body began. */
  @Column({ name: 'last_answer', type: 'varchar', length: 500, nullable: true })
  lastAnswer: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'delivered_at', type: 'datetime', precision: 3, nullable: true })
  deliveredAt: Date | null;
}
