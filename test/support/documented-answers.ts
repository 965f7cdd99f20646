import type { ValidateFunction } from 'ajv';
import ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { closeComponents, closeSchema, type Schema } from './closed-schemas.js';
import type { Answer } from './http.js';
import { readDocument } from './openapi.js';

interface DocumentedHeader {
  schema: Schema;
}

interface DocumentedAnswer {
  headers?: Record<string, DocumentedHeader>;
  content?: Record<string, { schema: Schema }>;
}

interface DocumentedOperation {
  operationId: string;
  responses: Record<string, DocumentedAnswer>;
}

interface Document {
  paths: Record<string, Record<string, DocumentedOperation>>;
  webhooks: Record<string, { post: { requestBody: { content: { 'application/json': { schema: Schema } } } } }>;
  components: {
    schemas: Record<string, Schema>;
  };
}

const document = readDocument() as Document;

/** Headers that belong to HTTP itself. */
const OF_HTTP: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
]);

interface Route {
  method: string;
  path: string;
  pattern: RegExp;
  /** Where the operation is in the document. */
  where: string;
  operation: DocumentedOperation;
}

const ROUTES: Route[] = Object.entries(document.paths)
  // A path without parameters comes before those that would take its last segment for one.
  .sort(([a], [b]) => a.split('{').length - b.split('{').length)
  .flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      where: `${method.toUpperCase()} ${path} (${operation.operationId})`,
      operation,
    })),
  );

/** Returns the documented operation that a request is for; a check takes every method, and HEAD is GET without a body. */
function findRoute(method: string, path: string): Route | undefined {
  const [pathname = ''] = path.split('?', 1);
  const served = method === 'HEAD' || pathname === '/api/v1/keys/check' ? 'GET' : method;
  // A path without parameters hides those that would take its last segment for one, whatever its methods.
  const first = ROUTES.find(({ pattern }) => pattern.test(pathname));
  return ROUTES.find((route) => route.path === first?.path && route.method === served);
}

let compiler: InstanceType<typeof ajv.default> | undefined;

/** Compiles a schema of the document, in which objects have the properties that it names and no others. */
function compile(schema: Schema): ValidateFunction {
  if (!compiler) {
    compiler = new ajv.default({ strict: false, allErrors: true, validateFormats: true });
    formats.default(compiler);
    compiler.addSchema(closeComponents(document.components.schemas), 'document');
  }
  return compiler.compile(schema);
}

const compiled = new WeakMap<object, ValidateFunction>();

function validate(schema: Schema, value: unknown): string[] {
  let check = compiled.get(schema);
  if (!check) compiled.set(schema, (check = compile(closeSchema(schema))));
  if (check(value)) return [];
  return (check.errors ?? []).map(({ instancePath, message = '', params }) => {
    const name = Object.values(params as Record<string, unknown>).join(', ');
    return `${instancePath || 'the body'} ${message} (${name})`;
  });
}

/** Compares every response of a server to what the committed OpenAPI document says of it: status, headers, content type and body. */
export class DocumentedAnswers {
  private readonly found = new Set<string>();

  note(method: string, path: string, answer: Pick<Answer, 'status' | 'headers' | 'text' | 'body'>): void {
    for (const problem of findUndocumented(method, path, answer)) this.found.add(problem);
  }

  /** What the document doesn't say, or says otherwise. */
  get problems(): string[] {
    return [...this.found].sort();
  }

  clear(): void {
    this.found.clear();
  }
}

/** Returns what the document doesn't say of the payload of a webhook, or says otherwise. */
export function findUndocumentedEvent(payload: { type: string }): string[] {
  const schema = document.webhooks[payload.type]?.post.requestBody.content['application/json'].schema;
  if (!schema) return [`the event ${payload.type} is not documented`];
  return validate(schema, payload).map((problem) => `the event ${payload.type}: ${problem}`);
}

/** Returns what the document doesn't say of a response, or says otherwise; nothing for a path or a method that it doesn't have. */
export function findUndocumented(
  method: string,
  path: string,
  { status, headers, text, body }: Pick<Answer, 'status' | 'headers' | 'text' | 'body'>,
): string[] {
  const route = findRoute(method, path);
  if (!route) return [];
  const { responses } = route.operation;
  const documented = responses[status];
  if (!documented) return [`${route.where}: the status ${status} is not documented`];
  const problems = [
    ...findHeaders(documented, headers),
    ...(method === 'HEAD' ? [] : findContent(documented, headers['content-type'], text, body)),
  ];
  return problems.map((problem) => `${route.where}: ${status}: ${problem}`);
}

function findHeaders({ headers = {} }: DocumentedAnswer, sent: Answer['headers']): string[] {
  const known = new Map(Object.entries(headers).map(([name, header]) => [name.toLowerCase(), header]));
  return Object.entries(sent).flatMap(([name, value]) => {
    if (OF_HTTP.has(name)) return [];
    const header = known.get(name);
    if (!header) return [`the header ${name} is not documented`];
    const { schema } = header;
    const given = schema.type === 'integer' ? Number(value) : String(value);
    return validate(schema, given).map((problem) => `the header ${name}: ${problem}`);
  });
}

function findContent({ content }: DocumentedAnswer, type: string | undefined, text: string, body: unknown): string[] {
  if (!content) return text === '' ? [] : ['a body is not documented'];
  const [essence = ''] = (type ?? '').split(';', 1);
  const documented = content[essence];
  if (!documented) return [`the content type ${essence || 'none'} is not documented`];
  return validate(documented.schema, essence === 'application/json' ? body : text);
}
