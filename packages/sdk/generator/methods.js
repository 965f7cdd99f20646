// Writes the method of an operation, and the type of its options.
import { capitalize } from './names.js';
import { comment } from './types.js';

const IDEMPOTENCY = 'Idempotency-Key';
const VERSION = 'If-Match';

const has = (operation, header) => operation.inHeader.some(({ name }) => name === header);

/** @returns what an operation's options extend */
const optionBases = (operation) => [
  'RequestOptions',
  ...(has(operation, IDEMPOTENCY) ? ['IdempotentOptions'] : []),
  ...(has(operation, VERSION) ? ['VersionedOptions'] : []),
];

const ownOptions = (operation) => [
  ...operation.inQuery.map((parameter) => ({ ...parameter, option: parameter.name })),
  ...operation.inHeader.filter(({ name }) => name !== IDEMPOTENCY && name !== VERSION),
];

/** @returns the declaration of an operation's options if it has its own */
export function declareOptions(operation, types) {
  const own = ownOptions(operation);
  if (own.length === 0) return '';
  const properties = Object.fromEntries(
    own.map(({ option, schema, description }) => [option, { ...schema, description, example: undefined }]),
  );
  const required = own.filter((parameter) => parameter.required).map(({ option }) => option);
  return `/** Options of \`${operation.resource.name}.${operation.name}\`. */\nexport interface ${optionsName(operation)} extends ${optionBases(operation).join(', ')} ${types.object({ properties, required })}\n\n`;
}

const optionsName = (operation) => `${capitalize(operation.id)}Options`;

const optionsType = (operation) =>
  ownOptions(operation).length > 0 ? optionsName(operation) : optionBases(operation).join(' & ');

/** Objects that the document describes in place are declared beside the operation. */
const isInPlace = ({ kind, schema }) => kind === 'json' && schema?.properties !== undefined;

const typeOrName = (content, operation, suffix, types) =>
  isInPlace(content) ? `${capitalize(operation.id)}${suffix}` : types.of(content.schema);

/** @returns the declarations of the objects that the document describes in the operation itself */
export function declareObjects({ id, body, answer }, types) {
  const contents = { Body: body, Answer: answer };
  return Object.entries(contents)
    .filter(([, content]) => content && isInPlace(content))
    .map(([suffix, { schema }]) => types.declare(`${capitalize(id)}${suffix}`, schema))
    .join('\n');
}

/** Beside other parameters, the `id` in `/webhooks/{id}/…` is the `webhookId`. */
function nameOfPlace(parameter, { path, inPath }) {
  if (parameter !== 'id' || inPath.length < 2) return parameter;
  const [, collection] = /([\w-]+)\/\{id\}/.exec(path);
  return `${collection.replace(/s$/, '')}Id`;
}

/** @returns the schema that a reference names */
const target = (document, schema) =>
  schema.$ref ? document.components.schemas[schema.$ref.slice('#/components/schemas/'.length)] : schema;

/** @returns the item's schema and the pages' schemas if the operation answers with a page of a list */
function findList(operation, document) {
  const { answer, inQuery } = operation;
  if (!inQuery.some(({ name }) => name === 'page')) return undefined;
  if (answer.schema.type === 'array') return { item: answer.schema.items, page: answer.schema };
  const alternatives = answer.schema.oneOf ?? [answer.schema];
  const part = alternatives.find((one) => 'nextCursor' in target(document, one).properties);
  const page = alternatives.find((one) => one !== part);
  return { item: target(document, page).properties.items.items, page, part };
}

/** @returns the method's name of the call, and its type */
function describeResult(operation, document, types) {
  const { answer } = operation;
  if (answer.kind === 'none') return { call: 'callOperation', type: 'Answer<void>' };
  if (answer.kind === 'location') return { call: 'callOperation', type: 'Answer<string>' };
  if (answer.kind === 'lines' || answer.kind === 'events')
    return { call: 'readLines', type: `AsyncIterable<${types.of(answer.schema)}>` };
  const list = findList(operation, document);
  if (list === undefined)
    return {
      call: 'callOperation',
      type: `Answer<${typeOrName(answer, operation, 'Answer', types)}${answer.mayBeEmpty ? ' | undefined' : ''}>`,
    };
  const item = types.of(list.item);
  const type = `List<${item}, ${types.of(list.page)}>`;
  const partType = list.part && `List<${item}, ${types.of(list.part)}>`;
  const eitherType = list.part && `List<${item}, ${types.of(list.page)} | ${types.of(list.part)}>`;
  return { call: 'listOperation', type, partType, eitherType };
}

