import { MAX_LEVEL } from '../../access/levels.js';
import { OUTCOMES } from '../outcome.js';

/** JSON Schemas of the verification routes: Fastify checks and writes by them, and the documentation shows them. */

const SCOPE = '^[\\x21-\\x7e]{1,100}$';
const UUID = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';

const requirements = {
  level: { type: 'integer', minimum: 0, maximum: MAX_LEVEL, description: 'The level it must have.', examples: [2] },
  scopes: {
    type: 'array',
    maxItems: 50,
    items: { type: 'string', pattern: SCOPE },
    description: 'Scopes it must have.',
    examples: [['payments:write']],
  },
  ip: {
    type: 'string',
    anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }],
    description: 'The address it is used from.',
    examples: ['203.0.113.7'],
  },
  applicationId: { type: 'string', pattern: UUID, description: 'The application it must be for.' },
  cost: {
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    description: "How much of the key's limits the request uses up.",
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
export const VERIFY_BODY = { type: 'object', required: ['key'], properties: { key, ...requirements } };

/** The body of up to a hundred. */
export const VERIFY_BATCH_BODY = {
  type: 'object',
  required: ['keys'],
  properties: { keys: { type: 'array', minItems: 1, maxItems: 100, items: VERIFY_BODY } },
};

const nullable = (type: string, description: string) => ({ type: [type, 'null'], description });

/** What is said of a key; all but `valid` and `outcome` is null when there is no such key. */
export const VERIFICATION = {
  type: 'object',
  required: ['valid', 'outcome'],
  properties: {
    valid: { type: 'boolean', description: 'Whether the key is good for this request.' },
    outcome: { type: 'string', enum: [...OUTCOMES], description: 'The first check that failed, or VALID.' },
    keyId: nullable('string', "The key's id."),
    merchantId: nullable('string', "Its merchant's id."),
    clientId: nullable('string', "Its merchant's eight digits."),
    accountId: nullable('string', 'The account that made it.'),
    applicationId: nullable('string', 'The application it is for.'),
    serviceId: nullable('string', 'The service it was made under.'),
    environment: nullable('string', '`live` or `test`.'),
    level: nullable('integer', 'What it may do now, 0 to 8.'),
    scopes: {
      type: ['array', 'null'],
      items: { type: 'string' },
      description: 'What it is limited to; null is no limit.',
    },
    name: nullable('string', 'Its name or description.'),
    expiresAt: nullable('string', 'When it ends; null is never.'),
    rateLimit: {
      type: ['object', 'null'],
      description: 'Where it stands within its limit of requests per window; null is no limit.',
      required: ['limit', 'remaining', 'resetSeconds'],
      properties: {
        limit: { type: 'integer', description: 'Requests per window.' },
        remaining: { type: 'integer', description: 'Requests left in this window.' },
        resetSeconds: { type: 'integer', description: 'Seconds until the window ends.' },
      },
    },
  },
};

export const VERIFICATIONS = {
  type: 'object',
  required: ['results'],
  properties: { results: { type: 'array', items: VERIFICATION, description: 'In the order of the keys.' } },
};

/** The query of a check. */
export const CHECK_QUERY = {
  type: 'object',
  properties: {
    level: { type: 'string', pattern: '^[0-8]$', description: 'The level it must have, 0 to 8.', examples: ['2'] },
    scope: {
      type: 'string',
      maxLength: 1000,
      pattern: '^[\\x21-\\x7e]+( [\\x21-\\x7e]+)*$',
      description: 'The scopes it must have, separated by spaces.',
      examples: ['payments:write'],
    },
    application: {
      type: 'string',
      pattern: UUID,
      description: 'The application it must be for.',
      examples: ['5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11'],
    },
  },
};
