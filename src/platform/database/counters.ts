import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { isSqlite, onDuplicate } from './engine-sql.js';
import { RowMapper } from './row-mapper.js';
import type { Identified } from './rows.js';

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

/** Adds to a counter of each row in one statement; a row that isn't there yet begins with what is added. */
export async function addToCounters<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  rows: T[],
  counter: string & keyof T,
): Promise<void> {
  await addToSome(manager, RowMapper.for(manager, entity), rows, [counter]);
}

/**
 * Adds to counters of each row in one statement; a row that isn't there yet begins with what is added.
 *
 * @param mapper of the columns that a new row needs; the others have their defaults
 * @param replaced what of a row that is there already takes the new row's value
 */
export async function addToSome<T extends ObjectLiteral, P extends string & keyof T>(
  manager: EntityManager,
  mapper: RowMapper<T, P>,
  rows: Pick<T, P>[],
  counters: P[],
  replaced: P[] = [],
): Promise<void> {
  const [added, taken] = [counters, replaced].map((some) => some.map((property) => mapper.columnOf(property)));
  const columns = [...(added ?? []), ...(taken ?? [])];
  const ending = onDuplicate(manager, columns, (column, inserted) =>
    added?.includes(column) ? `${mapper.table}.${column} + ${inserted}` : inserted,
  );
  const values = rows.flatMap((row) => mapper.values(row));
  await manager.query(`${mapper.insertion(rows.length)} ${ending}`, values);
}
