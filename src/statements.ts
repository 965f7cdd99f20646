import {
  In,
  type EntityManager,
  type EntityTarget,
  type FindOptionsWhere,
  type ObjectLiteral,
  type Repository,
} from 'typeorm';

// Statements that engines want differently, or that TypeORM puts together too slowly.

/**
 * Locks a row until the transaction ends and reads it as it is then, so that rules that span several rows hold when two callers race.
 * An update that changes nothing locks on every engine.
 */
export async function lockRow<T extends ObjectLiteral & { id: string | number }>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  id: T['id'],
): Promise<T | null> {
  const repository = manager.getRepository(entity);
  await manager.query(`UPDATE ${repository.metadata.tableName} SET id = id WHERE id = ?`, [id]);
  return repository.findOneBy({ id } as FindOptionsWhere<T>);
}

/**
 * Reads a row and keeps others from changing it until the transaction ends, but not from reading it so as well.
 * On SQLite a transaction that writes after it has read fails when somebody else has written in between, and is tried again.
 */
export function holdRow<T extends ObjectLiteral & { id: string | number }>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  id: T['id'],
): Promise<T | null> {
  const isSqlite = manager.dataSource.options.type === 'better-sqlite3';
  return manager.findOne(entity, {
    where: { id } as FindOptionsWhere<T>,
    ...(!isSqlite && { lock: { mode: 'pessimistic_read' } }),
  });
}

/** Locks rows as {@link lockRow} does, in one order for everybody, and reads them as they are then. */
export async function lockRows<T extends ObjectLiteral & { id: string }>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  ids: string[],
): Promise<T[]> {
  if (ids.length === 0) return [];
  const repository = manager.getRepository(entity);
  const inOrder = ids.toSorted();
  const places = inOrder.map(() => '?').join(', ');
  await manager.query(`UPDATE ${repository.metadata.tableName} SET id = id WHERE id IN (${places})`, inOrder);
  return repository.findBy({ id: In(inOrder) } as FindOptionsWhere<T>);
}

/** A table as a statement names it that must run along one of its indices. */
export function alongIndex({ manager, metadata }: Repository<ObjectLiteral>, index: string): string {
  return manager.dataSource.options.type === 'better-sqlite3'
    ? `${metadata.tableName} INDEXED BY ${index}`
    : `${metadata.tableName} FORCE INDEX (${index})`;
}

/** An expression for the database's own time in milliseconds since 1970, whatever its time zone does. */
export function databaseTimeMs<T extends ObjectLiteral>({ manager }: Repository<T>): string {
  return manager.dataSource.options.type === 'better-sqlite3'
    ? `CAST(unixepoch('subsec') * 1000 AS INTEGER)`
    : `(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)`;
}

/** Adds to counters, row by row in one statement; a row that isn't there yet begins with what is added. */
export async function addToCounters<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  rows: T[],
  counter: string & keyof T,
): Promise<void> {
  const added =
    manager.dataSource.options.type === 'better-sqlite3'
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
  const isSqlite = manager.dataSource.options.type === 'better-sqlite3';
  const changes = manager
    .getRepository(entity)
    .metadata.columns.filter(({ propertyName }) => changing.includes(propertyName))
    .map(({ databaseName: name }) => `${name} = ${isSqlite ? `excluded.${name}` : `VALUES(${name})`}`);
  const onDuplicate = isSqlite ? 'ON CONFLICT DO UPDATE SET' : 'ON DUPLICATE KEY UPDATE';
  await insertRows(manager, entity, rows, `${onDuplicate} ${changes.join(', ')}`);
}

/** Inserts many rows in one statement, several times as fast as TypeORM's own builder puts one together. */
export async function insertRows<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  rows: T[],
  onDuplicate = '',
): Promise<void> {
  const { columns, tableName } = manager.getRepository(entity).metadata;
  const { driver } = manager.dataSource;
  const names = columns.map(({ databaseName }) => databaseName);
  const values = rows.flatMap((row) =>
    columns.map((column): unknown => driver.preparePersistentValue(column.getEntityValue(row), column)),
  );
  const places = `(${names.map(() => '?').join(', ')})`;
  await manager.query(
    `INSERT INTO ${tableName} (${names.join(', ')}) VALUES ${rows.map(() => places).join(', ')} ${onDuplicate}`,
    values,
  );
}
