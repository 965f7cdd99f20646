import { In, IsNull } from 'typeorm';
import { SYSTEM } from '../domain/actor.js';
import type { Transaction } from '../domain/transactions.js';
import { ApiKey } from './api-key.entity.js';

/**
 * Tells which keys are about to get their first last use. They stay locked until it is written, so that of several instances one tells.
 *
 * @param uses milliseconds since 1970, by the keys' ids in their order
 */
export async function publishFirstUses(tx: Transaction, uses: ReadonlyMap<string, number>): Promise<void> {
  const { manager } = tx;
  const isSqlite = manager.dataSource.options.type === 'better-sqlite3';
  const keys = await manager.find(ApiKey, {
    select: { id: true, merchantId: true, surface: true, name: true, applicationId: true },
    where: { id: In([...uses.keys()]), lastUsedAt: IsNull(), deletedAt: IsNull() },
    ...(!isSqlite && { lock: { mode: 'pessimistic_write' } }),
  });
  for (const { id, merchantId, surface, name, applicationId } of keys)
    await tx.publish({
      name: 'api_key.first_used',
      actor: SYSTEM,
      merchantId,
      targetType: 'api_key',
      targetId: id,
      details: { surface, name, applicationId, lastUsedAt: new Date(uses.get(id) ?? 0).toISOString() },
    });
}
