import { readScheme, type AuthScheme } from '../http/requirement.js';
import type { Surface } from '../http/surfaces/surface.js';
import { surfaceOf } from '../http/surfaces/surfaces.js';
import { generalRefusals, type Refusals } from './refusals.js';
import type { Route } from './routes.js';
import { enveloped, type Schema } from './schemas.js';

interface Answer {
  description?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, { schema: Schema; example?: unknown; examples?: Record<string, unknown> }>;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

/** A way to authenticate: those that routes require, and those that the verification routes take besides. */
export type SecurityScheme = AuthScheme | 'bearerKey' | 'session' | 'apiKey';

/** An operation as the generator leaves it, or as it is written by hand where the generator sees none. */
export interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: Partial<Record<SecurityScheme, string[]>>[];
  parameters?: Parameter[];
  requestBody?: Pick<Answer, 'content'>;
  responses: Record<string, Answer>;
  'x-required-level'?: number | null;
}

const TAGS: Record<Surface['name'], string> = {
  clients: 'Clients',
  merchants: 'Merchants',
  accounts: 'Accounts',
  oauth: 'OAuth',
};

/** Completes an operation: its surface's tag and envelopes, what it requires of its caller, and every way in which it can refuse. */
export function complete(operation: Operation, route: Route, path: string, method: string, refusals: Refusals): void {
  const surface = surfaceOf({ url: path });
  const { requirement } = route;
  const scheme = readScheme(requirement, path);
  const [summary = '', ...rest] = (operation.summary ?? '').split('\n\n');
  const level = requirement.level === null ? [] : [`Requires level ${requirement.level} or above.`];
  operation.summary = summary.replaceAll('\n', ' ');
  operation.description = [...rest, ...level].join('\n\n') || undefined;
  operation.tags ??= [TAGS[surface.name]];
  operation.security ??= scheme === null ? [] : [{ [scheme]: [] }];
  operation.parameters = [
    ...pathParameters(path, operation, route),
    ...(operation.parameters ?? []).filter((parameter) => parameter.in !== 'path').map(withoutPreset),
  ];
  operation['x-required-level'] = requirement.level;

  const said = Object.entries(operation.responses);
  const general = generalRefusals({ method, surface, requirement, scheme });
  const answers = refusals.describe([...general, ...(route.refusals ?? [])], surface, route.errorMessages ?? {});
  operation.responses = Object.fromEntries(answers);
  for (const [status, answer] of said) {
    const refusal = answers.get(Number(status));
    if (Number(status) < 400) operation.responses[status] = completeSuccess(answer, Number(status), surface, route);
    else if (refusal) operation.responses[status] = { ...refusal, ...answer };
    else throw new Error(`${operation.operationId}: no @Refuses declares an error of the status ${status}.`);
  }
}

/** Every parameter that a path names, also those that no handler but a guard reads. */
function pathParameters(path: string, { parameters = [] }: Operation, route: Route): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(({ 1: name = '' }) => {
    const said = parameters.find((parameter) => parameter.in === 'path' && parameter.name === name);
    const { example, description = said?.description } = route.pathParameters?.[name] ?? {};
    if (!description) throw new Error(`${path}: no @PathParameter says what {${name}} is.`);
    return { name, in: 'path', required: true, description, schema: { type: 'string', example, ...said?.schema } };
  });
}

/**
 * What needn't be given isn't given unless somebody writes it: Swagger UI fills in every example, and would look for one that isn't there.
 * A parameter with a default needn't be given.
 */
function withoutPreset(parameter: Parameter): Parameter {
  const { example, ...schema } = parameter.schema ?? {};
  if (schema.default !== undefined) return { ...parameter, required: false, schema };
  if (parameter.required === true || example === undefined) return parameter;
  return {
    ...parameter,
    description: `${parameter.description ?? ''} Such as \`${example as string}\`.`,
    schema,
  };
}

function completeSuccess(said: Answer, status: number, surface: Surface, route: Route): Answer {
  const { answer = '', answerHeaders, message = 'OK' } = route;
  const headers = said.headers ?? answerHeaders;
  const { content } = said;
  const success = { description: said.description === '' ? answer : said.description, ...(headers && { headers }) };
  if (status === 204 || (surface.name === 'oauth' && !content)) return success;
  // What isn't JSON has no envelope.
  if (content && !content['application/json']) return { ...success, content };
  const schema = content?.['application/json']?.schema ?? { type: 'object' };
  return { ...success, content: { 'application/json': { schema: enveloped(surface, schema, status, message) } } };
}
