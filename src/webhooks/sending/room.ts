import type { WebhookEndpoint } from '../endpoints/webhook-endpoint.entity.js';

/** Attempts at a time: in all, for one endpoint, for one that has just failed, and for all of those. */
const AT_ONCE = 100;
const AT_ONCE_EACH = 25;
const AT_ONCE_FAILING = 1;
const AT_ONCE_ALL_FAILING = 50;

/** How much more can be under way. Endpoints that fail, and may keep their places until an attempt's time is over, never take all. */
export class Room {
  private readonly busy = new Map<string, number>();
  private free = AT_ONCE;
  private freeForFailing = AT_ONCE_ALL_FAILING;

  /** How many more of this endpoint's deliveries. */
  for(endpoint: WebhookEndpoint): number {
    const own = this.busy.get(endpoint.id) ?? 0;
    const room = isFailing(endpoint)
      ? Math.min(AT_ONCE_FAILING - own, this.freeForFailing, this.free)
      : Math.min(AT_ONCE_EACH - own, this.free);
    return Math.max(0, room);
  }

  take(endpoint: WebhookEndpoint): void {
    this.busy.set(endpoint.id, (this.busy.get(endpoint.id) ?? 0) + 1);
    this.free -= 1;
    if (isFailing(endpoint)) this.freeForFailing -= 1;
  }
}

const isFailing = ({ consecutiveFailures }: WebhookEndpoint): boolean => consecutiveFailures > 0;
