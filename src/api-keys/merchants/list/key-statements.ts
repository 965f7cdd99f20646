import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, type Repository } from 'typeorm';
import { ApiKey } from '../../api-key.entity.js';
import { alongIndex } from '../../../platform/database/statements.js';
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
  constructor(@InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>) {}

  /** Returns the positions of keys in an order, sorted by it. */
  async findPositions({ index, where }: Source, order: Order, limit: number, offset = 0): Promise<Position[]> {
    const { metadata, manager } = this.keys;
    const rows = await this.query<{ value: unknown; id: string }>(
      `SELECT ${order.column} AS value, id FROM ${index === null ? metadata.tableName : alongIndex(this.keys, index)}`,
      where,
      `ORDER BY ${formatOrder(order, where)} LIMIT ${limit} OFFSET ${offset}`,
    );
    const column = metadata.columns.find(({ databaseName }) => databaseName === order.column);
    const { driver } = manager.dataSource;
    return rows.map(({ value, id }) => ({
      value: column ? (driver.prepareHydratedValue(value, column) as Position['value']) : null,
      id,
    }));
  }

  async count(where: Condition[]): Promise<number> {
    const [row] = await this.query<{ count: number | string }>('SELECT COUNT(*) AS count FROM api_key', where);
    return Number(row?.count);
  }

  /** Returns the keys at these positions, in the same order, without those that have been deleted meanwhile. */
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
      values.map((value) => this.toParameter(value)),
    );
  }

  /** Converts a time to the form in which the engine stores it. */
  private toParameter(value: unknown): unknown {
    const column = this.keys.metadata.columns.find(({ propertyName }) => propertyName === 'createdAt');
    const { driver } = this.keys.manager.dataSource;
    return value instanceof Date && column ? (driver.preparePersistentValue(value, column) as unknown) : value;
  }
}

/** Formats the columns of ORDER BY. A column with one value in all rows is left out, because it makes MariaDB sort the rows again. */
function formatOrder({ column, isDescending }: Order, where: Condition[]): string {
  const direction = isDescending ? 'DESC' : 'ASC';
  const isConstant = where.some(({ sql }) => sql === `${column} = ?` || sql === `${column} IS NULL`);
  if (isConstant) return `id ${direction}`;
  return `${column} ${direction}, id ${direction}`;
}
