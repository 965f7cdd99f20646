import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Still to be sent, delivered, given up, or parked until the endpoint is resumed. */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'parked'] as const;

export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** The delivery of an event to an endpoint: first a row of the outbox, afterwards the record of its outcome. */
@Entity()
@Index('webhook_delivery_due', ['status', 'endpointId', 'nextAttemptAt'])
@Index('webhook_delivery_endpoint', ['endpointId', 'id'])
export class WebhookDelivery {
  /** Sent as `webhook-id`, the same at every attempt. Ids sort by time. */
  @PrimaryColumn({ type: 'varchar', length: 40 })
  id: string;

  @Column({ name: 'endpoint_id', type: 'varchar', length: 36 })
  endpointId: string;

  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The id of the audit record; for a test, the delivery's own. */
  @Column({ name: 'event_id', type: 'varchar', length: 40 })
  eventId: string;

  @Column({ name: 'event_type', type: 'varchar', length: 40 })
  eventType: string;

  /** The event's position in the merchant's audit trail; `null` for a test. */
  @Column({ type: 'int', nullable: true })
  sequence: number | null;

  /** The payload, exactly as it is signed and sent. */
  @Column({ type: 'text' })
  payload: string;

  @Column({ type: 'varchar', length: 10 })
  status: DeliveryStatus;

  /** The number of attempts since it last became pending. */
  @Column({ type: 'int' })
  attempts: number;

  /** While it is pending, the time of the next attempt, or of the end of the current claim. */
  @Column({ name: 'next_attempt_at', type: 'datetime', precision: 3, nullable: true })
  nextAttemptAt: Date | null;

  /** The instance that is sending it. */
  @Column({ name: 'claimed_by', type: 'varchar', length: 36, nullable: true })
  claimedBy: string | null;

  @Column({ name: 'last_status_code', type: 'int', nullable: true })
  lastStatusCode: number | null;

  /** Why the latest attempt had no response, or why the response was a failure. */
  @Column({ name: 'last_error', type: 'varchar', length: 250, nullable: true })
  lastError: string | null;

  /** The beginning of the latest response's body. */
  @Column({ name: 'last_answer', type: 'varchar', length: 500, nullable: true })
  lastAnswer: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'delivered_at', type: 'datetime', precision: 3, nullable: true })
  deliveredAt: Date | null;
}