/** @returns the method's code */
export function writeMethod(operation, document, types, isCommonError) {
  const { name, body, inPath, answer } = operation;
  const places = inPath.map(({ name: parameter }) => nameOfPlace(parameter, operation));
  const bodyType =
    body && (body.kind === 'lines' ? `Lines<${types.of(body.schema)}>` : typeOrName(body, operation, 'Body', types));
  const options = optionsType(operation);
  const areOptionsRequired = ownOptions(operation).some(({ required }) => required);
  const before = [
    ...places.map((place) => `${place}: string`),
    ...(body ? [body.isRequired ? `body: ${bodyType}` : `body?: ${bodyType}`] : []),
  ];
  const signature = (type, result) => `${name}(${[...before, type].join(', ')}): ${result}`;
  const optional = `options${areOptionsRequired ? '' : '?'}: ${options}`;
  const { call, type, partType, eitherType } = describeResult(operation, document, types);
  const passed = [
    `operations.${operation.id}`,
    `[${places.join(', ')}]`,
    ...(body ? ['body'] : ['undefined']),
    'options',
  ];
  const sent = `return this.${call}(${passed.join(', ')});`;
  const about = comment(
    [operation.summary, operation.description].filter(Boolean).map(withFullStop).join('\n\n'),
    [
      ...inPath.map(({ description }, index) => description && `@param ${places[index]} ${oneLine(description)}`),
      answer.description && `@returns ${oneLine(answer.description)}`,
      ...describeErrors(operation.errors.filter(([, code]) => !isCommonError(code))),
    ]
      .filter(Boolean)
      .join('\n'),
  );
  if (partType === undefined) return `${about}${signature(optional, type)} {\n${sent}\n}\n`;
  return [
    `${about}${signature(`options: ${options} & { cursor: string }`, partType)};`,
    `${about}${signature(`options?: ${options} & { cursor?: undefined }`, type)};`,
    `${about}${signature(`options?: ${options}`, eitherType)};`,
    `${signature(`options?: ${options}`, eitherType)} {\n${sent}\n}\n`,
  ].join('\n');
}

const withFullStop = (text) => (/[.!?:`)]$/.test(text) ? text : `${text}.`);
const oneLine = (text) => text.replace(/\s*\n\s*/g, ' ');

/** @returns a line for each status, with its codes */
function describeErrors(errors) {
  const byStatus = new Map();
  for (const [status, code] of errors) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  return [...byStatus].map(
    ([status, codes]) => `@throws {KeywrightError} ${status}: ${codes.map((code) => `\`${code}\``).join(', ')}`,
  );
}

/** @returns the row of the table of operations */
export function writeOperation(operation, keyed) {
  const { id, method, path, auth, inQuery, inHeader, body, answer, isRepeatable } = operation;
  const row = { method, path };
  if (auth.length > 0) row.auth = auth;
  if (inQuery.length > 0) row.query = inQuery.map(({ name }) => name);
  if (inHeader.length > 0) row.headers = Object.fromEntries(inHeader.map(({ option, name }) => [option, name]));
  if (body) row.body = body.kind;
  if (answer.kind !== 'json') row.answer = answer.kind;
  // The version is of what the path names where it can be expected, or of what has been created.
  const isOfPath = has(operation, VERSION) || path.endsWith('}');
  if (answer.isVersioned || has(operation, VERSION)) row.version = isOfPath ? 'path' : 'answer';
  if (isRepeatable) row.repeatable = true;
  const fields = Object.entries(row).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  if (keyed) fields.push(`keyed: ${keyed.id}`);
  return `export const ${id}: Operation = { ${fields.join(', ')} };\n`;
}
