import { DomainError } from '../../platform/events/domain-error.js';
import type { Requirement } from '../../platform/http/requirement.js';
import type { Refusal } from '../../platform/http/route-facts.js';
import type { DescribedOperation, DescribedPaths } from '../../platform/openapi/document.js';
import type { SecurityScheme } from '../../platform/openapi/operations.js';
import type { Schema } from '../../platform/openapi/passes/schema.js';
import { LEVELS } from '../../access/levels.js';
import { VERIFICATION, VERIFICATIONS, VERIFIER_ANSWERS } from './answer-schemas.js';
import { CHECK_QUERY, LEVEL, VERIFY_BATCH_BODY, VERIFY_BODY } from './schemas.js';

const json = (schema: Schema) => ({ content: { 'application/json': { schema } } });

const header = (description: string) => ({ description, schema: { type: 'string' } });

const RATE_LIMIT_HEADERS = {
  RateLimit: header('The requests that are left of each rate limit (draft-ietf-httpapi-ratelimit-headers).'),
  'RateLimit-Policy': header('The rate limits of the key (draft-ietf-httpapi-ratelimit-headers).'),
};

const securityBy = (...schemes: SecurityScheme[]) => schemes.map((scheme) => ({ [scheme]: [] }));

const VERIFIER: Requirement = {
  level: LEVELS.readSome,
  by: 'loginToken',
  withoutConsent: false,
  withoutSecondFactor: false,
  merchantKeys: true,
  limit: null,
};

const VERIFIES: Pick<DescribedOperation['operation'], 'security'> = {
  security: securityBy('bearerKey', 'apiKey', 'keyPair', 'loginToken'),
};

/** The errors of input and credentials, which every route of the fast path reads in the same way. */
const inputRefusals = (field: string, message: string): Refusal[] => [
  DomainError.invalid(field, `${field} ${message}`),
  'credential.ambiguous',
  'credential.in_query',
];

/** Describes the routes of the fast path, which Nest does not serve. */
export const describeVerification = (): DescribedPaths => ({
  '/api/v1/keys/verify': {
    post: {
      operation: {
        ...VERIFIES,
        operationId: 'verifyKey',
        summary:
          'Verify a key\n\nA valid request is answered with 200, whatever the `outcome`. Authenticate by a key of your own or a login token: ' +
          "level 1 verifies the keys of its own merchant, level 5 everyone's. A key that you may not verify is NOT_FOUND.",
        requestBody: json(VERIFY_BODY),
        responses: { 200: { description: 'Whether the key is valid, and what it may do.', ...json(VERIFICATION) } },
      },
      route: { isFast: true, requirement: VERIFIER, refusals: inputRefusals('key', 'is required') },
    },
  },
  '/api/v1/keys/verify/batch': {
    post: {
      operation: {
        ...VERIFIES,
        operationId: 'verifyKeys',
        summary: 'Verify up to 100 keys\n\nEach key is verified as if it were the only one.',
        requestBody: json(VERIFY_BATCH_BODY),
        responses: { 200: { description: 'A result for each key.', ...json(VERIFICATIONS) } },
      },
      route: { isFast: true, requirement: VERIFIER, refusals: inputRefusals('keys', 'is required') },
    },
  },
  '/api/v1/verifiers/verifications': {
    post: {
      operation: {
        security: securityBy('bearerKey', 'apiKey', 'keyPair'),
        operationId: 'verifyForVerifier',
        summary:
          'Verify up to 100 keys for a verifier\n\nAs the batch of verifications, with what the verifier may remember of each key. The uses are counted; ' +
          'those that the verifier decides itself are not, and it reports them. The credential is a key of level 1 or above whose scopes name `verifier`.',
        requestBody: json(VERIFY_BATCH_BODY),
        responses: {
          200: { description: 'A result for each key, and what may be remembered of it.', ...json(VERIFIER_ANSWERS) },
        },
      },
      route: {
        isFast: true,
        requirement: { ...VERIFIER, by: 'key' },
        refusals: [...inputRefusals('keys', 'is required'), 'access.scope_lacking'],
      },
    },
  },
  '/api/v1/keys/check': {
    get: {
      operation: {
        operationId: 'checkKey',
        security: securityBy('bearerKey', 'apiKey', 'keyPair', 'session'),
        summary:
          'Check the credential of a request\n\nFor gateways, with any method. The credential is a key of any surface, in `Authorization: Bearer` or ' +
          '`Basic` or in `X-API-Key`, or the access token of a session as Bearer. The answer has no body; its headers name the key.',
        parameters: Object.entries({ ...CHECK_QUERY.properties, level: LEVEL }).map(
          ([name, { description, ...schema }]) => ({
            name,
            in: 'query',
            description,
            schema,
          }),
        ),
        responses: {
          204: {
            description: 'The key is valid.',
            headers: {
              'X-Key-Id': header("The key's id."),
              'X-Client-Id': header("The merchant's eight-digit id."),
              'X-Merchant-Id': header("The merchant's id."),
              'X-Application-Id': header('The application of the key; empty for a key without one.'),
              'X-Key-Level': header("The key's level, 0 to 8."),
              'X-Key-Scopes': header(
                "The key's scopes, as far as its merchant was given them, separated by spaces; empty for a key without limits, `-` for one without scopes.",
              ),
              ...RATE_LIMIT_HEADERS,
            },
          },
          401: { description: 'There is no valid key.', headers: RATE_LIMIT_HEADERS },
          403: { description: "The key's level, scopes or address do not suffice.", headers: RATE_LIMIT_HEADERS },
          429: { description: "The key's rate limit or quota is exceeded.", headers: RATE_LIMIT_HEADERS },
        },
      },
      route: {
        isFast: true,
        requirement: {
          level: null,
          by: null,
          withoutConsent: true,
          withoutSecondFactor: true,
          merchantKeys: true,
          limit: 'none',
        },
        refusals: [
          ...inputRefusals('level', 'must match pattern "^[0-8]$"'),
          'credential.invalid',
          'access.level_lacking',
          'quota.exceeded',
          'unavailable',
        ],
      },
    },
  },
});
