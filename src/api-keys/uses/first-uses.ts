import { In, IsNull } from 'typeorm';
import { SYSTEM } from '../../platform/events/actor.js';
import { forUpdate } from '../../platform/database/row-locks.js';
import type { Transaction } from '../../platform/database/transactions/transaction.js';
import { ApiKey } from '../api-key.entity.js';
import { keyTarget } from '../usable-keys.js';
import { NOTHING } from '../../platform/events/invalidation.js';

/**
 * Publishes the first use of those keys that have none yet. The keys stay locked until the use is written, so that only one of several
 * instances publishes it.
 *
 * @param uses times in milliseconds since 1970 by key id, in the order of the ids
 */
export async function publishFirstUses(tx: Transaction, uses: ReadonlyMap<string, number>): Promise<void> {
  const keys = await tx.manager.find(ApiKey, {
    select: { id: true, merchantId: true, surface: true, name: true, applicationId: true },
    where: { id: In([...uses.keys()]), lastUsedAt: IsNull(), deletedAt: IsNull() },
    ...forUpdate(tx.manager),
  });
  for (const key of keys) {
    const { surface, name, applicationId } = key;
    const lastUsedAt = new Date(uses.get(key.id) ?? 0).toISOString();
    await tx.publish({
      ...keyTarget(key),
      name: 'api_key.first_used',
      actor: SYSTEM,
      details: { surface, name, applicationId, lastUsedAt },
      invalidates: NOTHING,
    });
  }
}
