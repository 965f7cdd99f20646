import type { EntityManager } from 'typeorm';
import { FORMER_IDS, publicIdsOf } from '../../../credentials/imported/imported-credential.js';
import type { ImportFormat } from '../../../credentials/imported/import-format.entity.js';

/**
 * Whether a key has the format: one that is not deleted, including its previous credential. A key that version 0.1 imported doesn't say
 * which format it has, so it may have any of its merchant's.
 */
export async function hasKeys(manager: EntityManager, { id, merchantId }: ImportFormat): Promise<boolean> {
  const { from, below } = publicIdsOf(id);
  const own = (column: string): string =>
    `SELECT k.id FROM api_key k WHERE k.${column} >= ? AND k.${column} < ? AND k.deleted_at IS NULL`;
  const former = (column: string): string =>
    `k.${column} >= ? AND k.${column} < ? AND SUBSTR(k.${column}, ${FORMER_IDS.tagEnd + 1}, 1) <> '_'`;
  const bounds = [FORMER_IDS.from, FORMER_IDS.below];
  const statements: [string, string[]][] = [
    [own('public_id'), [from, below]],
    [own('previous_public_id'), [from, below]],
    [
      `SELECT k.id FROM api_key k
       WHERE k.merchant_id = ? AND k.deleted_at IS NULL AND (${former('public_id')} OR ${former('previous_public_id')})`,
      [merchantId, ...bounds, ...bounds],
    ],
  ];
  for (const [statement, values] of statements)
    if ((await manager.query<unknown[]>(`${statement} LIMIT 1`, values)).length > 0) return true;
  return false;
}
