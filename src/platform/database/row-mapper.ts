import type { EntityManager, EntityMetadata, EntityTarget, ObjectLiteral } from 'typeorm';
import { ColumnMapper } from './selected.js';

/** A table and what statements of our own say of it, put together once: TypeORM's builders take longer than the database does. */
export class RowMapper<T extends ObjectLiteral> {
  private static readonly known = new WeakMap<EntityMetadata, RowMapper<ObjectLiteral>>();

  static of<T extends ObjectLiteral>({ dataSource }: EntityManager, entity: EntityTarget<T>): RowMapper<T> {
    const metadata = dataSource.getMetadata(entity);
    const mapper = RowMapper.known.get(metadata) ?? new RowMapper(dataSource.manager, metadata);
    RowMapper.known.set(metadata, mapper);
    return mapper as unknown as RowMapper<T>;
  }

  readonly name: string;
  /** All of them, as {@link read} wants them, for a statement in which the table is called `t`. */
  readonly columns: string;
  /** Reads whole rows; another ending locks them. */
  readonly select: string;
  private readonly insert: string;
  private readonly places: string;
  private readonly written: EntityMetadata['columns'];
  private readonly driver: EntityManager['dataSource']['driver'];
  private readonly row: ColumnMapper<T>;
  private readonly create: () => T;

  private constructor(manager: EntityManager, { columns, tableName, target }: EntityMetadata) {
    this.name = tableName;
    this.written = columns;
    this.driver = manager.dataSource.driver;
    this.create = () => new (target as new () => T)();
    this.row = new ColumnMapper<T>(manager, target, 't');
    this.columns = this.row.columns;
    this.select = `SELECT ${this.columns} FROM ${tableName} t`;
    this.insert = `INSERT INTO ${tableName} (${columns.map(({ databaseName }) => databaseName).join(', ')}) VALUES `;
    this.places = `(${columns.map(() => '?').join(', ')})`;
  }

  /** What {@link select} found. */
  read(row: Record<string, unknown>): T {
    return this.row.read(row, this.create());
  }

  /** A statement that inserts so many rows of {@link values}. */
  insertion(count: number): string {
    return this.insert + Array<string>(count).fill(this.places).join(', ');
  }

  values(row: T): unknown[] {
    return this.written.map((column): unknown =>
      this.driver.preparePersistentValue(column.getEntityValue(row), column),
    );
  }
}
