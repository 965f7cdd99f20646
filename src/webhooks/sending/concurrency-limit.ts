import type { WebhookEndpoint } from '../webhook-endpoint.entity.js';

/** The most concurrent attempts: in all, for a merchant, for an endpoint, for a failing endpoint, and for all failing endpoints. */
const AT_ONCE = 100;
const AT_ONCE_MERCHANT = 75;
const AT_ONCE_EACH = 25;
const AT_ONCE_FAILING = 1;
const AT_ONCE_ALL_FAILING = 50;

/**
 * Limits concurrent attempts, so that neither failing endpoints, whose attempts last until the timeout, nor a single merchant can occupy all of
 * them.
 */
export class ConcurrencyLimit {
  /** Concurrent attempts by endpoint and by merchant. */
  private readonly busy = new Map<string, number>();
  private freeSlots = AT_ONCE;
  private freeForFailing = AT_ONCE_ALL_FAILING;

  /** The number of further attempts that the endpoint may begin. */
  free(endpoint: WebhookEndpoint): number {
    const own = this.busy.get(endpoint.id) ?? 0;
    const free = Math.min(this.freeSlots, AT_ONCE_MERCHANT - this.inUse(endpoint));
    const slots = isFailing(endpoint)
      ? Math.min(AT_ONCE_FAILING - own, this.freeForFailing, free)
      : Math.min(AT_ONCE_EACH - own, free);
    return Math.max(0, slots);
  }

  /** The number of concurrent attempts of the endpoint's merchant. */
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
