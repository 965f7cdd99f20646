import { createParamDecorator, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../access/caller.js';
import { actionForRequest } from '../../access/tenant-access.js';
import type { WebhookEndpoint } from '../webhook-endpoint.entity.js';
import { WebhooksService } from './webhooks.service.js';

interface WebhookRequest extends FastifyRequest<{ Params: { id: string } }> {
  user: Caller;
  webhook: WebhookEndpoint;
}

/** Finds the endpoint in the path before the body is looked at: who may not touch it learns nothing about the body. */
@Injectable()
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
