import { Injectable } from '@nestjs/common';
import type { ApiKey } from '../../api-key.entity.js';
import type { Criteria } from './key-criteria.js';
import { placeholders } from '../../../platform/database/placeholders.js';
import type { Position } from '../../../platform/http/paging/cursor.js';
import { KeyStatements, type Source } from './key-statements.js';
import {
  inRange,
  narrows,
  remainingConditions,
  rangesOf,
  prefixConditions,
  rangeScans,
  upTo,
  chooseIndexPlan,
  INDEX_PLANS,
  type Order,
} from './index-plan.js';

/** How many keys are examined for one part of a list, if its index has the order but does not cover the whole filter. */
const EXAMINED_MAX = 4000;

/** Up to this many keys, it is faster to read and sort them all than to search along the order. */
const SMALL_SET_MAX = 1000;

export interface FoundKeys {
  keys: ApiKey[];
  /** The position to continue from; `null` at the end. */
  next: Position | null;
}

interface FoundPositions {
  positions: Position[];
  /** The last key that was examined; `null` if all keys were examined, or as many as requested were found. */
  stoppedAt: Position | null;
}

/**
 * Finds keys in bounded time, even if a merchant has a million. Every statement scans one contiguous part of an index. If an index shows
 * that few keys can match the filter, these are read and sorted. Otherwise, a limited number of keys is examined in order, and the caller
 * continues from there.
 */
@Injectable()
export class KeySearch {
  constructor(private readonly statements: KeyStatements) {}

  /** Returns the keys after a position. These are fewer than the limit, or even none, if finding more would take too long. */
  async after(criteria: Criteria, order: Order, position: Position | null, limit: number): Promise<FoundKeys> {
    const smallSet = await this.findSmallSet(criteria, order);
    const { positions, stoppedAt } = smallSet
      ? await this.searchSmallSet(smallSet, criteria, order, position, limit + 1)
      : await this.searchInOrder(criteria, order, position, limit + 1);
    const next = positions.length > limit ? (positions[limit - 1] ?? null) : stoppedAt;
    return { keys: await this.statements.read(positions.slice(0, limit)), next };
  }

  /** Returns a page by its number, and the total number of keys. */
  async page(criteria: Criteria, order: Order, page: number, limit: number): Promise<[ApiKey[], number]> {
    const plan = chooseIndexPlan(criteria, order);
    const source = {
      index: plan.index,
      where: [...prefixConditions(criteria, plan.equal), ...remainingConditions(criteria, plan.equal)],
    };
    const positions = await this.statements.findPositions(source, order, limit, (page - 1) * limit);
    return [await this.statements.read(positions), await this.statements.count(source.where)];
  }

  /** Returns the ids of all keys that can match the filter, if an index shows that they are few; otherwise `null`. */
  private async findSmallSet(criteria: Criteria, order: Order): Promise<string[] | null> {
    const { equal, column } = chooseIndexPlan(criteria, order);
    if (remainingConditions(criteria, equal, column).length === 0) return null;
    for (const plan of INDEX_PLANS.filter((each) => narrows(each, criteria))) {
      const positions: Position[] = [];
      for (const range of rangesOf(criteria, plan.column)) {
        const source = {
          index: plan.index,
          where: [...prefixConditions(criteria, plan.equal), ...inRange(plan.column, range)],
        };
        const indexOrder = { column: plan.column, isDescending: false };
        if (positions.length <= SMALL_SET_MAX)
          positions.push(
            ...(await this.statements.findPositions(source, indexOrder, SMALL_SET_MAX + 1 - positions.length)),
          );
      }
      if (positions.length <= SMALL_SET_MAX) return positions.map(({ id }) => id);
    }
    return null;
  }

  private async searchSmallSet(
    smallSet: string[],
    criteria: Criteria,
    order: Order,
    position: Position | null,
    limit: number,
  ): Promise<FoundPositions> {
    const positions: Position[] = [];
    const inSmallSet = { sql: `id IN (${placeholders(smallSet)})`, values: smallSet };
    const where = [inSmallSet, ...remainingConditions(criteria, [], order.column)];
    for (const scan of smallSet.length === 0 ? [] : rangeScans(rangesOf(criteria, order.column), order, position)) {
      if (positions.length === limit) break;
      const source = { index: null, where: [...where, ...scan] };
      positions.push(...(await this.statements.findPositions(source, order, limit - positions.length)));
    }
    return { positions, stoppedAt: null };
  }

  private async searchInOrder(
    criteria: Criteria,
    order: Order,
    position: Position | null,
    limit: number,
  ): Promise<FoundPositions> {
    const { index, equal, column } = chooseIndexPlan(criteria, order);
    const remaining = remainingConditions(criteria, equal, column);
    const positions: Position[] = [];
    for (const scan of rangeScans(rangesOf(criteria, column), order, position)) {
      const scanned: Source = { index, where: [...prefixConditions(criteria, equal), ...scan] };
      const [end] =
        remaining.length === 0 ? [] : await this.statements.findPositions(scanned, order, 1, EXAMINED_MAX - 1);
      for (const part of end ? upTo(order, end) : [[]]) {
        const source = { index, where: [...scanned.where, ...part, ...remaining] };
        positions.push(...(await this.statements.findPositions(source, order, limit - positions.length)));
        if (positions.length === limit) return { positions, stoppedAt: null };
      }
      if (end) return { positions, stoppedAt: end };
    }
    return { positions, stoppedAt: null };
  }
}
