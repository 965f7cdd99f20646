/**
 * Guarantees, at compile time: an event that doesn't say what it invalidates can't be published, so that no change of a key is forgotten in the
 * caches. `npm run types` compiles this file, and fails when one of the expected errors is missing.
 */
import type { Transaction } from '../../src/platform/database/transactions/transaction.js';
import { SYSTEM } from '../../src/platform/events/actor.js';
import { NOTHING } from '../../src/platform/events/invalidation.js';

const target = { merchantId: 'm', targetType: 'api_key', targetId: 'k' };
const event = { ...target, name: 'api_key.deleted', actor: SYSTEM, details: {} } as const;

export async function publishers(tx: Transaction): Promise<void> {
  // @ts-expect-error The event doesn't say what it invalidates.
  await tx.publish(event);
  // @ts-expect-error There is no such kind of cache entry.
  await tx.publish({ ...event, invalidates: [{ kind: 'webhook', id: 'w', revokes: 'nothing' }] });
  // @ts-expect-error A phase that a transaction doesn't have.
  tx.during('later', () => undefined);
  await tx.publish({ ...event, invalidates: NOTHING });
  // @ts-expect-error The event doesn't say what it takes away, which a restored backup must not give back.
  await tx.publish({ ...event, invalidates: [{ kind: 'key', id: 'k' }] });
  await tx.publish({ ...event, invalidates: [{ kind: 'key', id: 'k', revokes: 'everything' }] });
}
