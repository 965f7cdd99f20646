import type { WebhookEndpoint } from '../webhook-endpoint.entity.js';
import type { WebhookView, WebhookWithSecretView } from './webhooks.dto.js';

export function presentWebhook(endpoint: WebhookEndpoint): WebhookView {
  return {
    id: endpoint.id,
    url: endpoint.url,
    events: endpoint.events,
    description: endpoint.description,
    applicationId: endpoint.applicationId,
    enabled: endpoint.isEnabled,
    pausedAt: endpoint.pausedAt?.toISOString() ?? null,
    pauseReason: endpoint.pauseReason,
    consecutiveFailures: endpoint.consecutiveFailures,
    previousSecretValidUntil: endpoint.previousValidUntil?.toISOString() ?? null,
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
  };
}

export function presentWithSecret({
  endpoint,
  secret,
}: {
  endpoint: WebhookEndpoint;
  secret: string;
}): WebhookWithSecretView {
  return { ...presentWebhook(endpoint), secret };
}
