import { readScheme, type AuthScheme } from '../http/requirement.js';
import type { Surface } from '../http/surfaces/surface.js';
import { surfaceAt } from '../http/surfaces/surfaces.js';
import { generalRefusals, type Refusals } from './refusals.js';
import type { Route } from './routes.js';
import { codeSamples } from './code-samples.js';
import { EVERY_HEADER, FAST_HEADERS, IGNORED_HEADER } from './headers.js';
import { withFormat } from './passes/formats.js';
import type { Schema } from './passes/schema.js';
import { enveloped } from './schemas.js';
import { findTag } from './tags.js';

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

/** A way to authenticate: one that a route can require, or one that only the verification routes take. */
export type SecurityScheme = Exclude<AuthScheme, 'key'> | 'bearerKey' | 'session' | 'apiKey';

/** An operation as the generator leaves it, or as it is described by hand. */
export interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: Partial<Record<SecurityScheme, string[]>>[];
  parameters?: Parameter[];
  requestBody?: Pick<Answer, 'content'> & { required?: boolean };
  responses: Record<string, Answer>;
  'x-required-level'?: number | null;
  'x-codeSamples'?: object[];
}

/** Completes an operation with the tag and the envelopes of its surface, what it requires of its caller, and every error it answers with. */
export function completeOperation(
  operation: Operation,
  route: Route,
  path: string,
  method: string,
  refusals: Refusals,
): void {
  const surface = surfaceAt(path);
  const { requirement } = route;
  const scheme = readScheme(requirement, path);
  const [summary = '', ...rest] = (operation.summary ?? '').split('\n\n');
  const level =
    requirement.level === null
      ? []
      : [requirement.level === 0 ? 'Requires a login.' : `Requires level ${requirement.level} or above.`];
  operation.summary = summary.replaceAll('\n', ' ');
  operation.description = [...rest, ...level].join('\n\n') || undefined;
  operation.tags = [findTag(path).name];
  operation.security ??= requirement.by === 'tokenOrKey' ? TOKEN_OR_KEY : securityOf(scheme);
  operation.parameters = [
    ...pathParameters(path, operation, route),
    ...(operation.parameters ?? [])
      .filter((parameter) => parameter.in !== 'path')
      .map((parameter) => withoutPreset(withItsFormat(parameter))),
  ];
  operation['x-required-level'] = requirement.level;
  operation['x-codeSamples'] = codeSamples(operation.operationId);
  if (operation.requestBody) operation.requestBody.required = route.isBodyRequired ?? true;

  const described = Object.entries(operation.responses);
  const general = generalRefusals({ method, surface, requirement, scheme, takesUnknownNames: route.takesUnknownNames });
  const answers = refusals.describe([...general, ...(route.refusals ?? [])], surface, route.errorMessages ?? {});
  operation.responses = Object.fromEntries(
    [...answers].map(([status, answer]) => [status, { ...answer, headers: { ...answer.headers, ...route.headers } }]),
  );
  for (const [status, answer] of described) {
    const refusal = answers.has(Number(status)) ? operation.responses[status] : undefined;
    if (Number(status) < 400) operation.responses[status] = completeSuccess(answer, Number(status), surface, route);
    else if (refusal)
      operation.responses[status] = { ...refusal, ...answer, headers: { ...refusal.headers, ...answer.headers } };
    else throw new Error(`${operation.operationId}: no @Refuses declares an error of the status ${status}.`);
  }
  if (surface.unknownNames === 'ignored')
    for (const answer of Object.values(operation.responses)) answer.headers = { ...answer.headers, ...IGNORED_HEADER };
}

const BY_KEY: NonNullable<Operation['security']> = [{ bearerKey: [] }, { keyPair: [] }, { apiKey: [] }];

const TOKEN_OR_KEY: typeof BY_KEY = [{ loginToken: [] }, ...BY_KEY];

/** Returns the ways to authenticate by a scheme, any of which will do. */
function securityOf(scheme: AuthScheme | null): NonNullable<Operation['security']> {
  if (scheme === null) return [];
  if (scheme === 'key') return BY_KEY;
  return [{ [scheme]: [] }];
}

/** Describes every parameter of a path, also those that only a guard reads. */
function pathParameters(path: string, { parameters = [] }: Operation, route: Route): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(({ 1: name = '' }) => {
    const found = parameters.find((parameter) => parameter.in === 'path' && parameter.name === name);
    const { example, description = found?.description } = route.pathParameters?.[name] ?? {};
    if (!description) throw new Error(`${path}: no @PathParameter describes {${name}}.`);
    return withItsFormat({
      name,
      in: 'path',
      required: true,
      description,
      schema: { type: 'string', example, ...found?.schema },
    });
  });
}

/** Formats follow from examples, which optional parameters lose. */
const withItsFormat = ({ schema = {}, ...parameter }: Parameter): Parameter => ({
  ...parameter,
  schema: withFormat(schema, { name: parameter.name, owner: '' }),
});

/**
 * Moves the example of an optional parameter into its description: Swagger UI would send it with every request. A parameter with a default
 * is optional.
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

function completeSuccess(described: Answer, status: number, surface: Surface, route: Route): Answer {
  const { answer = '', answerHeaders, message = 'OK' } = route;
  const { content, headers } = described;
  const success = {
    description: described.description === '' ? answer : described.description,
    headers: { ...route.headers, ...(route.isFast ? FAST_HEADERS : EVERY_HEADER), ...answerHeaders, ...headers },
  };
  if (status === 204 || status === 302 || (surface.name === 'oauth' && !content)) return success;
  // Only JSON has an envelope.
  if (content && !content['application/json']) return { ...success, content };
  const schema = content?.['application/json']?.schema;
  return { ...success, content: { 'application/json': { schema: enveloped(surface, schema, status, message) } } };
}
