// Generated from openapi.json by generator/generate.js. Do not edit.

import type { Answer } from '../transport/answer.js';
import type { List } from '../transport/list.js';
import type { RequestOptions } from '../transport/options.js';
import { Resource } from '../transport/resource.js';
import * as operations from './operations.js';
import type {
  CreateWebhookBody,
  DeliveryPage,
  DeliveryStatus,
  DeliveryView,
  RotateWebhookSecretBody,
  UpdateWebhookBody,
  WebhookPage,
  WebhookView,
  WebhookWithSecretView,
} from '../document/schemas.js';

/** Options of `webhooks.list`. */
export interface ListWebhooksOptions extends RequestOptions {
  /**
   * The page, from 1.
   *
   * @default 1
   */
  page?: number;
  /**
   * Items per page.
   *
   * @default 20
   */
  limit?: number;
}

/** Options of `webhooks.listDeliveries`. */
export interface ListWebhookDeliveriesOptions extends RequestOptions {
  /**
   * The page, from 1.
   *
   * @default 1
   */
  page?: number;
  /**
   * Items per page.
   *
   * @default 20
   */
  limit?: number;
  /** The status: still to be sent, delivered, given up, or parked until the endpoint is resumed. */
  status?: DeliveryStatus;
}

/** Endpoints that receive events, and their deliveries (Standard Webhooks). */
export class Webhooks extends Resource {
  /**
   * List your merchant's webhook endpoints.
   *
   * Requires level 4 or above.
   *
   * @returns A page of endpoints.
   */
  list(options?: ListWebhooksOptions): List<WebhookView, WebhookPage> {
    return this.listOperation(operations.listWebhooks, [], undefined, options);
  }

  /**
   * Create a webhook endpoint.
   *
   * Deliveries are signed as the Standard Webhooks specification says. The secret is shown only in this answer.
   *
   * Requires level 4 or above.
   *
   * @returns The new endpoint, with its secret.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `application.not_found`
   * @throws {KeywrightError} 409: `webhook.limit_reached`
   */
  create(body: CreateWebhookBody, options?: RequestOptions): Answer<WebhookWithSecretView> {
    return this.callOperation(operations.createWebhook, [], body, options);
  }

  /**
   * Read a webhook endpoint.
   *
   * Requires level 4 or above.
   *
   * @param id The endpoint's id.
   * @returns The endpoint.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `webhook.not_found`
   */
  read(id: string, options?: RequestOptions): Answer<WebhookView> {
    return this.callOperation(operations.readWebhook, [id], undefined, options);
  }

  /**
   * Delete a webhook endpoint.
   *
   * Deliveries that have not been sent are dropped.
   *
   * Requires level 4 or above.
   *
   * @param id The endpoint's id.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `webhook.not_found`
   */
  delete(id: string, options?: RequestOptions): Answer<void> {
    return this.callOperation(operations.deleteWebhook, [id], undefined, options);
  }

  /**
   * Change, disable or resume a webhook endpoint.
   *
   * `enabled: true` also resumes an endpoint that the server has paused, and sends all deliveries that are waiting for it.
   *
   * Requires level 4 or above.
   *
   * @param id The endpoint's id.
   * @returns The changed endpoint.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `webhook.not_found`
   */
  update(id: string, body?: UpdateWebhookBody, options?: RequestOptions): Answer<WebhookView> {
    return this.callOperation(operations.updateWebhook, [id], body, options);
  }

  /**
   * Rotate a webhook endpoint's secret.
   *
   * During the overlap each delivery carries two signatures, by the new secret and by the previous one, so that no delivery is rejected while
   * you replace the secret. The new secret is shown only in this answer.
   *
   * Requires level 4 or above.
   *
   * @param id The endpoint's id.
   * @returns The endpoint, with its new secret.
   * @throws {KeywrightError} 400: `request.body_missing`
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `webhook.not_found`
   */
  rotateSecret(id: string, body?: RotateWebhookSecretBody, options?: RequestOptions): Answer<WebhookWithSecretView> {
    return this.callOperation(operations.rotateWebhookSecret, [id], body, options);
  }

  /**
   * Test a webhook endpoint.
   *
   * Sends an event of the type `webhook.test` at once. Your merchant can send ten a minute to a host.
   *
   * Requires level 4 or above.
   *
   * @param id The endpoint's id.
   * @returns The test delivery, with its result.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `webhook.not_found`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  test(id: string, options?: RequestOptions): Answer<DeliveryView> {
    return this.callOperation(operations.testWebhook, [id], undefined, options);
  }

  /**
   * List a webhook endpoint's deliveries.
   *
   * The newest first.
   *
   * Requires level 4 or above.
   *
   * @param id The endpoint's id.
   * @returns A page of deliveries.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `webhook.not_found`
   */
  listDeliveries(id: string, options?: ListWebhookDeliveriesOptions): List<DeliveryView, DeliveryPage> {
    return this.listOperation(operations.listWebhookDeliveries, [id], undefined, options);
  }

  /**
   * Redeliver a webhook.
   *
   * Sends a delivery of any status again at once. If that fails, the delivery keeps its status. Your merchant can send 30 a minute to
   * a host.
   *
   * Requires level 4 or above.
   *
   * @param webhookId The endpoint's id.
   * @param deliveryId The delivery's id.
   * @returns The delivery, with its new result.
   * @throws {KeywrightError} 403: `access.other_owner`
   * @throws {KeywrightError} 404: `webhook.not_found`, `webhook_delivery.not_found`
   * @throws {KeywrightError} 409: `webhook_delivery.under_way`
   * @throws {KeywrightError} 429: `request.rate_limited`
   */
  redeliver(webhookId: string, deliveryId: string, options?: RequestOptions): Answer<DeliveryView> {
    return this.callOperation(operations.redeliverWebhook, [webhookId, deliveryId], undefined, options);
  }
}
