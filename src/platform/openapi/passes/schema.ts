/** A piece of JSON Schema (draft 2020-12, which OpenAPI 3.1 speaks). */
export type Schema = Record<string, unknown>;

/** Replaces a schema, whose parts have been replaced before. */
export type Change = (schema: Schema, place: Place) => Schema;

/** Where a schema stands. */
export interface Place {
  /** The property or the parameter that it describes; empty for a whole body. */
  name: string;
  /** The component or the operation that it belongs to. */
  owner: string;
}

/** A response, a request body or a header, as far as it holds schemas. */
interface Holder {
  schema?: Schema;
  content?: Record<string, Holder>;
  headers?: Record<string, Holder>;
}

interface Operation {
  operationId: string;
  parameters?: (Holder & { name: string })[];
  requestBody?: Holder;
  responses: Record<string, Holder>;
}

/** The document, as far as it holds schemas. */
export interface SchemaDocument {
  paths: Record<string, object>;
  components?: object;
}

export const mapValues = <T, U>(all: Record<string, T>, change: (value: T, name: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(all).map(([name, value]) => [name, change(value, name)]));

const COMBINING = ['allOf', 'anyOf', 'oneOf'] as const;

/** Replaces a schema and all its parts, the innermost first. */
export function mapSchema(schema: Schema, change: Change, place: Place): Schema {
  const copy = { ...schema };
  const within = (part: Schema, name = place.name): Schema => mapSchema(part, change, { ...place, name });
  if (schema.properties) copy.properties = mapValues(schema.properties as Record<string, Schema>, within);
  if (schema.items) copy.items = within(schema.items as Schema);
  if (typeof schema.additionalProperties === 'object')
    copy.additionalProperties = within(schema.additionalProperties as Schema, '');
  for (const word of COMBINING) {
    const parts = schema[word] as Schema[] | undefined;
    if (parts) copy[word] = parts.map((part) => within(part));
  }
  return change(copy, place);
}

/** Replaces every schema of a document. */
export function mapSchemas<T extends SchemaDocument>(document: T, change: Change): T {
  const { schemas = {}, headers = {} } = (document.components ?? {}) as Record<string, Record<string, object>>;
  return {
    ...document,
    paths: mapValues(document.paths as Record<string, Record<string, Operation>>, (item) =>
      mapValues(item, (operation) => mapOperation(operation, change)),
    ),
    components: {
      ...document.components,
      schemas: mapValues(schemas as Record<string, Schema>, (schema, owner) =>
        mapSchema(schema, change, { name: '', owner }),
      ),
      headers: mapValues(headers as Record<string, Holder>, (header, name) => mapHolder(header, change, name, name)),
    },
  };
}

function mapOperation(operation: Operation, change: Change): Operation {
  const { operationId: owner, parameters, requestBody, responses } = operation;
  return {
    ...operation,
    ...(parameters && {
      parameters: parameters.map((parameter) => mapHolder(parameter, change, owner, parameter.name)),
    }),
    ...(requestBody && { requestBody: mapHolder(requestBody, change, owner) }),
    responses: mapValues(responses, (response) => mapHolder(response, change, owner)),
  };
}

function mapHolder<T extends Holder>(holder: T, change: Change, owner: string, name = ''): T {
  const { schema, content, headers } = holder;
  return {
    ...holder,
    ...(schema && { schema: mapSchema(schema, change, { owner, name }) }),
    ...(content && { content: mapValues(content, (part) => mapHolder(part, change, owner)) }),
    ...(headers && { headers: mapValues(headers, (header, its) => mapHolder(header, change, owner, its)) }),
  };
}
