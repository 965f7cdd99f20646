// Reads the operations of the document, with everything that the package has to know of each.
import { findMethod, findResource, REPEATABLE } from './names.js';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];
const BODIES = {
  'application/json': 'json',
  'application/x-www-form-urlencoded': 'form',
  'application/x-ndjson': 'lines',
};
const LINES = 'application/x-ndjson';
const EVENTS = 'text/event-stream';

/** @returns what a reference of the document points to, or the value itself */
const resolve = (document, value) =>
  value.$ref === undefined
    ? value
    : value.$ref
        .slice(2)
        .split('/')
        .reduce((all, key) => all[key], document);

/** "Idempotency-Key" is `idempotencyKey`. */
const optionOf = (header) => header.toLowerCase().replace(/-([a-z])/g, (_all, letter) => letter.toUpperCase());

/** @returns all operations, in the order of the document's tags */
export function readOperations(document) {
  const read = (value) => resolve(document, value);
  const taken = new Map();
  const operations = [];
  for (const [path, item] of Object.entries(document.paths))
    for (const method of METHODS.filter((name) => name in item)) {
      const operation = item[method];
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(read);
      const tag = document.tags.find(({ name }) => name === operation.tags[0]) ?? { name: operation.tags[0] };
      const resource = findResource(operation.operationId, tag);
      const names = taken.get(resource.name) ?? new Set();
      taken.set(resource.name, names);
      const { operationId } = operation;
      const isKeyed = operationId.endsWith('WithKey') && document.paths[path.replace(/\/key$/, '/jwt')] !== undefined;
      const name = isKeyed ? undefined : findMethod(operationId, resource, names);
      if (name !== undefined) names.add(name);
      operations.push({
        id: operationId,
        resource,
        name,
        /** The operation with a login token that this one is the counterpart of, for a key. */
        keyedOf: isKeyed ? operationId.replace(/WithKey$/, '') : undefined,
        method: method.toUpperCase(),
        path,
        summary: operation.summary,
        description: operation.description,
        auth: (operation.security ?? []).map((scheme) => Object.keys(scheme)[0]),
        inPath: parameters.filter(({ in: place }) => place === 'path'),
        inQuery: parameters.filter(({ in: place }) => place === 'query'),
        inHeader: parameters
          .filter(({ in: place }) => place === 'header')
          .map((parameter) => ({ ...parameter, option: optionOf(parameter.name) })),
        body: readBody(operation.requestBody),
        answer: readAnswer(operation.responses, read),
        errors: readErrors(operation.responses, read),
        isRepeatable: REPEATABLE.has(operationId),
      });
    }
  return operations;
}

function readBody(body) {
  if (body === undefined) return undefined;
  const [[type, { schema }]] = Object.entries(body.content);
  const kind = BODIES[type];
  if (kind === undefined) throw new Error(`The package cannot send ${type}.`);
  return { kind, schema: kind === 'lines' ? schema.contentSchema : schema, isRequired: body.required === true };
}

/** @returns what a success holds: `kind`, `schema`, and whether it may also be empty */
function readAnswer(responses, read) {
  const successes = Object.entries(responses)
    .filter(([status]) => Number(status) < 400)
    .map(([status, response]) => [status, read(response)])
    // A redirect beside another success is for browsers.
    .filter(([status], _index, { length }) => status !== '302' || length === 1);
  const isVersioned = successes.some(([, { headers = {} }]) => 'ETag' in headers);
  if (successes.some(([status]) => status === '302')) return { kind: 'location', isVersioned };
  const full = successes.find(([, { content }]) => content !== undefined);
  if (full === undefined) return { kind: 'none', isVersioned };
  const { content, description } = full[1];
  const mayBeEmpty = successes.some((success) => success[1].content === undefined);
  if (content[LINES]) return { kind: 'lines', schema: content[LINES].schema.contentSchema, description, isVersioned };
  if (content[EVENTS])
    return { kind: 'events', schema: content[EVENTS].schema.contentSchema, description, isVersioned };
  const { schema } = content['application/json'];
  const isEnvelope = schema.required?.join() === 'status,message,data';
  // The accounts surface adds `result` to every answer; that it is there says that the request succeeded, which the caller knows by then.
  const [first, rest] = schema.allOf ?? [];
  const plain = first?.required?.join() === 'result' ? rest : schema;
  return {
    kind: isEnvelope ? 'data' : 'json',
    schema: isEnvelope ? schema.properties.data : plain,
    description,
    mayBeEmpty,
    isVersioned,
  };
}

/** @returns `[status, code]` of each error that the operation answers with */
function readErrors(responses, read) {
  return Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .flatMap(([status, response]) => {
      const { examples = {} } = read(response).content?.['application/json'] ?? {};
      return Object.keys(examples).map((code) => [status, code]);
    });
}
