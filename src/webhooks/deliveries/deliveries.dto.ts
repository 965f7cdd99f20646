import { IsIn, IsOptional } from 'class-validator';
import { PageQuery, PageView } from '../../platform/http/paging/page.dto.js';

/** The deliveries to list. */
export class ListDeliveriesQuery extends PageQuery {
  /** The status: still to be sent, delivered, given up, or parked until the endpoint is resumed. */
  @IsOptional()
  @IsIn(['pending', 'delivered', 'failed', 'parked'])
  status?: 'pending' | 'delivered' | 'failed' | 'parked';
}

/** The delivery of an event to an endpoint. */
export class DeliveryView {
  /**
   * The id, sent as `webhook-id`; the same at every attempt.
   * @example "msg_019aa1b2c3d44e1f0a9b8c7d6e5f4a3b2c"
   */
  id: string;

  /**
   * The type of the event.
   * @example "api_key.rotated"
   */
  type: string;

  /**
   * The event's position in your merchant's audit trail; `null` for a test.
   * @example 4711
   */
  sequence: number | null;

  /** Still to be sent, delivered, given up, or parked until the endpoint is resumed. */
  status: 'pending' | 'delivered' | 'failed' | 'parked';

  /**
   * The number of attempts.
   * @example 1
   */
  attempts: number;

  /** The time of the next attempt, while the delivery is pending. */
  nextAttemptAt: string | null;

  /**
   * The status of the latest response; `null` if there was none.
   * @example 204
   */
  lastStatusCode: number | null;

  /** Why the latest attempt had no response, or why the response was a failure. */
  lastError: string | null;

  /** The beginning of the latest response's body, at most 500 bytes. */
  lastAnswer: string | null;

  /** The payload. */
  payload: Record<string, unknown>;

  /**
   * When the delivery was created.
   * @example "2026-11-21T13:30:00.000Z"
   */
  createdAt: string;

  /**
   * When the endpoint accepted it; `null` until then.
   * @example "2026-11-21T13:30:00.412Z"
   */
  deliveredAt: string | null;
}

export class DeliveryPage extends PageView {
  /** The deliveries on this page. */
  items: DeliveryView[];
}
