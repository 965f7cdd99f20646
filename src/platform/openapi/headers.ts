import { ANSWER_HEADERS } from '../http/answer-headers.js';
import { IGNORED_FIELDS } from '../http/input/unknown-names.interceptor.js';
import { REQUEST_ID } from '../http/request-id.js';
import { ERROR_CODE } from '../http/surfaces/answers.js';
import type { Schema } from './passes/schema.js';

/** A response header, as OpenAPI describes it. */
export interface DescribedHeader {
  description: string;
  schema: Schema;
}

const text = (description: string, example: string): DescribedHeader => ({
  description,
  schema: { type: 'string', example },
});

/** The headers that a response has because of what it is, not because of its route. */
export const GENERAL_HEADERS = {
  [REQUEST_ID]: text('The id of the request, which log lines and audit events name.', '2f1c9a4e-7b3d-4c5f-1a'),
  'Cache-Control': text('Whether the response may be stored.', ANSWER_HEADERS['Cache-Control']),
  'X-Content-Type-Options': text(
    'Keeps browsers from guessing the content type.',
    ANSWER_HEADERS['X-Content-Type-Options'],
  ),
  'Referrer-Policy': text('Keeps browsers from sending the URL elsewhere.', ANSWER_HEADERS['Referrer-Policy']),
  'Strict-Transport-Security': text(
    'Keeps browsers to https (RFC 6797). Present if `PUBLIC_URL` is https.',
    'max-age=31536000',
  ),
  [ERROR_CODE]: {
    description: 'The code of the error, for programs.',
    schema: { $ref: '#/components/schemas/ErrorCode' },
  },
  'WWW-Authenticate': text(
    'How to authenticate (RFC 9110, section 11.6.1).',
    'Basic realm="keywright", charset="UTF-8"',
  ),
  [IGNORED_FIELDS]: text(
    'The names in the query and the body that the operation does not know, and has ignored. Absent if there are none.',
    'expires_in',
  ),
  'Retry-After': {
    description: 'The number of seconds after which the request may succeed (RFC 9110, section 10.2.3).',
    schema: { type: 'integer', example: 1 },
  },
} satisfies Record<string, DescribedHeader>;

type GeneralHeader = keyof typeof GENERAL_HEADERS;

type References = Record<string, { $ref: string }>;

const refer = (...names: GeneralHeader[]): References =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const ALWAYS = ['Cache-Control', 'X-Content-Type-Options', 'Referrer-Policy'] as const;

/** The headers of every response by Nest. */
export const EVERY_HEADER = refer(REQUEST_ID, ...ALWAYS, 'Strict-Transport-Security');

/** The headers of successful verifications, which bypass Nest. */
export const FAST_HEADERS = refer(...ALWAYS);

/** The header of every response on surfaces that ignore unknown names. */
export const IGNORED_HEADER = refer(IGNORED_FIELDS);

/** Codes of errors that name the time to wait. */
const WAITING: ReadonlySet<string> = new Set([
  'api_key.overlap_running',
  'idempotency.under_way',
  'login.throttled',
  'quota.exceeded',
  'request.rate_limited',
  'unavailable',
]);

/** The headers of an error response. */
export const failureHeaders = (status: number, codes: readonly string[]): References => ({
  ...refer(ERROR_CODE),
  ...EVERY_HEADER,
  ...(status === 401 && refer('WWW-Authenticate')),
  ...(codes.some((code) => WAITING.has(code)) && refer('Retry-After')),
});
