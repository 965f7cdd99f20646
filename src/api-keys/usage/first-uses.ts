import { In, IsNull } from 'typeorm';
import { SYSTEM } from '../../platform/events/actor.js';
import type { Transaction } from '../../platform/database/transactions/transactions.js';
import { forUpdate } from '../../platform/database/row-locks.js';
import { ApiKey } from '../api-key.entity.js';
import { keyTarget } from '../usable-keys.js';

/**
 * Tells which keys are about to get their first last use. They stay locked until it is written, so that of several instances one tells.
 *
 * @param uses milliseconds since 1970, by the keys' ids in their order
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
    });
  }
}
