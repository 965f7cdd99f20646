import { ERROR_CATALOGUE } from '../../src/platform/events/error-catalogue.js';
import type { Answer } from './http.js';
import { readDocument } from './openapi.js';

interface Example {
  $ref?: string;
  value?: unknown;
}

interface DocumentedRoute {
  method: string;
  path: string;
  pattern: RegExp;
  /** Examples by `<status> <code>`. */
  refusals: Map<string, Example>;
}

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, DocumentedAnswer> }>>;
  components: { examples: Record<string, Example> };
}

interface DocumentedAnswer {
  content?: Record<string, { examples?: Record<string, Example> }>;
}

const document = readDocument() as Document;

/** Codes whose words depend on the request. */
const VARIABLE = new Set([
  'request.invalid',
  'request.body_missing',
  'request.rate_limited',
  'api_key.level_too_high',
  'api_key.scopes_not_held',
  'oauth.invalid_scope',
  'api_key.life_too_long',
  'api_key.overlap_running',
  'bulk.count_differs',
]);

const ROUTES: DocumentedRoute[] = Object.entries(document.paths)
  // A path without parameters comes before those that would take its last segment for one.
  .sort(([a], [b]) => a.split('{').length - b.split('{').length)
  .flatMap(([path, item]) =>
    Object.entries(item).map(([method, { responses }]) => ({
      method: method.toUpperCase(),
      path,
      pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      refusals: new Map(Object.entries(responses).flatMap(([status, answer]) => examplesOf(Number(status), answer))),
    })),
  );

function examplesOf(status: number, { content }: DocumentedAnswer): [string, Example][] {
  if (status < 400) return [];
  const { examples } = content?.['application/json'] ?? {};
  // What is wrong with a server's health is shown in no envelope.
  if (!examples) return [[`${status} unavailable`, {}]];
  return Object.entries(examples).map(([code, { $ref, value }]) => [
    `${status} ${code}`,
    $ref ? (document.components.examples[$ref.split('/').at(-1) ?? ''] ?? {}) : { value },
  ]);
}

/** The documented route that a request is for; a check takes every method, and HEAD is GET without a body. */
function routeAt(method: string, path: string): DocumentedRoute | undefined {
  const [pathname = ''] = path.split('?', 1);
  const served = method === 'HEAD' || pathname === '/api/v1/keys/check' ? 'GET' : method;
  return ROUTES.find((route) => route.method === served && route.pattern.test(pathname));
}

/** Compares every refusal that a server answers with to what the committed OpenAPI document says of the route. */
export class RefusalsSeen {
  private readonly found = new Set<string>();

  note(method: string, path: string, { status, headers, body }: Pick<Answer, 'status' | 'headers' | 'body'>): void {
    // Pages are no part of the document.
    if (status < 400 || headers['content-type']?.startsWith('text/html')) return;
    const code = String(headers['x-error-code']);
    const route = routeAt(method, path);
    const what = `${method} ${route?.path ?? path}: ${status} ${code}`;
    if (!(code in ERROR_CATALOGUE)) this.found.add(`${what} is no code`);
    if (!route) return;
    const example = route.refusals.get(`${status} ${code}`);
    if (!example) this.found.add(`${what} is not documented`);
    else if (example.value && body && !VARIABLE.has(code) && wordsOf(body) !== wordsOf(example.value))
      this.found.add(`${what} is documented as "${wordsOf(example.value)}", and says "${wordsOf(body)}"`);
  }

  /** What the document doesn't say, or says otherwise. */
  get undocumented(): string[] {
    return [...this.found].sort();
  }

  clear(): void {
    this.found.clear();
  }
}

function wordsOf(body: unknown): string {
  const { message, error } = body as { message?: string; error?: string };
  return message ?? error ?? '';
}
