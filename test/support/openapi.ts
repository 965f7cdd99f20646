import { readFileSync } from 'node:fs';

/** What stands in the place of a component. */
interface Reference {
  $ref?: string;
}

interface ReferringOperation {
  parameters?: Reference[];
  responses: Record<string, Reference & { headers?: Record<string, Reference> }>;
}

/** An OpenAPI document whose operations may refer to components. */
export interface ReferringDocument {
  paths: Record<string, Record<string, ReferringOperation>>;
  components: Record<string, Record<string, object>>;
}

/** Returns a document whose operations hold their parameters, responses and headers themselves. Schemas and examples stay references. */
export function dereference(referring: ReferringDocument): object {
  const { paths, components } = referring;
  const find = <U extends Reference>(value: U): U =>
    value.$ref === undefined ? value : (value.$ref.split('/').slice(2).reduce(step, components) as U);
  const inFull = ({ parameters, responses, ...operation }: ReferringOperation): ReferringOperation => ({
    ...operation,
    ...(parameters && { parameters: parameters.map(find) }),
    responses: mapValues(responses, (response) => {
      const { headers, ...found } = find(response);
      return { ...found, ...(headers && { headers: mapValues(headers, find) }) };
    }),
  });
  return { ...referring, paths: mapValues(paths, (item) => mapValues(item, inFull)) };
}

const step = (value: object, name: string): object => (value as Record<string, object>)[name] ?? {};

const mapValues = <T, U>(all: Record<string, T>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(all).map(([name, value]) => [name, change(value)]));

/** Returns the committed OpenAPI document, with operations in full. */
export const readDocument = (): object =>
  dereference(JSON.parse(readFileSync('openapi.json', 'utf8')) as ReferringDocument);
