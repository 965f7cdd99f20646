import { Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { presentPage } from '../../platform/http/paging/page.dto.js';
import { WebhookEndpoint } from '../webhook-endpoint.entity.js';
import { TheWebhook, WebhookGuard } from '../endpoints/webhook.guard.js';
import { DeliveryPage, DeliveryView, ListDeliveriesQuery } from './deliveries.dto.js';
import { presentDelivery } from './deliveries.presenter.js';
import { DeliveriesService } from './deliveries.service.js';

@Controller('api/v1/webhooks/:id')
@UseGuards(WebhookGuard)
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  /**
   * Test a webhook endpoint
   *
   * Sends an event of the type `webhook.test` at once, and answers what has become of it.
   */
  @Post('test')
  @HttpCode(200)
  @Requires(LEVELS.writeOwn)
  async testWebhook(@Caller() caller: Caller, @TheWebhook() webhook: WebhookEndpoint): Promise<DeliveryView> {
    return presentDelivery(await this.deliveries.test(caller, webhook));
  }

  /**
   * List a webhook endpoint's deliveries
   *
   * Newest first.
   */
  @Get('deliveries')
  @Requires(LEVELS.writeOwn)
  async listWebhookDeliveries(
    @TheWebhook() webhook: WebhookEndpoint,
    @Query() query: ListDeliveriesQuery,
  ): Promise<DeliveryPage> {
    return presentPage(await this.deliveries.list(webhook, query), query, presentDelivery);
  }

  /**
   * Redeliver a webhook
   *
   * Sends a delivery once more at once, whatever has become of it, and answers what becomes of it now. When that fails, it stays what it was.
   *
   * @throws {409} It is being sent at the moment.
   */
  @Post('deliveries/:deliveryId/redeliver')
  @HttpCode(200)
  @Requires(LEVELS.writeOwn)
  async redeliverWebhook(
    @Caller() caller: Caller,
    @TheWebhook() webhook: WebhookEndpoint,
    @Param('deliveryId') deliveryId: string,
  ): Promise<DeliveryView> {
    return presentDelivery(await this.deliveries.redeliver(caller, webhook, deliveryId));
  }
}
