import type { EntityManager } from 'typeorm';
import { isSqlite } from './engine-sql.js';

/** A condition on the columns of a table. */
export interface RowCondition {
  sql: string;
  /** As the engine stores them. */
  values: unknown[];
}

/**
 * Deletes rows of a table that meet a condition, so many at the most.
 *
 * @returns how many
 */
export async function deleteSome(
  manager: EntityManager,
  table: string,
  { sql, values }: RowCondition,
  limit: number,
): Promise<number> {
  if (isSqlite(manager)) {
    const some = `SELECT rowid FROM ${table} WHERE ${sql} LIMIT ${limit}`;
    const deleted = await manager.query<object[]>(
      `DELETE FROM ${table} WHERE rowid IN (${some}) RETURNING 1 AS one`,
      values,
    );
    return deleted.length;
  }
  const { affectedRows } = await manager.query<{ affectedRows: number }>(
    `DELETE FROM ${table} WHERE ${sql} LIMIT ${limit}`,
    values,
  );
  return affectedRows;
}
