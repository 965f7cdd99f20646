import { Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { Caller } from '../../access/caller.js';
import { LEVELS } from '../../access/levels.js';
import { Requires } from '../../access/requires.js';
import { presentPage } from '../../platform/http/paging/page.dto.js';
import { WebhookEndpoint } from '../webhook-endpoint.entity.js';
import { TheWebhook, WebhookGuard } from '../endpoints/webhook.guard.js';
import { Answers, PathParameter, Refuses } from '../../platform/http/route-facts.js';
import { DeliveryPage, DeliveryView, ListDeliveriesQuery } from './deliveries.dto.js';
import { presentDelivery } from './deliveries.presenter.js';
import { DeliveriesService } from './deliveries.service.js';

@Controller('api/v1/webhooks/:id')
@PathParameter('deliveryId', "The delivery's id.", 'msg_01JD7Z8Q5W3E9RT6YX2V4B1N0M')
@UseGuards(WebhookGuard)
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  /**
   * Test a webhook endpoint
   *
   * Sends an event of the type `webhook.test` at once. Your merchant can send ten a minute to a host.
   */
  @Post('test')
  @Answers('The test delivery, with its result.')
  @Refuses('request.rate_limited')
  @HttpCode(200)
  @Requires(LEVELS.writeOwn)
  async testWebhook(@Caller() caller: Caller, @TheWebhook() webhook: WebhookEndpoint): Promise<DeliveryView> {
    return presentDelivery(await this.deliveries.test(caller, webhook));
  }

  /**
   * List a webhook endpoint's deliveries
   *
   * The newest first.
   */
  @Get('deliveries')
  @Answers('A page of deliveries.')
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
   * Sends a delivery of any status again at once. If that fails, the delivery keeps its status. Your merchant can send 30 a minute to
   * a host.
   */
  @Post('deliveries/:deliveryId/redeliver')
  @Answers('The delivery, with its new result.')
  @Refuses('request.rate_limited', 'webhook_delivery.not_found', 'webhook_delivery.under_way')
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
