import type { EntityManager, EntityMetadata, EntityTarget, ObjectLiteral } from 'typeorm';

/** Some columns of a table within a statement of our own, and how their values become an entity. */
export class ColumnMapper<T extends ObjectLiteral, P extends string & keyof T = string & keyof T> {
  /** For the statement: each column under a name that says its table. */
  readonly columns: string;
  private readonly parts: { property: string; name: string; column: EntityMetadata['columns'][number] }[];
  private readonly driver: EntityManager['dataSource']['driver'];

  /**
   * @param alias of the table in the statement
   * @param properties all of them, when none are named
   */
  constructor({ dataSource }: EntityManager, entity: EntityTarget<T>, alias: string, properties?: readonly P[]) {
    const { columns } = dataSource.getMetadata(entity);
    this.driver = dataSource.driver;
    const names = properties ?? columns.map(({ propertyName }) => propertyName);
    this.parts = names.map((property) => {
      const column = columns.find(({ propertyName }) => propertyName === property);
      if (!column) throw new Error(`${property} is no column`);
      return { property, name: `${alias}_${column.databaseName}`, column };
    });
    this.columns = this.parts.map(({ name, column }) => `${alias}.${column.databaseName} AS ${name}`).join(', ');
  }

  /** @returns `into`, with the row's values, and `null` in each place that it has none for */
  read<E extends object>(row: Record<string, unknown>, into: E): E & Pick<T, P> {
    const entity = into as Record<string, unknown>;
    for (const { property, name, column } of this.parts)
      entity[property] = row[name] === null ? null : (this.driver.prepareHydratedValue(row[name], column) as unknown);
    return into as E & Pick<T, P>;
  }
}
