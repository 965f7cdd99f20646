import type { EntityManager, EntityTarget, FindManyOptions, ObjectLiteral, Repository } from 'typeorm';
import { isGalera } from './galera/is-galera.js';
import { ConflictRow } from './galera/conflict-row.entity.js';
import { conflictRowsFor } from './galera/conflict-rows.js';
import { RowMapper } from './row-mapper.js';

// Statements that engines want differently, or that TypeORM puts together too slowly.

/** MariaDB knows no FOR SHARE. */
const HOLDING = 'LOCK IN SHARE MODE';

export type Identified = ObjectLiteral & { id: string | number };

/** Reads a row by its id. */
export function readRow<T extends Identified>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  id: T['id'],
): Promise<T | null> {
  return select(manager, entity, id, '');
}

/**
 * Locks a row until the transaction ends and reads it as it is then, so that rules that span several rows hold when two callers race.
 * On Galera it is written down as well.
 */
export async function lockRow<T extends Identified>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  id: T['id'],
): Promise<T | null> {
  await lockSqlite(manager, entity);
  const row = await select(manager, entity, id, 'FOR UPDATE');
  await touchConflictRows(manager, entity, id, false);
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
  return select(manager, entity, id, HOLDING);
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
  const table = RowMapper.of(manager, entity);
  const inOrder = ids.toSorted();
  const places = inOrder.map(() => '?').join(', ');
  await lockSqlite(manager, entity);
  const statement = `${table.select} WHERE t.id IN (${places}) ORDER BY t.id ${isSqlite(manager) ? '' : 'FOR UPDATE'}`;
  return (await manager.query<Record<string, unknown>[]>(statement, inOrder)).map((row) => table.read(row));
}

/**
 * For TypeORM's `find`: locks what is found until the transaction ends. SQLite has no such locks, and needs none where the transaction writes.
 *
 * @param onLocked what becomes of rows that others have locked; unless it is said they are waited for
 */
export function forUpdate(manager: EntityManager, onLocked?: 'skip_locked'): Pick<FindManyOptions, 'lock'> {
  return isSqlite(manager) ? {} : { lock: { mode: 'pessimistic_write', ...(onLocked && { onLocked }) } };
}

/** A table as a statement names it that must run along one of its indices. */
export function alongIndex({ manager, metadata }: Repository<ObjectLiteral>, index: string, alias = ''): string {
  const table = `${metadata.tableName} ${alias}`;
  return isSqlite(manager) ? `${table} INDEXED BY ${index}` : `${table} FORCE INDEX (${index})`;
}

/** An expression for the database's own time in milliseconds since 1970, whatever its time zone does. */
export function databaseTimeMs({ manager }: { manager: EntityManager }): string {
  return isSqlite(manager)
    ? `CAST(unixepoch('subsec') * 1000 AS INTEGER)`
    : `(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)`;
}

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
  const { name } = RowMapper.of(manager, entity);
  if (isSqlite(manager)) {
    const added = `UPDATE ${name} SET ${counter} = ${counter} + ? WHERE id = ? RETURNING ${counter} AS value`;
    const [row] = await manager.query<{ value: number }[]>(added, [by, id]);
    if (!row) throw new Error(`There is no row ${id} of ${name}.`);
    return row.value;
  }
  const added = `UPDATE ${name} SET ${counter} = LAST_INSERT_ID(${counter} + ?) WHERE id = ?`;
  const { affectedRows, insertId } = await manager.query<{ affectedRows: number; insertId: number }>(added, [by, id]);
  if (affectedRows !== 1) throw new Error(`There is no row ${id} of ${name}.`);
  return insertId;
}

/** Adds to counters, row by row in one statement; a row that isn't there yet begins with what is added. */
export async function addToCounters<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  rows: T[],
  counter: string & keyof T,
): Promise<void> {
  const added = isSqlite(manager)
    ? `ON CONFLICT DO UPDATE SET ${counter} = ${counter} + excluded.${counter}`
    : `ON DUPLICATE KEY UPDATE ${counter} = ${counter} + VALUES(${counter})`;
  await insertRows(manager, entity, rows, added);
}

/** Writes rows in one statement. Of a row that is there already only these columns are changed. */
export async function insertOrChange<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  rows: T[],
  changing: (string & keyof T)[],
): Promise<void> {
  const [onDuplicate, valueOf] = isSqlite(manager)
    ? ['ON CONFLICT DO UPDATE SET', (name: string) => `excluded.${name}`]
    : ['ON DUPLICATE KEY UPDATE', (name: string) => `VALUES(${name})`];
  const changes = manager
    .getRepository(entity)
    .metadata.columns.filter(({ propertyName }) => changing.includes(propertyName))
    .map(({ databaseName: name }) => `${name} = ${valueOf(name)}`);
  await insertRows(manager, entity, rows, `${onDuplicate} ${changes.join(', ')}`);
}

/** Inserts many rows in one statement, several times as fast as TypeORM's own builder puts one together. */
export async function insertRows<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  rows: T[],
  onDuplicate = '',
): Promise<void> {
  const table = RowMapper.of(manager, entity);
  const values = rows.flatMap((row) => table.values(row));
  await manager.query(`${table.insertion(rows.length)} ${onDuplicate}`, values);
}

/** Has the commit fail on Galera when somebody locks one of these rows on another node meanwhile: locks end at the node. */
export async function touchConflictRowsShared<T extends Identified>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  ids: T['id'][],
): Promise<void> {
  for (const id of ids) await touchConflictRows(manager, entity, id, true);
}

/** Takes SQLite's one write lock, which a transaction gets with its first write, even if that finds no row. */
async function lockSqlite(manager: EntityManager, entity: EntityTarget<ObjectLiteral>): Promise<void> {
  if (isSqlite(manager)) await manager.query(`UPDATE ${RowMapper.of(manager, entity).name} SET id = id WHERE FALSE`);
}

async function touchConflictRows<T extends Identified>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  id: T['id'],
  isShared: boolean,
): Promise<void> {
  if (!(await isGalera(manager))) return;
  await addToCounters(manager, ConflictRow, conflictRowsFor(RowMapper.of(manager, entity).name, id, isShared), 'uses');
}

/** @param lock which only MySQL and MariaDB understand */
async function select<T extends Identified>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  id: T['id'],
  lock: '' | 'FOR UPDATE' | typeof HOLDING,
): Promise<T | null> {
  const table = RowMapper.of(manager, entity);
  const [row] = await manager.query<Record<string, unknown>[]>(
    `${table.select} WHERE t.id = ? ${isSqlite(manager) ? '' : lock}`,
    [id],
  );
  return row ? table.read(row) : null;
}

/** Whether what is read and written is a file of this machine's, without a server. */
export const isSqlite = ({ dataSource }: EntityManager): boolean => dataSource.options.type === 'better-sqlite3';
