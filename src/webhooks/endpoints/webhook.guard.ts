import { createParamDecorator, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../access/caller.js';
import { actionForRequest } from '../../access/tenant-access.js';
import type { WebhookEndpoint } from '../webhook-endpoint.entity.js';
import { PathParameter, Refuses } from '../../platform/http/route-facts.js';
import { WebhooksService } from './webhooks.service.js';

interface WebhookRequest extends FastifyRequest<{ Params: { id: string } }> {
  user: Caller;
  webhook: WebhookEndpoint;
}

/** Finds the endpoint in the path before the body is looked at: who may not touch it learns nothing about the body. */
@Injectable()
@PathParameter('id', "The endpoint's id.", '3c1f2b7e-6a50-4d0c-9d35-7f6f3f1d2a44')
@Refuses('webhook.not_found', 'access.other_owner')
export class WebhookGuard implements CanActivate {
  constructor(private readonly webhooks: WebhooksService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<WebhookRequest>();
    request.webhook = await this.webhooks.find(request.user, request.params.id, actionForRequest(request));
    return true;
  }
}

/** Handler parameter: the endpoint in the path, on routes with the {@link WebhookGuard}. */
export const TheWebhook = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<WebhookRequest>().webhook,
);
