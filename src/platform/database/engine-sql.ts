import type { EntityManager, ObjectLiteral, Repository } from 'typeorm';

// SQL that differs between engines.

/** Whether the database is a file, read and written without a server. */
export const isSqlite = ({ dataSource }: Pick<EntityManager, 'dataSource'>): boolean =>
  dataSource.options.type === 'better-sqlite3';

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

/** An expression for the seconds from one time to another, to the millisecond. */
export const secondsBetween = (manager: Pick<EntityManager, 'dataSource'>, from: string, to: string): string =>
  isSqlite(manager)
    ? `ROUND((julianday(${to}) - julianday(${from})) * 86400, 3)`
    : `(TIMESTAMPDIFF(MICROSECOND, ${from}, ${to}) / 1000000)`;

/** An expression for the number of items in a column of `simple-json`. */
export const jsonLength = (manager: EntityManager, column: string): string =>
  isSqlite(manager) ? `json_array_length(${column})` : `JSON_LENGTH(${column})`;

/**
 * The end of an insertion that changes columns of a row that is there already.
 *
 * @param change the column's new value, from its name, the value that was to be inserted, and those of other columns
 */
export function onDuplicate(
  manager: EntityManager,
  columns: string[],
  change: (column: string, inserted: string, insertedInto: (column: string) => string) => string,
): string {
  const [clause, inserted] = isSqlite(manager)
    ? ['ON CONFLICT DO UPDATE SET', (column: string) => `excluded.${column}`]
    : ['ON DUPLICATE KEY UPDATE', (column: string) => `VALUES(${column})`];
  return `${clause} ${columns.map((column) => `${column} = ${change(column, inserted(column), inserted)}`).join(', ')}`;
}
