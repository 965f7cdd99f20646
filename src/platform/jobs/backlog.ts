import { In, type FindOptionsWhere, type ObjectLiteral, type Repository, type SelectQueryBuilder } from 'typeorm';
import type { Transaction } from '../database/transactions/transaction.js';
import type { Backlog } from './job-run.js';

/** The rows that a query finds, by their ids. */
export const queryBacklog = <T extends ObjectLiteral, I extends string | number = string>(
  query: () => SelectQueryBuilder<T>,
): Backlog<I> => ({
  find: async (limit) => {
    const selected = query();
    const rows = await selected.select(`${selected.alias}.id`, 'id').limit(limit).getRawMany<{ id: I }>();
    return rows.map(({ id }) => id);
  },
  count: () => query().getCount(),
});

/** The rows that are as they are said to be. */
export const rowsOf = <T extends ObjectLiteral & { id: string }>(
  rows: Repository<T>,
  where: FindOptionsWhere<T>,
): Backlog<string> => queryBacklog(() => rows.createQueryBuilder('it').where(where));

/** Deletes rows that are still as they were said to be. */
export const deleteRows =
  <T extends ObjectLiteral & { id: string }>(rows: Repository<T>, where: FindOptionsWhere<T>) =>
  async ({ manager }: Transaction, ids: string[]): Promise<string[]> => {
    await manager.delete(rows.target, { ...where, id: In(ids) });
    return ids;
  };
