import { pathParameters } from './path-parameters.js';
import { DomainError, type ErrorCode } from '../events/domain-error.js';
import type { MessagesByCode } from '../http/surfaces/answers.js';
import type { Surface } from '../http/surfaces/surface.js';
import { surfaceOf } from '../http/surfaces/surfaces.js';
import { enveloped, ERRORS, type Schema } from './schemas.js';

interface Content {
  content?: Record<string, { schema: Schema; example?: unknown }>;
}

interface Answer extends Content {
  description?: string;
  headers?: Record<string, unknown>;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
}

/** An operation as the generator leaves it, with what this server's decorators add to it. */
export interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: Content;
  responses: Record<string, Answer>;
  'x-required-level'?: number | null;
  'x-message'?: string;
  'x-words'?: MessagesByCode;
}

/** Names of the two ways to authenticate. */
export const LOGIN_TOKEN = 'loginToken';
export const KEY_PAIR = 'keyPair';

/** Name of a session, which is a key's and so good where a key is asked about. */
export const SESSION = 'session';

const TAGS: Record<Surface['name'], string> = {
  clients: 'Clients',
  merchants: 'Merchants',
  accounts: 'Accounts',
  oauth: 'OAuth',
};

const DESCRIPTIONS: Record<number, string> = {
  400: 'The request is malformed.',
  401: 'There is no good credential.',
  403: 'The caller may not do this.',
  404: 'There is no such thing.',
  413: 'The body is too large.',
  415: 'The content type is wrong.',
  429: 'Too many requests; `Retry-After` says how many seconds to wait.',
  500: 'Something went wrong in the server.',
};

const CODES: Record<number, ErrorCode> = {
  400: 'request.malformed',
  401: 'credential.invalid',
  403: 'access.level_lacking',
  404: 'route.not_found',
  412: 'precondition.failed',
  413: 'request.too_large',
  415: 'request.unsupported_media_type',
  422: 'idempotency.key_reused',
  429: 'request.rate_limited',
  503: 'unavailable',
  500: 'internal',
};

