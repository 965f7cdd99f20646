import { IsNull, MoreThan, type FindOptionsWhere } from 'typeorm';
import type { Actor } from '../platform/events/actor.js';
import type { Changes } from '../platform/events/audited-changes.js';
import type { EventTarget } from '../platform/events/domain-event.js';
import { lockRows } from '../platform/database/row-locks.js';
import type { Transaction } from '../platform/database/transactions/transaction.js';
import { ApiKey } from './api-key.entity.js';
import { keyInvalidations } from '../platform/events/invalidation.js';

/** Locks keys and returns those that aren't deleted. */
export async function lockUndeleted({ manager }: Transaction, ids: string[]): Promise<ApiKey[]> {
  return (await lockRows(manager, ApiKey, ids)).filter(({ deletedAt }) => deletedAt === null);
}

/** Narrows a condition to keys that haven't expired. */
export const unexpired = (where: FindOptionsWhere<ApiKey>, now: Date): FindOptionsWhere<ApiKey>[] => [
  { ...where, expiresAt: IsNull() },
  { ...where, expiresAt: MoreThan(now) },
];

/** The target of every event about a key. */
export const keyTarget = ({ id, merchantId }: Pick<ApiKey, 'id' | 'merchantId'>): EventTarget => ({
  merchantId,
  targetType: 'api_key',
  targetId: id,
});

/**
 * Publishes which fields of a key have changed, and the properties that decide what it may do.
 *
 * @param revokes whether the change takes permissions away
 */
export function publishKeyChange(
  tx: Transaction,
  actor: Actor,
  key: ApiKey,
  fields: string[],
  changes: Changes,
  revokes: 'nothing' | 'permissions',
): Promise<void> {
  const { publicId, previousPublicId, surface, isActive, level, scopes } = key;
  return tx.publish({
    ...keyTarget(key),
    name: 'api_key.updated',
    actor,
    details: { publicId, previousPublicId, surface, fields, changes, isActive, level, scopes },
    invalidates: keyInvalidations(revokes, publicId, previousPublicId),
  });
}
