import type { Place, Schema } from './schema.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Names of times, whatever their example is. */
const TIME_NAME = /(At|_at|Until|SignIn)$/;

/** Ids that are UUIDs, each with an example. */
const IDS: Record<string, string> = {
  applicationId: '5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11',
  eventId: '6d4d7bb0-3f0e-4d4e-8f6b-0d8b7b8f7c55',
  keyId: 'f7fa38ec-0e19-405c-820f-bf65912ab4ec',
  merchantId: '5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11',
  responsibleId: '0b0a5c0e-7c3e-4f63-9d1b-9f0a4f6a2f10',
  serviceId: '3c1a0b7e-9d2f-4e5a-8b6c-7d0e1f2a3b4c',
};

const TIME_EXAMPLE = '2026-11-21T13:30:00.000Z';

/** Gives texts that are times or UUIDs their format, which follows from the example or, without one, from the name. */
export function withFormat(schema: Schema, { name }: Place): Schema {
  if (schema.type === 'array') return withItems(schema);
  if (![schema.type].flat().includes('string') || schema.format !== undefined) return schema;
  const { example = firstOf(schema.examples) ?? exampleOf(name) } = schema;
  const format = formatOf(example);
  if (!format) return schema;
  return { ...schema, format, ...(schema.examples === undefined && { example }) };
}

function withItems(schema: Schema): Schema {
  const items = schema.items as Schema;
  const format = formatOf(firstOf(schema.example));
  return format && items.type === 'string' ? { ...schema, items: { ...items, format } } : schema;
}

const firstOf = (list: unknown): unknown => (Array.isArray(list) ? (list as unknown[])[0] : undefined);

function exampleOf(name: string): string | undefined {
  return TIME_NAME.test(name) ? TIME_EXAMPLE : IDS[name];
}

function formatOf(example: unknown): string | undefined {
  if (typeof example !== 'string') return undefined;
  if (TIME.test(example)) return 'date-time';
  return UUID.test(example) ? 'uuid' : undefined;
}
