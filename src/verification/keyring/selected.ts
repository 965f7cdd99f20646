import type { EntityMetadata, EntityTarget, ObjectLiteral, Repository } from 'typeorm';

/** Some columns of a table within a statement of our own, and how their values become an entity. */
export class Selected<T extends ObjectLiteral, P extends string & keyof T> {
  /** For the statement: each column under a name that says its table. */
  readonly columns: string;
  private readonly parts: { property: P; name: string; column: EntityMetadata['columns'][number] }[];

  /** @param alias of the table in the statement */
  constructor(
    private readonly repository: Repository<ObjectLiteral>,
    entity: EntityTarget<T>,
    alias: string,
    properties: readonly P[],
  ) {
    const { columns } = repository.manager.dataSource.getMetadata(entity);
    this.parts = properties.map((property) => {
      const column = columns.find(({ propertyName }) => propertyName === property);
      if (!column) throw new Error(`${property} is no column`);
      return { property, name: `${alias}_${column.databaseName}`, column };
    });
    this.columns = this.parts.map(({ name, column }) => `${alias}.${column.databaseName} AS ${name}`).join(', ');
  }

  /** @returns with `null` in each place that the row has no value for */
  read(row: Record<string, unknown>): Pick<T, P> {
    const { driver } = this.repository.manager.dataSource;
    const values: Partial<Record<P, unknown>> = {};
    for (const { property, name, column } of this.parts)
      values[property] = row[name] === null ? null : (driver.prepareHydratedValue(row[name], column) as unknown);
    return values as Pick<T, P>;
  }
}
