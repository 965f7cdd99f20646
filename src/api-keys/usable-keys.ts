import { IsNull, MoreThan, type FindOptionsWhere } from 'typeorm';
import type { Actor } from '../platform/events/actor.js';
import type { Changes } from '../platform/events/audited-changes.js';
import type { EventTarget } from '../platform/events/domain-event.js';
import type { Transaction } from '../platform/database/transactions/transactions.js';
import { lockRows } from '../platform/database/row-locks.js';
import { ApiKey } from './api-key.entity.js';

/** Locks keys and reads those that aren't deleted. */
export async function lockUndeleted({ manager }: Transaction, ids: string[]): Promise<ApiKey[]> {
  return (await lockRows(manager, ApiKey, ids)).filter(({ deletedAt }) => deletedAt === null);
}

/** Of the keys that are as they are said to be, those whose end hasn't passed. */
export const unexpired = (where: FindOptionsWhere<ApiKey>, now: Date): FindOptionsWhere<ApiKey>[] => [
  { ...where, expiresAt: IsNull() },
  { ...where, expiresAt: MoreThan(now) },
];

/** What every event of a key says. */
export const keyTarget = ({ id, merchantId }: Pick<ApiKey, 'id' | 'merchantId'>): EventTarget => ({
  merchantId,
  targetType: 'api_key',
  targetId: id,
});

/** Tells that a key is now another than it was: in which fields, and what decides about its power. */
export function publishKeyChange(
  tx: Transaction,
  actor: Actor,
  key: ApiKey,
  fields: string[],
  changes: Changes,
): Promise<void> {
  const { publicId, previousPublicId, surface, isActive, level, scopes } = key;
  return tx.publish({
    ...keyTarget(key),
    name: 'api_key.updated',
    actor,
    details: { publicId, previousPublicId, surface, fields, changes, isActive, level, scopes },
  });
}
