import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, UseGuards } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { PageQuery, presentPage } from '../../platform/http/paging/page.dto.js';
import { WebhookEndpoint } from '../webhook-endpoint.entity.js';
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
   * Deliveries are signed by the Standard Webhooks specification. The secret is shown here and never again.
   *
   * @throws {404} No such application.
   * @throws {409} Your merchant has as many endpoints as it can have.
   */
  @Post()
  @Requires(LEVELS.writeOwn)
  async createWebhook(@Caller() caller: Caller, @Body() body: CreateWebhookBody): Promise<WebhookWithSecretView> {
    return presentWithSecret(await this.webhooks.create(caller, body));
  }

  /** List your merchant's webhook endpoints */
  @Get()
  @Requires(LEVELS.writeOwn)
  async listWebhooks(@Caller() caller: Caller, @Query() query: PageQuery): Promise<WebhookPage> {
    return presentPage(await this.webhooks.list(caller, query), query, presentWebhook);
  }

  /** Read a webhook endpoint */
  @Get(':id')
  @Requires(LEVELS.writeOwn)
  @UseGuards(WebhookGuard)
  readWebhook(@TheWebhook() webhook: WebhookEndpoint): WebhookView {
    return presentWebhook(webhook);
  }

  /**
   * Change, disable or resume a webhook endpoint
   *
   * With `enabled: true` an endpoint goes on that the server has paused, and everything that is parked for it is sent.
   */
  @Patch(':id')
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
   * What was still to be sent to it isn't sent any more.
   */
  @Delete(':id')
  @HttpCode(204)
  @Requires(LEVELS.writeOwn)
  @UseGuards(WebhookGuard)
  async deleteWebhook(@Caller() caller: Caller, @TheWebhook() webhook: WebhookEndpoint): Promise<void> {
    await this.webhooks.delete(caller, webhook);
  }

  /**
   * Rotate a webhook endpoint's secret
   *
   * For a while deliveries carry two signatures, by the new secret and by the former one, so that receivers can change over without missing
   * any. The new secret is shown here and never again.
   */
  @Post(':id/rotate-secret')
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
