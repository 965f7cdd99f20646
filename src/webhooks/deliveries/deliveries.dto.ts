import { IsIn, IsOptional } from 'class-validator';
import { PageQuery, PageView } from '../../platform/http/paging/page.dto.js';

/** Which deliveries are listed. */
export class ListDeliveriesQuery extends PageQuery {
  /** Only those still to be sent, that arrived, that were given up, or that wait for the endpoint to be resumed. */
  @IsOptional()
  @IsIn(['pending', 'delivered', 'failed', 'parked'])
  status?: 'pending' | 'delivered' | 'failed' | 'parked';
}

/** One event for one endpoint, and what has become of it. */
export class DeliveryView {
  /**
   * Sent as `webhook-id`, the same at every attempt.
   * @example "msg_019aa1b2c3d44e1f0a9b8c7d6e5f4a3b2c"
   */
  id: string;

  /** @example "api_key.rotated" */
  type: string;

  /**
   * The event's place in your merchant's audit trail; a trial has none.
   * @example 4711
   */
  sequence: number | null;

  /** Still to be sent, arrived, given up, or waiting for the endpoint to be resumed. */
  status: 'pending' | 'delivered' | 'failed' | 'parked';

  /**
   * How often it was sent.
   * @example 1
   */
  attempts: number;

  /** When it will be sent, while it is pending. */
  nextAttemptAt: string | null;

  /**
   * What the receiver answered at last; `null` when there was no answer.
   * @example 204
   */
  lastStatusCode: number | null;

  /** Why there was no answer, or why it doesn't count. */
  lastError: string | null;

  /** How the answer's body began, 500 bytes at most. */
  lastAnswer: string | null;

  /** What is sent. */
  payload: Record<string, unknown>;

  /** @example "2026-11-21T13:30:00.000Z" */
  createdAt: string;

  /** @example "2026-11-21T13:30:00.412Z" */
  deliveredAt: string | null;
}

export class DeliveryPage extends PageView {
  items: DeliveryView[];
}
