import type { EntityManager, EntityTarget, FindManyOptions } from 'typeorm';
import { isSqlite } from './engine-sql.js';
import { touchConflictRows } from './galera/conflict-rows.js';
import { placeholders } from './placeholders.js';
import { RowMapper } from './row-mapper.js';
import { readRow, type Identified, type ReadLock } from './rows.js';

const HOLDING: ReadLock = 'LOCK IN SHARE MODE';

/**
 * Locks a row until the transaction ends and reads it, so that rules that span several rows hold when two callers race. On Galera, the lock also
 * writes conflict rows.
 */
export async function lockRow<T extends Identified>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  id: T['id'],
): Promise<T | null> {
  const row = await readRow(manager, entity, id, 'FOR UPDATE');
  await touchConflictRows(manager, entity, [id], 'exclusive');
  return row;
}

/**
 * Reads a row and protects it from changes until the transaction ends, but not from being held by others. On Galera, the row is protected on
 * this node only: a transaction that changes it on another node sees the effects of this one after its revocation barrier.
 */
export function holdRow<T extends Identified>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  id: T['id'],
): Promise<T | null> {
  return readRow(manager, entity, id, HOLDING);
}

/**
 * Locks rows that are about to be changed, in the order of their ids, and reads them. On Galera, the change itself conflicts with those of other
 * nodes.
 */
export async function lockRows<T extends Identified>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  ids: string[],
): Promise<T[]> {
  if (ids.length === 0) return [];
  const mapper = RowMapper.for(manager, entity);
  const inOrder = ids.toSorted();
  const statement = `${mapper.select} WHERE t.id IN (${placeholders(inOrder)}) ORDER BY t.id ${isSqlite(manager) ? '' : 'FOR UPDATE'}`;
  return (await manager.query<Record<string, unknown>[]>(statement, inOrder)).map((row) => mapper.read(row));
}

/**
 * Options for TypeORM's `find` that lock the rows until the transaction ends. SQLite has no such locks, and needs none: its transactions run one after another.
 *
 * @param onLocked how to treat rows that others have locked; by default, the statement waits for them
 */
export function forUpdate(manager: EntityManager, onLocked?: 'skip_locked'): Pick<FindManyOptions, 'lock'> {
  return isSqlite(manager) ? {} : { lock: { mode: 'pessimistic_write', ...(onLocked && { onLocked }) } };
}

/** Options for TypeORM's `find` that hold the rows as {@link holdRow} does. */
export function forShare(manager: EntityManager): Pick<FindManyOptions, 'lock'> {
  return isSqlite(manager) ? {} : { lock: { mode: 'pessimistic_read' } };
}
