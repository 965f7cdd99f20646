import { mapOperations } from './operations.js';
import type { Schema } from './schema.js';

/** Which properties of an object an example has: those that are required, or all. */
type Extent = 'required' | 'all';

type Schemas = Record<string, Schema>;

/** Creates a value of a schema from the examples of its parts. */
export function exampleOf(schema: Schema, schemas: Schemas, extent: Extent = 'all'): unknown {
  const examples = schema.examples as unknown[] | undefined;
  const { example = examples?.[0] ?? schema.const } = schema;
  const target = schema.$ref === undefined ? undefined : find(schema.$ref as string, schemas);
  if (example !== undefined && (extent === 'all' || target?.enum !== undefined)) return example;
  if (target) return exampleOf(target, schemas, extent);
  const parts = schema.allOf as Schema[] | undefined;
  if (parts) return Object.assign({}, ...parts.map((part) => exampleOf(part, schemas, extent))) as unknown;
  const [first] = ((schema.anyOf ?? schema.oneOf) as Schema[] | undefined) ?? [];
  if (first && schema.type === undefined) return exampleOf(first, schemas, extent);
  const properties = schema.properties as Schemas | undefined;
  if (properties) return exampleOfObject(schema, properties, schemas, extent);
  if (example !== undefined) return example;
  return exampleOfType(schema, schemas, extent);
}

function exampleOfObject(schema: Schema, properties: Schemas, schemas: Schemas, extent: Extent): object {
  const required = (schema.required as string[] | undefined) ?? [];
  const names = extent === 'all' ? Object.keys(properties) : required;
  return Object.fromEntries(names.map((name) => [name, exampleOf(properties[name] ?? {}, schemas, extent)]));
}

function exampleOfType(
  { type, items, enum: values, default: initial }: Schema,
  schemas: Schemas,
  extent: Extent,
): unknown {
  const [first = initial] = (values as unknown[] | undefined) ?? [];
  if (first !== undefined) return first;
  const types = [type].flat();
  if (types.includes('null')) return null;
  if (types.includes('array')) return items ? [exampleOf(items as Schema, schemas, extent)] : [];
  if (types.includes('boolean')) return true;
  if (types.includes('integer')) return 1;
  return types.includes('object') ? {} : 'text';
}

const find = (reference: string, schemas: Schemas): Schema => schemas[reference.split('/').at(-1) ?? ''] ?? {};

interface Content {
  schema: Schema;
  example?: unknown;
  examples?: Record<string, { summary?: string; value?: unknown }>;
}

/**
 * Adds examples to the operations of a document that have none: one of each success, and of each request body the least that it needs, which
 * Swagger UI fills in, and after it everything that it can have.
 */
export function addExamples<T extends { paths: Record<string, object>; components?: object }>(document: T): T {
  const { schemas = {} } = (document.components ?? {}) as { schemas?: Schemas };
  return mapOperations(document, (operation) => {
    for (const [status, { content = {} }] of Object.entries(operation.responses)) {
      if (Number(status) < 400)
        for (const part of Object.values(content)) addExample(part as unknown as Content, schemas);
    }
    for (const part of Object.values(operation.requestBody?.content ?? {}))
      addRequestExamples(part as unknown as Content, schemas);
    return operation;
  });
}

function addExample(content: Content, schemas: Schemas): void {
  if (content.example === undefined && content.examples === undefined)
    content.example = exampleOf(content.schema, schemas);
}

function addRequestExamples(content: Content, schemas: Schemas): void {
  if (content.example !== undefined || content.examples !== undefined) return;
  const least = exampleOf(content.schema, schemas, 'required');
  const whole = exampleOf(content.schema, schemas);
  content.examples = { least: { summary: 'What is required.', value: least } };
  if (JSON.stringify(least) !== JSON.stringify(whole))
    content.examples.whole = { summary: 'Everything that can be given.', value: whole };
}
