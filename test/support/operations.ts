import { readFileSync } from 'node:fs';

/** A piece of JSON Schema, as far as the document uses it. */
export interface Schema {
  $ref?: string;
  type?: string;
  example?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

/** One operation of the committed OpenAPI document. */
export interface Operation {
  method: string;
  path: string;
  /** Names in the query. */
  query: string[];
  body: Schema | null;
}

interface Document {
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, Schema> };
}

interface DocumentedOperation {
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as Document;

export const OPERATIONS: Operation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, { parameters = [], requestBody }]) => ({
    method: method.toUpperCase(),
    path,
    query: parameters.flatMap(({ name, in: place }) => (place === 'query' ? [name] : [])),
    body: Object.values(requestBody?.content ?? {})[0]?.schema ?? null,
  })),
);

/** The schema itself, in place of a reference to it. */
export function resolved(schema: Schema): Schema {
  return schema.$ref ? (document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema;
}

/** A body that is right, from the examples. */
export function exampleOf(schema: Schema): unknown {
  const { properties, example, enum: choices, items } = resolved(schema);
  if (!properties) return example ?? choices?.[0] ?? (items ? [exampleOf(items)] : 'text');
  return Object.fromEntries(Object.entries(properties).map(([name, itsSchema]) => [name, exampleOf(itsSchema)]));
}
