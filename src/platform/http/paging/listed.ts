import { DomainError } from '../../events/domain-error.js';
import type { PartView } from '../../validation/lists.js';
import { readCursor, writeCursor, type Position } from './cursor.js';
import { presentPage, type PageView, type PartQuery } from './page.dto.js';

/** A page of a list by its number, or a part of it by a cursor. */
export type Listed<T> =
  | { kind: 'page'; items: T[]; count: number; page: number; limit: number }
  | { kind: 'part'; items: T[]; limit: number; nextCursor: string | null };

/** How a list is read. */
interface ListReader<T> {
  /** As {@link listName} has it. */
  name: string;
  /** Whether the list is sorted by a text, and not by a time. */
  isText: boolean;
  /** A page, with the number of items on all pages. */
  page(page: number, limit: number): Promise<[T[], number]>;
  /** The items that follow a position, with the one to go on from. */
  after(position: Position | null, limit: number): Promise<{ items: T[]; next: Position | null }>;
}

/**
 * Reads the page or the part of a list that is asked for.
 *
 * @throws {DomainError} `request.invalid` for a cursor of another list, or beside a page's number
 */
export async function readList<T>(
  { page, limit, cursor }: PartQuery,
  { name, isText, ...list }: ListReader<T>,
): Promise<Listed<T>> {
  if (cursor === undefined) {
    const [items, count] = await list.page(page ?? 1, limit);
    return { kind: 'page', items, count, page: page ?? 1, limit };
  }
  if (page !== undefined) throw DomainError.invalid('page', 'page and cursor cannot be combined');
  const { items, next } = await list.after(readCursor(name, cursor, isText), limit);
  return { kind: 'part', items, limit, nextCursor: next && writeCursor(name, next) };
}

export function presentList<T, V>(list: Listed<T>, present: (item: T) => V): (PageView & { items: V[] }) | PartView<V> {
  if (list.kind === 'page') return presentPage([list.items, list.count], list, present);
  return { items: list.items.map(present), limit: list.limit, nextCursor: list.nextCursor };
}
