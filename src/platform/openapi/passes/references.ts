import {
  mapOperations,
  type Parameter,
  type PassedDocument,
  type PassedOperation,
  type Referable,
  type Response,
} from './operations.js';
import { mapValues } from './schema.js';

const pascal = (text: string): string =>
  text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** A component under construction: what several places have in common, and the names that it may get, the best first. */
interface Candidate {
  value: Referable;
  names: string[];
  uses: number;
}

/** Collects what may become a component, and gives a name to what stands in several places. */
class Components {
  private readonly candidates = new Map<string, Candidate>();

  constructor(
    private readonly kind: string,
    private readonly leastUses: number,
  ) {}

  note(value: Referable, names: string[]): void {
    const known = this.candidates.get(JSON.stringify(value));
    if (known) known.uses += 1;
    else this.candidates.set(JSON.stringify(value), { value, names, uses: 1 });
  }

  /** Gives each component the first of its names that no other one wants. What has no such name stays where it is. */
  name(): { components: Record<string, Referable>; refer: <T extends Referable>(value: T) => T | { $ref: string } } {
    const chosen = [...this.candidates].filter(([, { uses }]) => uses >= this.leastUses);
    const wanted = new Map<string, number>();
    for (const [, { names }] of chosen)
      for (const name of new Set(names)) wanted.set(name, (wanted.get(name) ?? 0) + 1);
    const named = new Map(
      chosen.flatMap(([key, { names }]) => {
        const name = names.find((one) => wanted.get(one) === 1);
        return name === undefined ? [] : [[key, name] as const];
      }),
    );
    return {
      components: Object.fromEntries([...named].map(([key, name]) => [name, this.candidates.get(key)?.value ?? {}])),
      refer: (value) => {
        const name = named.get(JSON.stringify(value));
        return name === undefined ? value : { $ref: `#/components/${this.kind}/${name}` };
      },
    };
  }
}

/** Moves the headers, the error responses and the parameters that operations have in common to components. */
export function shareComponents<T extends PassedDocument>(document: T): T {
  const headers = new Components('headers', 1);
  eachResponse(document, ({ headers: own = {} }) => {
    for (const [name, header] of Object.entries(own)) if (!('$ref' in header)) headers.note(header, [name]);
  });
  const sharedHeaders = headers.name();
  const withHeaders = mapOperations(document, (operation) => ({
    ...operation,
    responses: mapValues(operation.responses, (response) => ({
      ...response,
      ...(response.headers && { headers: mapValues(response.headers, sharedHeaders.refer) }),
    })),
  }));
  const responses = new Components('responses', 2);
  const parameters = new Components('parameters', 2);
  eachResponse(withHeaders, (response, status) => {
    responses.note(response, nameResponse(response, status));
  });
  mapOperations(withHeaders, (operation, path) => {
    for (const parameter of operation.parameters ?? [])
      parameters.note(parameter, nameParameter(parameter, operation, path));
    return operation;
  });
  const sharedResponses = responses.name();
  const sharedParameters = parameters.name();
  const shared = mapOperations(withHeaders, (operation) => ({
    ...operation,
    ...(operation.parameters && { parameters: operation.parameters.map(sharedParameters.refer) as Parameter[] }),
    responses: mapValues(operation.responses, sharedResponses.refer),
  }));
  const components = document.components as Record<string, object> | undefined;
  return {
    ...shared,
    components: {
      ...components,
      headers: { ...components?.headers, ...sharedHeaders.components },
      responses: sharedResponses.components,
      parameters: sharedParameters.components,
    },
  };
}

/** The names that an error response may get: its surface, its status and as many of its codes as it takes, the last first. */
function nameResponse({ content }: Response, status: string): string[] {
  const { schema, examples = {} } = (content?.['application/json'] ?? {}) as {
    schema?: { $ref?: string };
    examples?: Record<string, unknown>;
  };
  const surface = /(\w+)Error$/.exec(schema?.$ref ?? '')?.[1];
  if (surface === undefined) return [];
  const codes = Object.keys(examples).map(pascal).reverse();
  return codes.map((_, index) => surface + status + codes.slice(0, index + 1).join(''));
}

/** The names that a parameter may get: its own, after a path's segment before it, or with the operation that has it first. */
function nameParameter({ name, in: place }: Parameter, { operationId }: PassedOperation, path: string): string[] {
  const [, segment = ''] = new RegExp(`([^/{}]+)/\\{${name}\\}`).exec(path) ?? [];
  const own =
    place === 'path' ? pascal(segment).replace(/s$/, '') + pascal(name.replace(/^.*(?=Id$)/, '')) : pascal(name);
  return [own, `${own}Of${pascal(operationId)}`];
}

function eachResponse(document: PassedDocument, visit: (response: Response, status: string) => void): void {
  for (const item of Object.values(document.paths as Record<string, Record<string, PassedOperation>>))
    for (const { responses } of Object.values(item))
      for (const [status, response] of Object.entries(responses)) visit(response, status);
}
