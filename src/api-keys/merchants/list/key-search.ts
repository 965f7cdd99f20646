import { Injectable } from '@nestjs/common';
import type { ApiKey } from '../../api-key.entity.js';
import type { Criteria } from './key-criteria.js';
import type { Position } from '../../../platform/http/paging/cursor.js';
import { KeyStatements, type Source } from './key-statements.js';
import { inSpan, narrows, rest, spansOf, start, stretches, upTo, wayOf, WAYS, type Order } from './index-plan.js';

/** Keys that are looked at for one part of a list, when an index gives the order but not all of the filter. */
const LOOK_AT = 4000;

/** Up to so many keys are better all read and put in order than looked for along the order. */
const FEW = 1000;

export interface FoundKeys {
  keys: ApiKey[];
  /** Where to go on; `null` at the end. */
  next: Position | null;
}

interface FoundPlaces {
  places: Position[];
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
    const few = await this.few(criteria, order);
    const { places, stoppedAt } = few
      ? await this.amongFew(few, criteria, order, position, limit + 1)
      : await this.inOrder(criteria, order, position, limit + 1);
    const next = places.length > limit ? (places[limit - 1] ?? null) : stoppedAt;
    return { keys: await this.statements.read(places.slice(0, limit)), next };
  }

  /** A page by its number, with how many keys there are in all. */
  async page(criteria: Criteria, order: Order, page: number, limit: number): Promise<[ApiKey[], number]> {
    const way = wayOf(criteria, order);
    const source = { index: way.index, where: [...start(criteria, way.equal), ...rest(criteria, way.equal)] };
    const places = await this.statements.places(source, order, limit, (page - 1) * limit);
    return [await this.statements.read(places), await this.statements.count(source.where)];
  }

  /** The keys that can meet the filter, if some index shows that they are few. */
  private async few(criteria: Criteria, order: Order): Promise<string[] | null> {
    const { equal, column } = wayOf(criteria, order);
    if (rest(criteria, equal, column).length === 0) return null;
    for (const way of WAYS.filter((one) => narrows(one, criteria))) {
      const places: Position[] = [];
      for (const span of spansOf(criteria, way.column)) {
        const source = { index: way.index, where: [...start(criteria, way.equal), ...inSpan(way.column, span)] };
        const along = { column: way.column, isDescending: false };
        if (places.length <= FEW)
          places.push(...(await this.statements.places(source, along, FEW + 1 - places.length)));
      }
      if (places.length <= FEW) return places.map(({ id }) => id);
    }
    return null;
  }

  private async amongFew(
    few: string[],
    criteria: Criteria,
    order: Order,
    position: Position | null,
    limit: number,
  ): Promise<FoundPlaces> {
    const places: Position[] = [];
    const them = { sql: `id IN (${few.map(() => '?').join(', ')})`, values: few };
    const where = [them, ...rest(criteria, [], order.column)];
    for (const stretch of few.length === 0 ? [] : stretches(spansOf(criteria, order.column), order, position)) {
      if (places.length === limit) break;
      const source = { index: null, where: [...where, ...stretch] };
      places.push(...(await this.statements.places(source, order, limit - places.length)));
    }
    return { places, stoppedAt: null };
  }

  private async inOrder(
    criteria: Criteria,
    order: Order,
    position: Position | null,
    limit: number,
  ): Promise<FoundPlaces> {
    const { index, equal, column } = wayOf(criteria, order);
    const leftOver = rest(criteria, equal, column);
    const places: Position[] = [];
    for (const stretch of stretches(spansOf(criteria, column), order, position)) {
      const all: Source = { index, where: [...start(criteria, equal), ...stretch] };
      const [end] = leftOver.length === 0 ? [] : await this.statements.places(all, order, 1, LOOK_AT - 1);
      for (const part of end ? upTo(order, end) : [[]]) {
        const source = { index, where: [...all.where, ...part, ...leftOver] };
        places.push(...(await this.statements.places(source, order, limit - places.length)));
        if (places.length === limit) return { places, stoppedAt: null };
      }
      if (end) return { places, stoppedAt: end };
    }
    return { places, stoppedAt: null };
  }
}
