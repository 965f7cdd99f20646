import type { Schema } from './schema.js';

/**
 * Says in JSON Schema's words what the generator says in those of OpenAPI 3.0 or leaves unsaid: what may be null, that every number is a whole
 * one, and that an object without named properties has any.
 */
export function inJsonSchema(schema: Schema): Schema {
  const { nullable, enum: listed, ...rest } = schema;
  const values = listed as unknown[] | undefined;
  if (rest.type === 'number') rest.type = 'integer';
  const plain: Schema = {
    ...rest,
    // The compiler names the members of a union in an order that differs from build to build.
    ...(values && { enum: values.filter((value) => value !== null).toSorted() }),
    ...(isFree(rest) && { additionalProperties: true }),
  };
  if (nullable !== true && !values?.includes(null)) return plain;
  return values ? orNull(plain) : { ...plain, type: [plain.type ?? 'object', 'null'] };
}

const isFree = ({ type, properties, additionalProperties, allOf, anyOf, oneOf }: Schema): boolean =>
  [type].flat().includes('object') && additionalProperties === undefined && !(properties ?? allOf ?? anyOf ?? oneOf);

/** The words that describe a schema, and say nothing of its values. */
const DESCRIBING = ['description', 'example', 'examples', 'default', 'deprecated'];

/** A choice between the values of a schema and null. */
function orNull(schema: Schema): Schema {
  const entries = Object.entries(schema);
  const isDescribing = ([word]: [string, unknown]): boolean => DESCRIBING.includes(word);
  const { type, ...own } = Object.fromEntries(entries.filter((entry) => !isDescribing(entry)));
  const named = [type].flat().filter((name) => name !== 'null');
  return {
    ...Object.fromEntries(entries.filter(isDescribing)),
    anyOf: [{ type: named.length === 1 ? named[0] : 'string', ...own }, { type: 'null' }],
  };
}
