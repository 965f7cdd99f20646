import {
  CHECK_QUERY,
  VERIFICATION,
  VERIFICATIONS,
  VERIFY_BATCH_BODY,
  VERIFY_BODY,
} from '../../verification/http/schemas.js';
import type { Operation } from './operations.js';
import type { Schema } from './schemas.js';

const json = (schema: Schema) => ({ content: { 'application/json': { schema } } });

const header = (description: string) => ({ description, schema: { type: 'string' } });

/** The routes that are registered on Fastify itself, which the generator doesn't see. */
export const VERIFICATION_PATHS = (): Record<string, Record<string, Operation>> => ({
  '/api/v1/keys/verify': {
    post: {
      operationId: 'verifyKey',
      summary:
        'Verify a key\n\nAlways 200 for a well-formed request; `outcome` says the rest. You authenticate by a key of your own or a login token: ' +
        "level 1 verifies its own merchant's keys, level 5 anyone's. A key that you may not verify is NOT_FOUND.",
      requestBody: json(VERIFY_BODY),
      responses: {
        200: { description: 'Whether the key is good, and for what.', ...json(VERIFICATION) },
        503: UNAVAILABLE,
      },
      'x-required-level': 1,
    },
  },
  '/api/v1/keys/verify/batch': {
    post: {
      operationId: 'verifyKeys',
      summary: 'Verify up to 100 keys\n\nEach as if it had been verified alone.',
      requestBody: json(VERIFY_BATCH_BODY),
      responses: { 200: { description: 'A result for each key.', ...json(VERIFICATIONS) }, 503: UNAVAILABLE },
      'x-required-level': 1,
    },
  },
  '/api/v1/keys/check': {
    get: {
      operationId: 'checkKey',
      summary:
        'Check the credential of a request\n\nFor gateways, by any method: `Authorization: Bearer` or `Basic`, or `X-API-Key`, with a key of any ' +
        'surface, or as Bearer the token of a session. The answer has no body; its headers name the key.',
      parameters: Object.entries(CHECK_QUERY.properties).map(([name, { description, ...schema }]) => ({
        name,
        in: 'query',
        description,
        schema,
      })),
      responses: {
        204: {
          description: 'The key is good.',
          headers: {
            'X-Key-Id': header("The key's id."),
            'X-Client-Id': header("Its merchant's eight digits."),
            'X-Merchant-Id': header("Its merchant's id."),
            'X-Application-Id': header('The application it is for, if it is for one.'),
            'X-Key-Level': header('What it may do, 0 to 8.'),
            'X-Key-Scopes': header('What it is limited to, separated by spaces; empty is no limit.'),
            RateLimit: header('Where it stands within its limit (draft-ietf-httpapi-ratelimit-headers).'),
            'RateLimit-Policy': header('Its limit (draft-ietf-httpapi-ratelimit-headers).'),
          },
        },
        401: { description: 'There is no good key.' },
        403: { description: "The key's level, scopes or address don't suffice." },
        429: { description: 'The key has passed a limit; `Retry-After` says how many seconds to wait.' },
        503: UNAVAILABLE,
      },
      'x-required-level': null,
    },
  },
});

const UNAVAILABLE = {
  description: "The key isn't known here and the database can't be asked; `Retry-After` says how many seconds to wait.",
};
