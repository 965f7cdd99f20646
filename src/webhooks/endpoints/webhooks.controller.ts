import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, UseGuards } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { PageQuery, presentPage } from '../../platform/http/paging/page.dto.js';
import { WebhookEndpoint } from '../webhook-endpoint.entity.js';
import { Answers, Refuses } from '../../platform/http/route-facts.js';
import { TheWebhook, WebhookGuard } from './webhook.guard.js';
import {
  CreateWebhookBody,
  RotateWebhookSecretBody,
  UpdateWebhookBody,
  WebhookPage,
  WebhookView,
  WebhookWithSecretView,
} from './webhooks.dto.js';
import { presentWebhook, presentWithSecret } from './webhooks.presenter.js';
import { WebhooksService } from './webhooks.service.js';

@Controller('api/v1/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  /**
   * Create a webhook endpoint
   *
   * Deliveries are signed as the Standard Webhooks specification says. The secret is shown only in this answer.
   */
  @Post()
  @Answers('The new endpoint, with its secret.')
  @Refuses('application.not_found', 'access.other_owner', 'webhook.limit_reached')
  @Requires(LEVELS.writeOwn)
  async createWebhook(@Caller() caller: Caller, @Body() body: CreateWebhookBody): Promise<WebhookWithSecretView> {
    return presentWithSecret(await this.webhooks.create(caller, body));
  }

  /** List your merchant's webhook endpoints */
  @Get()
  @Answers('A page of endpoints.')
  @Requires(LEVELS.writeOwn)
  async listWebhooks(@Caller() caller: Caller, @Query() query: PageQuery): Promise<WebhookPage> {
    return presentPage(await this.webhooks.list(caller, query), query, presentWebhook);
  }

  /** Read a webhook endpoint */
  @Get(':id')
  @Answers('The endpoint.')
  @Requires(LEVELS.writeOwn)
  @UseGuards(WebhookGuard)
  readWebhook(@TheWebhook() webhook: WebhookEndpoint): WebhookView {
    return presentWebhook(webhook);
  }

  /**
   * Change, disable or resume a webhook endpoint
   *
   * `enabled: true` also resumes an endpoint that the server has paused, and sends all deliveries that are waiting for it.
   */
  @Patch(':id')
  @Answers('The changed endpoint.')
  @Requires(LEVELS.writeOwn)
  @UseGuards(WebhookGuard)
  async updateWebhook(
    @Caller() caller: Caller,
    @TheWebhook() webhook: WebhookEndpoint,
    @Body() body: UpdateWebhookBody,
  ): Promise<WebhookView> {
    return presentWebhook(await this.webhooks.update(caller, webhook, body));
  }

  /**
   * Delete a webhook endpoint
   *
   * Deliveries that have not been sent are dropped.
   */
  @Delete(':id')
  @Answers('The endpoint has been deleted.')
  @HttpCode(204)
  @Requires(LEVELS.writeOwn)
  @UseGuards(WebhookGuard)
  async deleteWebhook(@Caller() caller: Caller, @TheWebhook() webhook: WebhookEndpoint): Promise<void> {
    await this.webhooks.delete(caller, webhook);
  }

  /**
   * Rotate a webhook endpoint's secret
   *
   * During the overlap each delivery carries two signatures, by the new secret and by the previous one, so that no delivery is rejected while
   * you replace the secret. The new secret is shown only in this answer.
   */
  @Post(':id/rotate-secret')
  @Answers('The endpoint, with its new secret.')
  @HttpCode(200)
  @Requires(LEVELS.writeOwn)
  @UseGuards(WebhookGuard)
  async rotateWebhookSecret(
    @Caller() caller: Caller,
    @TheWebhook() webhook: WebhookEndpoint,
    @Body() body: RotateWebhookSecretBody,
  ): Promise<WebhookWithSecretView> {
    return presentWithSecret(await this.webhooks.rotateSecret(caller, webhook, body));
  }
}