/** More exact codes for the examples, by what a path is about. */
const EXACT: [RegExp, number, ErrorCode][] = [
  [/\/(login|signin)$/, 401, 'login.failed'],
  [/\/(login|signin)$/, 403, 'access.account_inactive'],
  [/\/(login|signin)$/, 429, 'login.throttled'],
  [/\/(api-keys|apikeys)\//, 404, 'api_key.not_found'],
  [/^\/confirm\//, 404, 'confirmation.not_found'],
  [/^\/available\//, 404, 'username.free'],
  [/^\/(confirm|members)/, 409, 'email.taken'],
  [/\/signup$/, 409, 'email.taken'],
  [/\/signup$/, 410, 'link.gone'],
  [/^\/account/, 409, 'username.taken'],
  [/^\/api\/v1\/.*api-keys/, 409, 'idempotency.under_way'],
  [/\/rotate$/, 409, 'api_key.not_rotatable'],
  [/bulk-/, 409, 'bulk.count_differs'],
  [/applications/, 409, 'application.name_taken'],
  [/generate-api-key$/, 409, 'api_key.limit_reached'],
  [/webhooks$/, 409, 'webhook.limit_reached'],
  [/redeliver$/, 409, 'webhook_delivery.under_way'],
  [/members\/\{id\}$/, 409, 'member.last_manager'],
  [/members$/, 409, 'email.taken'],
  [/merchants\/\{id\}$/, 409, 'merchant.own'],
];

/** Completes an operation: its surface's tag and envelopes, what it asks of its caller, and every way it can refuse. */
export function complete(path: string, operation: Operation): void {
  const surface = surfaceOf({ url: path });
  const isVerification = path.startsWith('/api/v1/keys/');
  const [summary = '', ...rest] = (operation.summary ?? '').split('\n\n');
  const level = operation['x-required-level'] ?? null;
  operation.summary = summary.replaceAll('\n', ' ');
  operation.tags = [isVerification ? 'Verification' : path.startsWith('/health/') ? 'Health' : TAGS[surface.name]];
  operation.description =
    [...rest, level === null ? null : `Needs level ${level} or above.`].filter(Boolean).join('\n\n') || undefined;
  operation.security = securityOf(path, level, isVerification);
  operation.parameters = [
    ...pathParameters(path, operation),
    ...(operation.parameters ?? []).filter((parameter) => parameter.in !== 'path').map(withoutPreset),
  ];
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (status.startsWith('2')) envelop(surface, operation, Number(status), answer);
  }
  for (const status of refusalsOf(path, operation, surface)) addRefusal(path, operation, surface, status);
  delete operation['x-message'];
  delete operation['x-words'];
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

function securityOf(path: string, level: number | null, isVerification: boolean): Operation['security'] {
  if (path === '/api/v1/keys/check') return [{ [KEY_PAIR]: [] }, { apiKey: [] }, { bearerKey: [] }, { [SESSION]: [] }];
  if (path.startsWith('/oauth/')) return [{ [KEY_PAIR]: [] }];
  if (isVerification) return [{ [LOGIN_TOKEN]: [] }, { [KEY_PAIR]: [] }, { bearerKey: [] }, { apiKey: [] }];
  if (level === null) return [];
  return [{ [path.endsWith('/key') ? KEY_PAIR : LOGIN_TOKEN]: [] }];
}

function envelop(surface: Surface, operation: Operation, status: number, answer: Answer): void {
  if (answer.description === '')
    answer.description = status === 204 || !answer.content ? 'Done; there is no body.' : 'Done.';
  if (status === 204 || (surface.name === 'oauth' && !answer.content)) {
    delete answer.content;
    return;
  }
  // What isn't JSON has no envelope.
  if (answer.content && !answer.content['application/json']) return;
  const schema = answer.content?.['application/json']?.schema ?? { type: 'object' };
  answer.content = { 'application/json': { schema: enveloped(surface, schema, status, operation['x-message'] ?? '') } };
}

/** The statuses with which a route can refuse, those of its own doc comment among them. */
function refusalsOf(path: string, operation: Operation, surface: Surface): number[] {
  const isLogin = /\/(login|signin)$/.test(path);
  const hasPathParameter = path.includes('{');
  const needsLogin = typeof operation['x-required-level'] === 'number';
  const statuses = {
    400: operation.requestBody !== undefined || (operation.parameters ?? []).length > 0,
    401: needsLogin,
    403: needsLogin,
    404: hasPathParameter,
    413: operation.requestBody !== undefined,
    415: operation.requestBody !== undefined,
    429: isLogin || (needsLogin && surface.name === 'clients'),
    500: true,
  };
  const general = Object.entries(statuses).flatMap(([status, applies]) => (applies ? [Number(status)] : []));
  const own = Object.keys(operation.responses)
    .map(Number)
    .filter((status) => status >= 400);
  return [...new Set([...general, ...own])].sort((a, b) => a - b);
}

function addRefusal(path: string, operation: Operation, surface: Surface, status: number): void {
  const [, , exact] = EXACT.find(([paths, itsStatus]) => itsStatus === status && paths.test(path)) ?? [];
  const code = exact ?? CODES[status] ?? 'internal';
  const ownMessages = operation['x-words'] ?? {};
  const message = (ownMessages[code] ?? Object.values(ownMessages).find((words) => words.status === status))?.message;
  const error = new DomainError(code, { limitPerMinute: 100 });
  const { name } = ERRORS[surface.name];
  const { description, content } = operation.responses[status] ?? {};
  operation.responses[status] = {
    description: description ?? DESCRIPTIONS[status] ?? 'Refused.',
    content: content ?? {
      'application/json': {
        schema: { $ref: `#/components/schemas/${name}` },
        example: surface.failure({ status, error, message }),
      },
    },
  };
}
