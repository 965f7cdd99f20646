import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { ApiKey } from '../../api-key.entity.js';
import { alongIndex } from '../../../platform/database/engine-sql.js';
import { RowMapper } from '../../../platform/database/row-mapper.js';
import { readRows } from '../../../platform/database/rows.js';
import { exceeds } from '../../policy/exceeding-keys.js';
import type { KeyPolicy } from '../../policy/key-policy.js';
import type { Condition } from './key-criteria.js';
import type { Position } from '../../../platform/http/paging/cursor.js';
import { all, type Order } from './index-plan.js';

/** What a query reads keys from. */
export interface Source {
  /** The index to read along; `null` leaves the choice to the engine. */
  index: string | null;
  where: Condition[];
}

/** Runs the queries that list keys. Their conditions are SQL that every engine understands. */
@Injectable()
export class KeyStatements {
  private readonly mapper: RowMapper<ApiKey>;

  constructor(@InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>) {
    this.mapper = RowMapper.for(keys.manager, ApiKey);
  }

  /** Returns the positions of keys in an order, sorted by it. */
  async findPositions({ index, where }: Source, order: Order, limit: number, offset = 0): Promise<Position[]> {
    const rows = await this.query<{ value: unknown; id: string }>(
      `SELECT ${order.column} AS value, id FROM ${index === null ? this.mapper.table : alongIndex(this.keys, index)}`,
      where,
      `ORDER BY ${formatOrder(order, where)} LIMIT ${limit} OFFSET ${offset}`,
    );
    return rows.map(({ value, id }) => ({
      value: this.mapper.fromStored(order.column, value) as Position['value'],
      id,
    }));
  }

  /** The condition for keys that live longer than a policy allows. */
  exceeding(policy: KeyPolicy): Condition {
    return exceeds(this.keys.manager, policy);
  }

  async count(where: Condition[]): Promise<number> {
    const [row] = await this.query<{ count: number | string }>('SELECT COUNT(*) AS count FROM api_key', where);
    return Number(row?.count);
  }

  /** Returns the keys at these positions, in the same order, without those that have been deleted meanwhile. */
  async read(positions: Position[]): Promise<ApiKey[]> {
    if (positions.length === 0) return [];
    const ids = positions.map(({ id }) => id);
    const found = await readRows(this.keys.manager, ApiKey, ids);
    const byId = new Map(found.flatMap((key) => (key.deletedAt === null ? [[key.id, key] as const] : [])));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** Reads expressions, with the values of their placeholders, from the keys that meet the conditions. */
  select<T>(expressions: Condition[], table: string, where: Condition[], end: string): Promise<T[]> {
    const names = expressions.map(({ sql }) => sql).join(', ');
    return this.query(`SELECT ${names} FROM ${table}`, where, end, expressions);
  }

  private query<T>(select: string, where: Condition[], end = '', selected: Condition[] = []): Promise<T[]> {
    const { sql, values } = all(where);
    return this.keys.query<T[]>(
      `${select} WHERE ${sql} ${end}`,
      // Engines store times differently, each in all of its columns alike.
      [...selected.flatMap((each) => each.values), ...values].map((value) =>
        value instanceof Date ? this.mapper.toStored('created_at', value) : value,
      ),
    );
  }
}

/** Formats the columns of ORDER BY. A column with one value in all rows is left out, because it makes MariaDB sort the rows again. */
function formatOrder({ column, isDescending }: Order, where: Condition[]): string {
  const direction = isDescending ? 'DESC' : 'ASC';
  const isConstant = where.some(({ sql }) => sql === `${column} = ?` || sql === `${column} IS NULL`);
  if (isConstant) return `id ${direction}`;
  return `${column} ${direction}, id ${direction}`;
}
