import { DomainError } from '../../platform/events/domain-error.js';
import type { Requirement } from '../../platform/http/requirement.js';
import type { DescribedOperation, DescribedPaths } from '../../platform/openapi/document.js';
import type { SecurityScheme } from '../../platform/openapi/operations.js';
import type { Route } from '../../platform/openapi/routes.js';
import type { Schema } from '../../platform/openapi/schemas.js';
import { LEVELS } from '../../access/levels.js';
import { CHECK_QUERY, VERIFICATION, VERIFICATIONS, VERIFY_BATCH_BODY, VERIFY_BODY } from './schemas.js';

const json = (schema: Schema) => ({ content: { 'application/json': { schema } } });

const header = (description: string) => ({ description, schema: { type: 'string' } });

const securityBy = (...schemes: SecurityScheme[]) => schemes.map((scheme) => ({ [scheme]: [] }));

const TAGS = ['Verification'];

/** The credentials of whoever verifies are looked for where a check looks for those of its request. */
const REFUSED_CREDENTIALS = ['credential.ambiguous', 'credential.in_query'] as const;

const VERIFIER: Requirement = { level: LEVELS.readSome, by: 'loginToken', withoutConsent: false, merchantKeys: true };

const VERIFIES: Pick<DescribedOperation['operation'], 'tags' | 'security'> = {
  tags: TAGS,
  security: securityBy('loginToken', 'keyPair', 'bearerKey', 'apiKey'),
};

const refuses = (field: string, message: string): Route['refusals'] => [
  DomainError.invalid(field, `${field} ${message}`),
  ...REFUSED_CREDENTIALS,
];

/** The routes of the fast path, which the generator doesn't see. */
export const describeVerification = (): DescribedPaths => ({
  '/api/v1/keys/verify': {
    post: {
      operation: {
        ...VERIFIES,
        operationId: 'verifyKey',
        summary:
          'Verify a key\n\nAlways 200 for a well-formed request; `outcome` says the rest. You authenticate by a key of your own or a login token: ' +
          "level 1 verifies its own merchant's keys, level 5 anyone's. A key that you may not verify is NOT_FOUND.",
        requestBody: json(VERIFY_BODY),
        responses: { 200: { description: 'Whether the key is valid, and for what.', ...json(VERIFICATION) } },
      },
      route: { requirement: VERIFIER, refusals: refuses('key', 'is required') },
    },
  },
  '/api/v1/keys/verify/batch': {
    post: {
      operation: {
        ...VERIFIES,
        operationId: 'verifyKeys',
        summary: 'Verify up to 100 keys\n\nEach as if it had been verified alone.',
        requestBody: json(VERIFY_BATCH_BODY),
        responses: { 200: { description: 'A result for each key.', ...json(VERIFICATIONS) } },
      },
      route: { requirement: VERIFIER, refusals: refuses('keys', 'is required') },
    },
  },
  '/api/v1/keys/check': {
    get: {
      operation: {
        operationId: 'checkKey',
        tags: TAGS,
        security: securityBy('keyPair', 'apiKey', 'bearerKey', 'session'),
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
            description: 'The key is valid.',
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
          401: { description: 'There is no valid key.' },
          403: { description: "The key's level, scopes or address do not suffice." },
        },
      },
      route: {
        requirement: { level: null, by: null, withoutConsent: true, merchantKeys: true },
        refusals: [
          ...(refuses('level', 'must match pattern "^[0-8]$"') ?? []),
          'credential.invalid',
          'access.level_lacking',
          'quota.exceeded',
          'unavailable',
        ],
      },
    },
  },
});
