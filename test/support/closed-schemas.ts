/** A piece of JSON Schema. */
export type Schema = Record<string, unknown>;

const COMBINING = ['anyOf', 'oneOf'] as const;

const OPEN = 'document#/$defs/open.';
const CLOSED = 'document#/$defs/';

const nameOf = (reference: unknown): string => String(reference).split('/').at(-1) ?? '';

const isObject = ({ properties, allOf, additionalProperties }: Schema): boolean =>
  additionalProperties === undefined && (properties ?? allOf) !== undefined;

const mapValues = (all: Schema, change: (schema: Schema) => Schema): Schema =>
  Object.fromEntries(Object.entries(all).map(([name, schema]) => [name, change(schema as Schema)]));

/** Closes the parts of a schema, but not the schema itself: it may be a part of one that has more properties. */
function open(schema: Schema): Schema {
  if (schema.$ref !== undefined) return { $ref: OPEN + nameOf(schema.$ref) };
  return {
    ...schema,
    ...(schema.properties !== undefined && { properties: mapValues(schema.properties as Schema, close) }),
    ...(schema.items !== undefined && { items: close(schema.items as Schema) }),
    ...(typeof schema.additionalProperties === 'object' && {
      additionalProperties: close(schema.additionalProperties as Schema),
    }),
    ...(schema.allOf !== undefined && { allOf: (schema.allOf as Schema[]).map(open) }),
    ...Object.fromEntries(
      COMBINING.filter((word) => schema[word]).map((word) => [
        word,
        (schema[word] as Schema[]).map(isObject(schema) ? open : close),
      ]),
    ),
  };
}

/** Lets an object have the properties that its schema names, and no others unless it says so. */
function close(schema: Schema): Schema {
  if (schema.$ref !== undefined) return { $ref: CLOSED + nameOf(schema.$ref) };
  return isObject(schema) ? { ...open(schema), unevaluatedProperties: false } : open(schema);
}

/** Closes the component schemas of a document. They are `document#/$defs/<name>`. */
export const closeComponents = (schemas: Record<string, Schema>): Schema => ({
  $defs: Object.fromEntries(
    Object.entries(schemas).flatMap(([name, schema]) => [
      [name, close(schema)],
      [`open.${name}`, open(schema)],
    ]),
  ),
});

/** Closes the schema of a response. */
export const closeSchema = close;
