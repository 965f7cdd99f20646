import { exampleOf, leastOf, resolved, type Schema } from './operations.js';

/** What a property may hold: what the table says, or each value of its type that differs in kind. */
function valuesOf(name: string, schema: Schema, table: Record<string, unknown[]>): unknown[] {
  const own = table[name];
  if (own) return own;
  const { type, enum: choices, properties } = resolved(schema);
  const nothing = schema.anyOf || Array.isArray(schema.type) ? [null] : [];
  if (choices) return [...choices, ...nothing];
  if (type === 'boolean') return [true, false, ...nothing];
  if (type === 'integer' || type === 'number') return [0, 1, exampleOf(schema), ...nothing];
  return properties
    ? [fill(exampleOf(schema), table), ...nothing]
    : [exampleOf(schema), ...(type === 'array' ? [[]] : []), ...nothing];
}

/** Puts the first value of the table in the place of each property that the table names. */
function fill(body: unknown, table: Record<string, unknown[]>): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, name in table ? table[name]?.[0] : fill(value, table)]),
  );
}

/**
 * Bodies that an operation takes: the least, the whole example, and the least with each other property in turn, holding each of its values.
 *
 * @param table values to put in properties of these names, wherever they occur
 */
export function bodyVariants(schema: Schema | null, table: Record<string, unknown[]>): unknown[] {
  if (!schema) return [undefined];
  const least = fill(leastOf(schema), table) as Record<string, unknown>;
  const { properties = {} } = resolved(schema);
  const single = Object.entries(properties).flatMap(([name, one]) =>
    valuesOf(name, one, table).map((value) => ({ ...least, [name]: value })),
  );
  return [least, fill(exampleOf(schema), table), ...single];
}
