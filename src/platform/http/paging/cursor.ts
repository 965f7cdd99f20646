import { createHash } from 'node:crypto';
import { DomainError } from '../../events/domain-error.js';
import { canonicalJson } from '../../runtime/canonical-json.js';
import { FIRST_MS, LAST_MS } from '../../validation/time.js';

/** The position of an item in a sorted list: the value of the sort column, and the id. */
export interface Position {
  value: Date | string | null;
  id: string;
}

/** The content of a cursor: a position, and the list that it belongs to. */
type Content = [list: string, kind: 'time' | 'text' | 'none', value: string | number | null, id: string];

/** Encodes a position for clients. A cursor is valid only for the list that it came from. */
export function writeCursor(list: string, { value, id }: Position): string {
  const content: Content =
    value instanceof Date ? [list, 'time', value.getTime(), id] : [list, value === null ? 'none' : 'text', value, id];
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

/**
 * Decodes a cursor; returns `null` for the empty cursor, with which a list begins.
 *
 * @param isText whether the list is sorted by a string rather than by a time
 * @throws {DomainError} `request.invalid` for an invalid cursor, or a cursor of another list
 */
export function readCursor(list: string, cursor: string, isText: boolean): Position | null {
  if (cursor === '') return null;
  const [itsList, kind, value, id] = contentOf(cursor) ?? refuse('cursor must be a nextCursor of this server');
  if (itsList !== list || (kind === 'text') !== isText)
    return refuse('cursor must come from a list with the same filter and the same sort');
  return { value: kind === 'time' ? new Date(Number(value)) : kind === 'text' ? String(value) : null, id };
}

/** Names a list by everything that determines its items and their order. */
export const listName = (parts: unknown): string =>
  createHash('sha256').update(canonicalJson(parts)).digest('base64url').slice(0, 16);

function contentOf(cursor: string): Content | null {
  try {
    const content = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
    return isContent(content) ? content : null;
  } catch {
    return null;
  }
}

function isContent(content: unknown): content is Content {
  if (!Array.isArray(content) || content.length !== 4) return false;
  const [list, kind, value, id] = content as unknown[];
  if (typeof list !== 'string' || typeof id !== 'string') return false;
  if (kind === 'time') return Number.isInteger(value) && Number(value) >= FIRST_MS && Number(value) <= LAST_MS;
  return kind === 'text' ? typeof value === 'string' : kind === 'none' && value === null;
}

function refuse(message: string): never {
  throw DomainError.invalid('cursor', message);
}
