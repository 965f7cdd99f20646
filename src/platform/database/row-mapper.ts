import type { EntityManager, EntityMetadata, EntityTarget, ObjectLiteral } from 'typeorm';
import { placeholders } from './placeholders.js';

type Column = EntityMetadata['columns'][number];

/** A column, the property that it holds and the name that statements select it under. */
interface Part {
  property: string;
  name: string;
  column: Column;
}

/** Reads and writes a table's rows, or some of their columns, in written-out statements: TypeORM's builders take longer than the database does. */
export class RowMapper<T extends ObjectLiteral, P extends string & keyof T = string & keyof T> {
  private static readonly known = new WeakMap<EntityMetadata, Map<string, RowMapper<ObjectLiteral>>>();

  /**
   * The mapper of whole rows, built once.
   *
   * @param alias by which a statement names the table
   */
  static for<T extends ObjectLiteral>(manager: EntityManager, entity: EntityTarget<T>, alias = 't'): RowMapper<T> {
    const metadata = manager.dataSource.getMetadata(entity);
    const mappers = RowMapper.known.get(metadata) ?? new Map<string, RowMapper<ObjectLiteral>>();
    const mapper = mappers.get(alias) ?? new RowMapper(manager, metadata.target, alias);
    RowMapper.known.set(metadata, mappers.set(alias, mapper));
    return mapper as unknown as RowMapper<T>;
  }

  readonly table: string;
  /** What a statement selects: each column under a name that says its table. */
  readonly columns: string;
  /** Selects rows; a condition or a lock may follow. */
  readonly select: string;
  private readonly insert: string;
  private readonly places: string;
  private readonly parts: Part[];
  private readonly driver: EntityManager['dataSource']['driver'];
  private readonly entity: new () => T;

  /**
   * @param alias by which a statement names the table
   * @param properties all of them, when none are named
   */
  constructor({ dataSource }: EntityManager, entity: EntityTarget<T>, alias: string, properties?: readonly P[]) {
    const metadata = dataSource.getMetadata(entity);
    const names = properties ?? metadata.columns.map(({ propertyName }) => propertyName);
    this.table = metadata.tableName;
    this.driver = dataSource.driver;
    this.entity = metadata.target as new () => T;
    this.parts = names.map((property) => {
      const column = metadata.columns.find(({ propertyName }) => propertyName === property);
      if (!column) throw new Error(`${property} is no column of ${this.table}.`);
      return { property, name: `${alias}_${column.databaseName}`, column };
    });
    this.columns = this.parts.map(({ name, column }) => `${alias}.${column.databaseName} AS ${name}`).join(', ');
    this.select = `SELECT ${this.columns} FROM ${this.table} ${alias}`;
    this.insert = `INSERT INTO ${this.table} (${this.parts.map(({ column }) => column.databaseName).join(', ')}) VALUES `;
    this.places = `(${placeholders(this.parts)})`;
  }

  /** The entity of a row that {@link columns} were selected of. */
  read(this: RowMapper<T>, row: Record<string, unknown>): T {
    return this.readInto(row, new this.entity());
  }

  /** @returns `into`, with the row's values, and `null` in each place that it has none for */
  readInto<E extends object>(row: Record<string, unknown>, into: E): E & Pick<T, P> {
    const entity = into as Record<string, unknown>;
    for (const { property, name, column } of this.parts) entity[property] = this.hydrate(column, row[name]);
    return into as E & Pick<T, P>;
  }

  /** A statement that inserts so many rows of {@link values}. */
  insertion(count: number): string {
    return this.insert + Array<string>(count).fill(this.places).join(', ');
  }

  values(row: Pick<T, P>): unknown[] {
    return this.parts.map(({ column }): unknown =>
      this.driver.preparePersistentValue(column.getEntityValue(row), column),
    );
  }

  /** The name of the column that holds a property. */
  columnOf(property: P): string {
    return this.find((part) => part.property === property).databaseName;
  }

  /** What this engine stores in a column for a value. */
  toStored(columnName: string, value: unknown): unknown {
    const column = this.find((part) => part.column.databaseName === columnName);
    return this.driver.preparePersistentValue(value, column);
  }

  /** The value that this engine has stored in a column. */
  fromStored(columnName: string, stored: unknown): unknown {
    return this.hydrate(
      this.find((part) => part.column.databaseName === columnName),
      stored,
    );
  }

  private hydrate(column: Column, stored: unknown): unknown {
    return stored === null ? null : this.driver.prepareHydratedValue(stored, column);
  }

  private find(isSought: (part: Part) => boolean): Column {
    const part = this.parts.find(isSought);
    if (!part) throw new Error(`${this.table} has no such column.`);
    return part.column;
  }
}
