import type { EntityManager, EntityTarget, FindManyOptions } from 'typeorm';
import { isSqlite } from './engine-sql.js';
import { touchConflictRows } from './galera/conflict-rows.js';
import { placeholders } from './placeholders.js';
import { RowMapper } from './row-mapper.js';
import { readRow, type Identified, type ReadLock } from './rows.js';

const HOLDING: ReadLock = 'LOCK IN SHARE MODE';

/**
 * Locks a row until the transaction ends and reads it as it is then, so that rules that span several rows hold when two callers race.
 * SQLite locks by an update that changes nothing; on Galera it is written down as well.
 */
export async function lockRow<T extends Identified>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  id: T['id'],
): Promise<T | null> {
  if (isSqlite(manager))
    await manager.query(`UPDATE ${RowMapper.for(manager, entity).table} SET id = id WHERE id = ?`, [id]);
  const row = await readRow(manager, entity, id, 'FOR UPDATE');
  await touchConflictRows(manager, entity, [id], 'exclusive');
  return row;
}

/**
 * Reads a row and keeps others from changing it until the transaction ends, but not from reading it so as well.
 * On SQLite a transaction that writes after it has read fails when somebody else has written in between, and is tried again. On Galera others
 * are only kept from it at this node: who changes it at another one sees what was done meanwhile when the barrier has been passed.
 */
export function holdRow<T extends Identified>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  id: T['id'],
): Promise<T | null> {
  return readRow(manager, entity, id, HOLDING);
}

/** Holds two rows of different tables as {@link holdRow} does one, in one statement; the first of them first. */
export async function holdRows<A extends Identified, B extends Identified>(
  manager: EntityManager,
  [one, oneId]: [EntityTarget<A>, A['id']],
  [other, otherId]: [EntityTarget<B>, B['id']],
): Promise<[A | null, B | null]> {
  const [t, o] = [RowMapper.for(manager, one), RowMapper.for(manager, other, 'o')];
  const statement = `
    SELECT ${t.columns}, ${o.columns}
    FROM (SELECT 1) always LEFT JOIN ${t.table} t ON t.id = ? LEFT JOIN ${o.table} o ON o.id = ?
    ${isSqlite(manager) ? '' : HOLDING}`;
  const [row] = await manager.query<Record<string, unknown>[]>(statement, [oneId, otherId]);
  return [row?.t_id == null ? null : t.read(row), row?.o_id == null ? null : o.read(row)];
}

/**
 * Locks rows that are about to be changed, in one order for everybody, and reads them as they are then. On Galera what is changed in them is what
 * others notice.
 */
export async function lockRows<T extends Identified>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  ids: string[],
): Promise<T[]> {
  if (ids.length === 0) return [];
  const mapper = RowMapper.for(manager, entity);
  const inOrder = ids.toSorted();
  const are = `id IN (${placeholders(inOrder)})`;
  if (isSqlite(manager)) await manager.query(`UPDATE ${mapper.table} SET id = id WHERE ${are}`, inOrder);
  const statement = `${mapper.select} WHERE t.${are} ORDER BY t.id ${isSqlite(manager) ? '' : 'FOR UPDATE'}`;
  return (await manager.query<Record<string, unknown>[]>(statement, inOrder)).map((row) => mapper.read(row));
}

/**
 * For TypeORM's `find`: locks what is found until the transaction ends. SQLite has no such locks, and needs none where the transaction writes.
 *
 * @param onLocked what becomes of rows that others have locked; unless it is said they are waited for
 */
export function forUpdate(manager: EntityManager, onLocked?: 'skip_locked'): Pick<FindManyOptions, 'lock'> {
  return isSqlite(manager) ? {} : { lock: { mode: 'pessimistic_write', ...(onLocked && { onLocked }) } };
}

/** For TypeORM's `find`: holds what is found as {@link holdRow} does. */
export function forShare(manager: EntityManager): Pick<FindManyOptions, 'lock'> {
  return isSqlite(manager) ? {} : { lock: { mode: 'pessimistic_read' } };
}
