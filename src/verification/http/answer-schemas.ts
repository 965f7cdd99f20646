import type { LimitScope } from '../cache/key-limits.js';
import { OUTCOMES } from '../outcome.js';

/** JSON Schemas of what the verification routes answer, as the OpenAPI document shows them. */

const nullable = (type: string, description: string) => ({ type: [type, 'null'], description });

const LIMIT_SCOPES = ['key', 'externalId'] as const satisfies LimitScope[];

const APPLIES_TO = {
  type: 'string',
  enum: LIMIT_SCOPES,
  description: 'Whose requests are counted: those of the key, or those of all keys with its external id.',
};

const RATE_STATE = {
  type: 'object',
  required: ['appliesTo', 'limit', 'windowSeconds', 'remaining', 'resetSeconds'],
  properties: {
    appliesTo: APPLIES_TO,
    limit: { type: 'integer', description: 'Requests in any window.', examples: [100] },
    windowSeconds: { type: 'integer', description: 'The length of the window, in seconds.', examples: [60] },
    remaining: { type: 'integer', description: 'Requests left in the window that ends now.', examples: [98] },
    resetSeconds: {
      type: 'integer',
      description:
        'Seconds until a part of the limit is free again or, if the limit refused the request, until it can be repeated.',
      examples: [41],
    },
  },
};

const properties = {
  valid: { type: 'boolean', description: 'Whether the key is valid for this request.' },
  outcome: { type: 'string', enum: [...OUTCOMES], description: 'The first check that failed, or VALID.' },
  keyId: nullable('string', "The key's id."),
  merchantId: nullable('string', "The id of the key's merchant."),
  clientId: nullable('string', "The eight-digit client id of the key's merchant."),
  accountId: nullable('string', 'The account that created the key.'),
  applicationId: nullable('string', 'The application that the key belongs to.'),
  serviceId: nullable('string', 'The service under which the key was created.'),
  environment: nullable('string', '`live` or `test`.'),
  level: nullable('integer', 'The level that the key has now, 0 to 8.'),
  scopes: {
    type: ['array', 'null'],
    items: { type: 'string' },
    description:
      "The scopes that the key has now: its own, as far as its merchant was given them, or else its merchant's; null for every scope.",
  },
  name: nullable('string', "The key's name or description."),
  externalId: nullable('string', "The merchant's own id for what the key stands for."),
  expiresAt: nullable('string', 'When the key expires; null if it never does.'),
  limitedBy: {
    type: ['string', 'null'],
    enum: [...LIMIT_SCOPES, null],
    description:
      'What the limit that refused the request belongs to: the key, or its external id; null if none refused it.',
  },
  rateLimit: {
    ...RATE_STATE,
    type: ['object', 'null'],
    description:
      'The state of the rate limit that refused the request or, if none did, of the one of which the least is left; null if there is none, or no limit was asked.',
  },
  rateLimits: {
    type: ['array', 'null'],
    items: RATE_STATE,
    description:
      'The states of all rate limits of the key and of its external id; null if there are none, or no limit was asked.',
  },
  quota: {
    type: ['object', 'null'],
    required: ['appliesTo', 'limit', 'remaining', 'resetsAt'],
    description:
      'The state of the quota that refused the request or, if none did, of the one of which the least is left; null if there is none, or no quota was asked.',
    properties: {
      appliesTo: APPLIES_TO,
      limit: { type: 'integer', description: 'Requests in each period.', examples: [100_000] },
      remaining: {
        type: 'integer',
        description:
          'Requests left in the period, as far as this instance knows; exact on a single instance and with Redis.',
        examples: [99_412],
      },
      resetsAt: { type: 'string', description: 'The end of the period.', examples: ['2026-12-01T00:00:00.000Z'] },
    },
  },
};

/** The result of a verification. All properties but `valid` and `outcome` are null if the key is not found. */
export const VERIFICATION = {
  type: 'object',
  required: ['valid', 'outcome'],
  properties: {
    ...properties,
    metadata: {
      type: ['object', 'null'],
      additionalProperties: true,
      description: "The merchant's own data about the key; null if there are none.",
    },
  },
};

const KNOWN = {
  type: ['object', 'null'],
  required: ['credential', 'dependsOn', 'expiresInMs', 'expiresAs', 'allowedIps', 'refusedAs'],
  description:
    'What the verifier may remember with the answer, if the revision is not below that of what it has last forgotten; null if it must ask each time.',
  properties: {
    credential: { type: 'string', description: 'Names the credential in reports of uses.' },
    dependsOn: {
      type: 'array',
      items: { type: 'string' },
      description: 'The ids of everything whose change makes the answer outdated.',
    },
    expiresInMs: nullable('integer', 'The time until the credential expires, in milliseconds; null if it never does.'),
    expiresAs: { type: 'string', enum: [...OUTCOMES], description: 'The outcome once the credential has expired.' },
    allowedIps: {
      type: ['array', 'null'],
      items: { type: 'string' },
      description: 'The addresses and networks to which the key is bound; null if it is bound to none.',
    },
    refusedAs: {
      type: ['string', 'null'],
      enum: [...OUTCOMES, null],
      description: 'The outcome of every request until the key changes; null if that depends on the request.',
    },
  },
};

/** Verifications for a verifier. */
export const VERIFIER_ANSWERS = {
  type: 'object',
  required: ['revision', 'results'],
  properties: {
    revision: { type: 'integer', description: 'The revision of the changes that the answers contain at least.' },
    results: {
      type: 'array',
      items: {
        ...VERIFICATION,
        required: [...VERIFICATION.required, 'known'],
        properties: { ...VERIFICATION.properties, known: KNOWN },
      },
      description: 'One result for each key, in the order of the request.',
    },
  },
};

export const VERIFICATIONS = {
  type: 'object',
  required: ['results'],
  properties: {
    results: {
      type: 'array',
      items: VERIFICATION,
      description: 'One result for each key, in the order of the request.',
    },
  },
};
