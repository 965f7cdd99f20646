import { isDeepStrictEqual } from 'node:util';

/** What JSON can say; a time is a text. */
export type Value = string | number | boolean | null | object;

/** What a field was and is. */
export interface Changed {
  from: Value;
  to: Value;
}

/** What became of each field that was changed. */
export type Changes = Record<string, Changed>;

/** Which of these fields differ, and how. Fields that hold secrets are never among them. */
export function changesBetween<T extends object>(before: T, after: T, fields: (keyof T & string)[]): Changes {
  const differing = fields.filter((field) => !isDeepStrictEqual(before[field], after[field]));
  return Object.fromEntries(differing.map((field) => [field, { from: said(before[field]), to: said(after[field]) }]));
}

const said = (value: unknown): Value => (value instanceof Date ? value.toISOString() : (value ?? null));
