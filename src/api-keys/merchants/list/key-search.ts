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
  start,
  rangeScans,
  upTo,
  chooseIndexPlan,
  INDEX_PLANS,
  type Order,
} from './index-plan.js';

/** Keys that are looked at for one part of a list, when an index gives the order but not all of the filter. */
const LOOK_AT = 4000;

/** Up to so many keys are better all read and put in order than looked for along the order. */
const SMALL_SET_MAX = 1000;

export interface FoundKeys {
  keys: ApiKey[];
  /** Where to go on; `null` at the end. */
  next: Position | null;
}

interface FoundPositions {
  positions: Position[];
  /** How far keys were looked at; `null` when it is all of them, or as many as were asked for were found. */
  stoppedAt: Position | null;
}

/**
 * Finds keys among a million of one merchant in a bounded time. Every statement reads one stretch of one index. Where some index shows
 * that few keys can meet the filter, those are read and put in order. Else keys are looked at in order, so many and no more; who
 * asks goes on from there.
 */
@Injectable()
export class KeySearch {
  constructor(private readonly statements: KeyStatements) {}

  /** The keys that follow a position; fewer than the limit, even none, if more would take too long. */
  async after(criteria: Criteria, order: Order, position: Position | null, limit: number): Promise<FoundKeys> {
    const smallSet = await this.findSmallSet(criteria, order);
    const { positions, stoppedAt } = smallSet
      ? await this.searchSmallSet(smallSet, criteria, order, position, limit + 1)
      : await this.inOrder(criteria, order, position, limit + 1);
    const next = positions.length > limit ? (positions[limit - 1] ?? null) : stoppedAt;
    return { keys: await this.statements.read(positions.slice(0, limit)), next };
  }

  /** A page by its number, with how many keys there are in all. */
  async page(criteria: Criteria, order: Order, page: number, limit: number): Promise<[ApiKey[], number]> {
    const plan = chooseIndexPlan(criteria, order);
    const source = {
      index: plan.index,
      where: [...start(criteria, plan.equal), ...remainingConditions(criteria, plan.equal)],
    };
    const positions = await this.statements.findPositions(source, order, limit, (page - 1) * limit);
    return [await this.statements.read(positions), await this.statements.count(source.where)];
  }

  /** The keys that can meet the filter, if some index shows that they are few. */
  private async findSmallSet(criteria: Criteria, order: Order): Promise<string[] | null> {
    const { equal, column } = chooseIndexPlan(criteria, order);
    if (remainingConditions(criteria, equal, column).length === 0) return null;
    for (const plan of INDEX_PLANS.filter((one) => narrows(one, criteria))) {
      const positions: Position[] = [];
      for (const range of rangesOf(criteria, plan.column)) {
        const source = { index: plan.index, where: [...start(criteria, plan.equal), ...inRange(plan.column, range)] };
        const along = { column: plan.column, isDescending: false };
        if (positions.length <= SMALL_SET_MAX)
          positions.push(...(await this.statements.findPositions(source, along, SMALL_SET_MAX + 1 - positions.length)));
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
    const them = { sql: `id IN (${placeholders(smallSet)})`, values: smallSet };
    const where = [them, ...remainingConditions(criteria, [], order.column)];
    for (const scan of smallSet.length === 0 ? [] : rangeScans(rangesOf(criteria, order.column), order, position)) {
      if (positions.length === limit) break;
      const source = { index: null, where: [...where, ...scan] };
      positions.push(...(await this.statements.findPositions(source, order, limit - positions.length)));
    }
    return { positions, stoppedAt: null };
  }

  private async inOrder(
    criteria: Criteria,
    order: Order,
    position: Position | null,
    limit: number,
  ): Promise<FoundPositions> {
    const { index, equal, column } = chooseIndexPlan(criteria, order);
    const leftOver = remainingConditions(criteria, equal, column);
    const positions: Position[] = [];
    for (const scan of rangeScans(rangesOf(criteria, column), order, position)) {
      const all: Source = { index, where: [...start(criteria, equal), ...scan] };
      const [end] = leftOver.length === 0 ? [] : await this.statements.findPositions(all, order, 1, LOOK_AT - 1);
      for (const part of end ? upTo(order, end) : [[]]) {
        const source = { index, where: [...all.where, ...part, ...leftOver] };
        positions.push(...(await this.statements.findPositions(source, order, limit - positions.length)));
        if (positions.length === limit) return { positions, stoppedAt: null };
      }
      if (end) return { positions, stoppedAt: end };
    }
    return { positions, stoppedAt: null };
  }
}
