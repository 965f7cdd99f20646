import type { DeliveryView } from './deliveries.dto.js';
import type { WebhookDelivery } from '../webhook-delivery.entity.js';

export function presentDelivery(delivery: WebhookDelivery): DeliveryView {
  return {
    id: delivery.id,
    type: delivery.eventType,
    sequence: delivery.sequence,
    status: delivery.status,
    attempts: delivery.attempts,
    nextAttemptAt: delivery.nextAttemptAt?.toISOString() ?? null,
    lastStatusCode: delivery.lastStatusCode,
    lastError: delivery.lastError,
    lastAnswer: delivery.lastAnswer,
    payload: JSON.parse(delivery.payload) as Record<string, unknown>,
    createdAt: delivery.createdAt.toISOString(),
    deliveredAt: delivery.deliveredAt?.toISOString() ?? null,
  };
}
