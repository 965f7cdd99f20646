import type { EntityManager } from 'typeorm';
import { alongIndex, secondsBetween } from '../../platform/database/engine-sql.js';
import { ApiKey } from '../api-key.entity.js';
import type { KeyPolicy } from './key-policy.js';

/** A merchant with more keys than this has none counted. */
const EXAMINED_MAX = 10_000;

/** Returns an SQL condition for the keys that live longer than a policy allows, and the values of its placeholders. */
export function exceeds(
  manager: EntityManager,
  { maxLifeSeconds, expiryRequired }: KeyPolicy,
): { sql: string; values: number[] } {
  if (maxLifeSeconds === null) return { sql: expiryRequired ? 'expires_at IS NULL' : '1 = 0', values: [] };
  const life = secondsBetween(manager, 'COALESCE(secret_issued_at, created_at)', 'expires_at');
  return { sql: `(expires_at IS NULL OR ${life} > ?)`, values: [maxLifeSeconds] };
}

/** Returns how many keys of a merchant live longer than a policy allows; `null` if it has too many keys to look at each. */
export async function countExceeding(
  manager: EntityManager,
  merchantId: string,
  policy: KeyPolicy,
): Promise<number | null> {
  if (policy.maxLifeSeconds === null && !policy.expiryRequired) return 0;
  const { sql, values } = exceeds(manager, policy);
  const [row] = await manager.query<{ examined: unknown; exceeding: unknown }[]>(
    `SELECT COUNT(*) AS examined, SUM(CASE WHEN ${sql} THEN 1 ELSE 0 END) AS exceeding FROM (
       SELECT expires_at, created_at, secret_issued_at FROM ${alongIndex(manager.getRepository(ApiKey), 'api_key_expiry')}
       WHERE merchant_id = ? AND deleted_at IS NULL LIMIT ${EXAMINED_MAX + 1}) k`,
    [...values, merchantId],
  );
  return Number(row?.examined) > EXAMINED_MAX ? null : Number(row?.exceeding ?? 0);
}
