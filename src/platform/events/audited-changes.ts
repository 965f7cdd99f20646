import { isDeepStrictEqual } from 'node:util';

/** A value in JSON; a time is a string. */
export type Value = string | number | boolean | null | object;

/** The value of a field before and after a change. */
export interface Changed {
  from: Value;
  to: Value;
}

/** The changed fields by name. */
export type Changes = Record<string, Changed>;

/** Compares these fields of a row before and after a change. Fields that hold secrets are never compared. */
export function changesBetween<T extends object>(before: T, after: T, fields: (keyof T & string)[]): Changes {
  const differing = fields.filter((field) => !isDeepStrictEqual(before[field], after[field]));
  return Object.fromEntries(
    differing.map((field) => [field, { from: toJson(before[field]), to: toJson(after[field]) }]),
  );
}

const toJson = (value: unknown): Value => (value instanceof Date ? value.toISOString() : (value ?? null));
