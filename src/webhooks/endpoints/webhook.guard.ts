import { resourceGuard, type ResourceRequest } from '../../idempotency/resource.guard.js';
import { WebhooksService } from './webhooks.service.js';

/** Finds the endpoint in the path, and hands it to the handler. */
export const [WebhookGuard, TheWebhook] = resourceGuard(
  'webhook',
  WebhooksService,
  (webhooks, { user, params }: ResourceRequest<{ id: string }>, action) => webhooks.find(user, params.id, action),
);
