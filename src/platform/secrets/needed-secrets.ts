import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';

/** A column whose values begin with the id of the secret that they need. */
export interface DependentColumn {
  entity: EntityTarget<ObjectLiteral>;
  property: string;
  /** The property with the time from which the value is not needed. */
  until?: string;
  /** What the rows are, in the plural. */
  rows: string;
}

/** The number of rows that need a secret, by what they are. */
export type RowCounts = Map<string, number>;

/** Counts the rows that need each secret, by the secret's id. It reads whole tables. */
export async function countDependents(source: DataSource, columns: DependentColumn[]): Promise<Map<string, RowCounts>> {
  const byId = new Map<string, RowCounts>();
  for (const { entity, property, until, rows } of columns) {
    const query = source
      .getRepository(entity)
      .createQueryBuilder('t')
      .select(`SUBSTR(t.${property}, 1, 8)`, 'secretId')
      .addSelect('COUNT(*)', 'number')
      .where(`t.${property} IS NOT NULL`)
      .groupBy('secretId');
    if (until !== undefined) query.andWhere(`t.${until} > :now`, { now: new Date() });
    for (const { secretId, number } of await query.getRawMany<{ secretId: string; number: number | string }>())
      byId.set(secretId, add(byId.get(secretId) ?? new Map<string, number>(), rows, Number(number)));
  }
  return byId;
}

/** Adds up the rows that need any of some secrets. */
export const sum = (counts: RowCounts[]): RowCounts =>
  counts.flatMap((one) => [...one]).reduce<RowCounts>((total, [rows, number]) => add(total, rows, number), new Map());

const add = (counts: RowCounts, rows: string, number: number): RowCounts =>
  counts.set(rows, (counts.get(rows) ?? 0) + number);
