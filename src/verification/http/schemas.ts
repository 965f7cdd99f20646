import { MAX_LEVEL } from '../../access/levels.js';

/**
 * JSON Schemas of what the verification routes take. Fastify validates requests by them, and the OpenAPI document shows them.
 */

const SCOPE = '^[\\x21-\\x7e]{1,100}$';
const UUID = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';

const MERCHANT = {
  type: 'string',
  pattern: `${UUID}|^[0-9]{8}$`,
  description:
    'The merchant that the key must belong to: its id, or its eight-digit client id. A key of another merchant is refused as unknown.',
  examples: ['17765423'],
};

/** The level that a key must have. */
export const LEVEL = {
  type: 'integer',
  minimum: 0,
  maximum: MAX_LEVEL,
  description: 'The level that the key must have, 0 to 8.',
  examples: [2],
};

const requirements = {
  level: LEVEL,
  scopes: {
    type: 'array',
    maxItems: 50,
    items: { type: 'string', pattern: SCOPE },
    description: 'The scopes that the key must have.',
    examples: [['payments:write']],
  },
  ip: {
    type: 'string',
    anyOf: [
      { type: 'string', format: 'ipv4' },
      { type: 'string', format: 'ipv6' },
    ],
    description: 'The address from which the key is used.',
    examples: ['203.0.113.7'],
  },
  userAgent: {
    type: 'string',
    maxLength: 1000,
    description:
      'The `User-Agent` with which the key is used. The name of the program is shown as that of the last use, without its version.',
    examples: ['curl/8.14.1'],
  },
  merchant: MERCHANT,
  applicationId: {
    type: 'string',
    pattern: UUID,
    description:
      'The application that the key must belong to. A key of another one, or of none, is refused as unknown.',
  },
  cost: {
    type: 'integer',
    minimum: 0,
    maximum: 1_000_000,
    description:
      "How much the request counts against the key's limits. With 0 the key is verified without being counted or limited. A cost above a limit is refused with 400; in a batch, with the outcome of that limit.",
    default: 1,
  },
};

const key = {
  type: 'string',
  minLength: 1,
  maxLength: 10_000,
  description:
    'A full key (`ks_…`), `<key>:<secret>` of any surface, an imported key, or the access token of a session.',
  examples: ['ks_live_abc1XYZabc1XYZabSecretSecretSecretSecretSecre0CHECK'],
};

/** The body of a verification. */
export const VERIFY_BODY = {
  type: 'object',
  required: ['key'],
  properties: { key, ...requirements },
  additionalProperties: false,
};

/** The body of up to a hundred verifications. */
export const VERIFY_BATCH_BODY = {
  type: 'object',
  required: ['keys'],
  properties: {
    keys: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: VERIFY_BODY,
      description: 'The keys, each with what is required of it.',
    },
  },
  additionalProperties: false,
};

/** The query of a route that takes none. */
export const NO_QUERY = { type: 'object', properties: {}, additionalProperties: false };

/** The query of a check, whose values are texts. */
export const CHECK_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    level: {
      type: 'string',
      pattern: '^[0-8]$',
      description: LEVEL.description,
    },
    scope: {
      type: 'string',
      maxLength: 1000,
      pattern: '^[\\x21-\\x7e]+( [\\x21-\\x7e]+)*$',
      description: 'The scopes that the key must have, separated by spaces.',
      examples: ['payments:write'],
    },
    merchant: MERCHANT,
    application: {
      type: 'string',
      pattern: UUID,
      description:
        'The application that the key must belong to. A key of another one, or of none, is refused as unknown.',
      examples: ['5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11'],
    },
  },
};
