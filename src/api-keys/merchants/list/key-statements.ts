import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, type Repository } from 'typeorm';
import { ApiKey } from '../../api-key.entity.js';
import { alongIndex } from '../../../platform/database/engine-sql.js';
import { RowMapper } from '../../../platform/database/row-mapper.js';
import type { Condition } from './key-criteria.js';
import type { Position } from '../../../platform/http/paging/cursor.js';
import { all, type Order } from './index-plan.js';

/** Where keys are looked for: along an index, or wherever the engine likes. */
export interface Source {
  index: string | null;
  where: Condition[];
}

/** The statements that lists of keys are made of. Each gets its conditions in SQL that every engine understands. */
@Injectable()
export class KeyStatements {
  private readonly mapper: RowMapper<ApiKey>;

  constructor(@InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>) {
    this.mapper = RowMapper.for(keys.manager, ApiKey);
  }

  /** The places of keys in an order, as they come in it. */
  async findPositions({ index, where }: Source, order: Order, limit: number, offset = 0): Promise<Position[]> {
    const rows = await this.query<{ value: unknown; id: string }>(
      `SELECT ${order.column} AS value, id FROM ${index === null ? this.mapper.table : alongIndex(this.keys, index)}`,
      where,
      `ORDER BY ${sorted(order, where)} LIMIT ${limit} OFFSET ${offset}`,
    );
    return rows.map(({ value, id }) => ({
      value: this.mapper.fromStored(order.column, value) as Position['value'],
      id,
    }));
  }

  async count(where: Condition[]): Promise<number> {
    const [row] = await this.query<{ count: number | string }>('SELECT COUNT(*) AS count FROM api_key', where);
    return Number(row?.count);
  }

  /** The keys at these places, in their order, without those that are gone by now. */
  async read(positions: Position[]): Promise<ApiKey[]> {
    if (positions.length === 0) return [];
    const found = await this.keys.findBy({ id: In(positions.map(({ id }) => id)), deletedAt: IsNull() });
    const byId = new Map(found.map((key) => [key.id, key]));
    return positions.flatMap(({ id }) => byId.get(id) ?? []);
  }

  private query<T>(select: string, where: Condition[], end = ''): Promise<T[]> {
    const { sql, values } = all(where);
    return this.keys.query<T[]>(
      `${select} WHERE ${sql} ${end}`,
      // Engines store times differently, each in all of its columns alike.
      values.map((value) => (value instanceof Date ? this.mapper.toStored('created_at', value) : value)),
    );
  }
}

/** Where the column is the same throughout, only the id is named: MariaDB would sort all the rows once more. */
function sorted({ column, isDescending }: Order, where: Condition[]): string {
  const direction = isDescending ? 'DESC' : 'ASC';
  const isAlike = where.some(({ sql }) => sql === `${column} = ?` || sql === `${column} IS NULL`);
  if (isAlike) return `id ${direction}`;
  return `${column} ${direction}, id ${direction}`;
}
