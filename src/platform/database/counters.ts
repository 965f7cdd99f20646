import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { isSqlite, onDuplicate } from './engine-sql.js';
import { RowMapper } from './row-mapper.js';
import { insertRows, type Identified } from './rows.js';

/**
 * Adds to the one counter of a row, which stays locked until the transaction ends, and reads it.
 *
 * @throws {Error} when there is no such row
 */
export async function advance<T extends Identified>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  id: T['id'],
  counter: string & keyof T,
  by: number,
): Promise<number> {
  const mapper = RowMapper.for(manager, entity);
  const { table } = mapper;
  const column = mapper.columnOf(counter);
  if (isSqlite(manager)) {
    const added = `UPDATE ${table} SET ${column} = ${column} + ? WHERE id = ? RETURNING ${column} AS value`;
    const [row] = await manager.query<{ value: number }[]>(added, [by, id]);
    if (!row) throw new Error(`There is no row ${id} of ${table}.`);
    return row.value;
  }
  const added = `UPDATE ${table} SET ${column} = LAST_INSERT_ID(${column} + ?) WHERE id = ?`;
  const { affectedRows, insertId } = await manager.query<{ affectedRows: number; insertId: number }>(added, [by, id]);
  if (affectedRows !== 1) throw new Error(`There is no row ${id} of ${table}.`);
  return insertId;
}

/** Adds to counters, row by row in one statement; a row that isn't there yet begins with what is added. */
export async function addToCounters<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  rows: T[],
  counter: string & keyof T,
): Promise<void> {
  const column = RowMapper.for(manager, entity).columnOf(counter);
  await insertRows(
    manager,
    entity,
    rows,
    onDuplicate(manager, [column], (_, added) => `${column} + ${added}`),
  );
}
