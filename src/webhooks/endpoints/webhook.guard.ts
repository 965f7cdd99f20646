import { resourceGuard, type ResourceRequest } from '../../idempotency/resource.guard.js';
import { WebhooksService } from './webhooks.service.js';

/** Finds the endpoint in the path, and hands it to the handler. */
export const [WebhookGuard, TheWebhook] = resourceGuard({
  name: 'webhook',
  parameter: ['id', "The endpoint's id.", '3c1f2b7e-6a50-4d0c-9d35-7f6f3f1d2a44'],
  service: WebhooksService,
  find: (webhooks, { user, params }: ResourceRequest<{ id: string }>, action) => webhooks.find(user, params.id, action),
  notFound: 'webhook.not_found',
});
