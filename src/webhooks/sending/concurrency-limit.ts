import type { WebhookEndpoint } from '../webhook-endpoint.entity.js';

/** Attempts at a time: in all, for one merchant, for one endpoint, for one that has just failed, and for all of those. */
const AT_ONCE = 100;
const AT_ONCE_MERCHANT = 75;
const AT_ONCE_EACH = 25;
const AT_ONCE_FAILING = 1;
const AT_ONCE_ALL_FAILING = 50;

/**
 * How much more can be under way. Endpoints that fail, and may keep their places until an attempt's time is over, never take all; nor does
 * one merchant.
 */
export class ConcurrencyLimit {
  /** Attempts that are under way, by endpoint and by merchant. */
  private readonly busy = new Map<string, number>();
  private freeSlots = AT_ONCE;
  private freeForFailing = AT_ONCE_ALL_FAILING;

  /** How many more of this endpoint's deliveries. */
  free(endpoint: WebhookEndpoint): number {
    const own = this.busy.get(endpoint.id) ?? 0;
    const free = Math.min(this.freeSlots, AT_ONCE_MERCHANT - this.inUse(endpoint));
    const slots = isFailing(endpoint)
      ? Math.min(AT_ONCE_FAILING - own, this.freeForFailing, free)
      : Math.min(AT_ONCE_EACH - own, free);
    return Math.max(0, slots);
  }

  /** How much of the endpoint's merchant is under way. */
  inUse({ merchantId }: WebhookEndpoint): number {
    return this.busy.get(merchantId) ?? 0;
  }

  acquire(endpoint: WebhookEndpoint): void {
    const { id, merchantId } = endpoint;
    for (const name of [id, merchantId]) this.busy.set(name, (this.busy.get(name) ?? 0) + 1);
    this.freeSlots -= 1;
    if (isFailing(endpoint)) this.freeForFailing -= 1;
  }
}

const isFailing = ({ consecutiveFailures }: WebhookEndpoint): boolean => consecutiveFailures > 0;
