import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { ApplicationsModule } from '../applications/applications.module.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { DeliveriesService } from './deliveries/deliveries.service.js';
import { FanOut } from './deliveries/fan-out.js';
import { OldDeliveries } from './deliveries/old-deliveries.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { AbandonedEndpoints } from './endpoints/abandoned-endpoints.js';
import { EndpointDeliveries } from './endpoints/endpoint-deliveries.js';
import { WebhookEndpoint } from './webhook-endpoint.entity.js';
import { WebhooksController } from './endpoints/webhooks.controller.js';
import { WebhooksService } from './endpoints/webhooks.service.js';
import { Deliverer } from './sending/deliverer.js';
import { DueEndpoints } from './sending/due-endpoints.js';
import { Outbox } from './sending/outbox.js';
import { Outcomes } from './sending/outcomes.js';
import { Pauses } from './sending/pauses.js';
import { Sender } from './sending/sender.js';
import { WebhookSecrets } from './sending/webhook-secrets.js';
import { Resolver } from './targets/resolver.js';
import { Targets } from './targets/targets.js';

/** Webhooks. The module listens to the audit trail, and no module depends on it. */
@Module({
  imports: [
    AccountsModule,
    ApiKeysModule,
    ApplicationsModule,
    TypeOrmModule.forFeature([WebhookDelivery, WebhookEndpoint]),
  ],
  controllers: [WebhooksController, DeliveriesController],
  providers: [
    AbandonedEndpoints,
    Deliverer,
    DeliveriesService,
    DueEndpoints,
    EndpointDeliveries,
    FanOut,
    OldDeliveries,
    Outbox,
    Outcomes,
    Pauses,
    Resolver,
    Sender,
    Targets,
    WebhookSecrets,
    WebhooksService,
  ],
})
export class WebhooksModule {}
