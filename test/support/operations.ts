import { readDocument } from './openapi.js';

/** A piece of JSON Schema, as far as the document uses it. */
export interface Schema {
  $ref?: string;
  type?: string;
  example?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
  allOf?: Schema[];
  /** What may also be null. */
  anyOf?: Schema[];
  required?: string[];
}

/** One operation of the committed OpenAPI document. */
export interface Operation {
  method: string;
  path: string;
  /** Names in the query. */
  query: string[];
  /** What must be in the query, with values that it may have. */
  requiredQuery: Record<string, string>;
  /** The headers that it must have, with values that they may have. */
  headers: Record<string, string>;
  body: Schema | null;
  /** The first of the content types that the body may have. */
  contentType: string | null;
  /** Every status that it is documented to answer with. */
  statuses: number[];
  /** Names of the ways to authenticate, any of which will do; none is needed when there are none. */
  schemes: string[];
}

interface Document {
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, Schema> };
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}

interface DocumentedOperation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, unknown>;
  security?: Record<string, string[]>[];
}

const document = readDocument() as Document;

/** The parameters that must be in a place, in lower case where they are headers, with their examples. */
function requiredIn(parameters: Parameter[], wanted: 'query' | 'header'): Record<string, string> {
  const required = parameters.filter((parameter) => parameter.in === wanted && parameter.required);
  const spell = (name: string): string => (wanted === 'header' ? name.toLowerCase() : name);
  return Object.fromEntries(required.map(({ name, schema }) => [spell(name), String(exampleOf(schema))]));
}

export const OPERATIONS: Operation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, { parameters = [], requestBody, responses, security = [] }]) => ({
    method: method.toUpperCase(),
    path,
    query: parameters.flatMap(({ name, in: place }) => (place === 'query' ? [name] : [])),
    requiredQuery: requiredIn(parameters, 'query'),
    headers: requiredIn(parameters, 'header'),
    body: Object.values(requestBody?.content ?? {})[0]?.schema ?? null,
    contentType: Object.keys(requestBody?.content ?? {})[0] ?? null,
    statuses: Object.keys(responses).map(Number),
    schemes: security.flatMap((scheme) => Object.keys(scheme)),
  })),
);

/** The schema itself, in place of a reference to it. */
export function resolved(schema: Schema): Schema {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref ?? schema.anyOf?.find(({ $ref }) => $ref)?.$ref;
  if (!reference) return schema;
  const own = Object.entries(schema).filter(([word]) => !['$ref', 'allOf', 'anyOf'].includes(word));
  return { ...document.components.schemas[reference.split('/').at(-1) ?? ''], ...Object.fromEntries(own) };
}

/** A body that is right, from the examples. */
export function exampleOf(schema: Schema): unknown {
  const { properties, example, enum: choices, items, type } = resolved(schema);
  if (!properties) return example ?? choices?.[0] ?? (items ? [exampleOf(items)] : type === 'boolean' ? true : 'text');
  return Object.fromEntries(Object.entries(properties).map(([name, itsSchema]) => [name, exampleOf(itsSchema)]));
}

/** The same with no more than what must be given. */
export function leastOf(schema: Schema): unknown {
  const { properties, items, required = [] } = resolved(schema);
  if (items && resolved(items).properties) return [leastOf(items)];
  if (!properties) return exampleOf(schema);
  return Object.fromEntries(required.map((name) => [name, leastOf(properties[name] ?? {})]));
}
