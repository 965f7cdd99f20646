import { In, type FindOptionsWhere, type ObjectLiteral, type Repository, type SelectQueryBuilder } from 'typeorm';
import type { Transaction } from '../database/transactions/transaction.js';

export type Id = string | number;

/** The rows that a job still has to process. */
export interface Backlog<I extends Id> {
  find(limit: number): Promise<I[]>;
  count(): Promise<number>;
}

/** The backlog of rows that a query finds, by their primary column. */
export const queryBacklog = <T extends ObjectLiteral, I extends Id = string>(
  query: () => SelectQueryBuilder<T>,
): Backlog<I> => ({
  find: async (limit) => {
    const selected = query();
    const id = `${selected.alias}.${primaryOf(selected.expressionMap.mainAlias)}`;
    const rows = await selected.select(id, 'id').limit(limit).getRawMany<{ id: I }>();
    return rows.map((row) => row.id);
  },
  count: () => query().getCount(),
});

/** The backlog of rows that meet a condition. */
export const rowsOf = <T extends ObjectLiteral>(rows: Repository<T>, where: FindOptionsWhere<T>): Backlog<string> =>
  queryBacklog(() => rows.createQueryBuilder('it').where(where));

/** Deletes rows of a backlog, as far as they still meet a condition. */
export const deleteRows =
  <T extends ObjectLiteral>(rows: Repository<T>, where: FindOptionsWhere<T> = {}) =>
  async ({ manager }: Transaction, ids: string[]): Promise<string[]> => {
    await manager.delete(rows.target, { ...where, [primaryOf(rows)]: In(ids) });
    return ids;
  };

function primaryOf(table: Pick<Repository<ObjectLiteral>, 'metadata'> | undefined): string {
  const [primary] = table?.metadata.primaryColumns ?? [];
  if (!primary) throw new Error('A backlog is rows of a table.');
  return primary.propertyName;
}
