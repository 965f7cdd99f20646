import { ERROR_CATALOGUE } from '../events/error-catalogue.js';
import type { Surface } from '../http/surfaces/surface.js';
import type { Schema } from './passes/schema.js';

const text = (description: string, example: string): Schema => ({ type: 'string', description, example });

/** What a login has to answer next. */
const SECOND_FACTOR = {
  $ref: '#/components/schemas/SecondFactorChallenge',
  description: 'If the login needs a second step: what it has to answer.',
};

/** What a refusal looks like on each surface. */
export const ERRORS: Record<Surface['name'], { name: string; schema: Schema }> = {
  clients: {
    name: 'ClientsError',
    schema: {
      type: 'object',
      description: 'A refusal on the clients surface.',
      required: ['status', 'message', 'data'],
      properties: {
        status: { type: 'integer', description: 'The HTTP status.', example: 401 },
        message: text('What is wrong.', 'Invalid JWT token'),
        data: {
          type: ['object', 'null'],
          description: 'Null, except where a login has to go on.',
          properties: { secondFactor: SECOND_FACTOR },
        },
      },
    },
  },
  merchants: {
    name: 'MerchantsError',
    schema: {
      type: 'object',
      description: 'A refusal on the merchants surface.',
      required: ['error', 'message', 'code'],
      properties: {
        error: text("The status's name.", 'Bad Request'),
        message: text('What is wrong.', 'The request contains invalid parameters or malformed data'),
        code: { type: 'integer', description: 'The HTTP status.', example: 400 },
        details: {
          type: 'array',
          description: 'What is wrong with which field.',
          items: {
            type: 'object',
            required: ['field', 'message'],
            properties: {
              field: text('The field.', 'description'),
              message: text('What is wrong with it.', 'must be a text'),
            },
          },
        },
        secondFactor: SECOND_FACTOR,
      },
    },
  },
  accounts: {
    name: 'AccountsError',
    schema: {
      type: 'object',
      description: 'A refusal on the accounts surface.',
      required: ['result', 'error'],
      properties: {
        result: { type: 'string', const: 'error', description: 'Always `error`.' },
        error: text('What is wrong, in one word.', 'nameMissing'),
        secondFactor: SECOND_FACTOR,
      },
    },
  },
  oauth: {
    name: 'OAuthError',
    schema: {
      type: 'object',
      description: 'A refusal on the OAuth routes (RFC 6749, section 5.2).',
      required: ['error', 'error_description'],
      properties: {
        error: text('What is wrong, in one word.', 'invalid_client'),
        error_description: text('What is wrong, in a sentence.', 'The credential is missing or invalid.'),
      },
    },
  },
};

/** The schemas of error responses, and of their codes. */
export const ERROR_SCHEMAS: Record<string, Schema> = {
  ...Object.fromEntries(Object.values(ERRORS).map(({ name, schema }) => [name, schema])),
  SecondFactorChallenge: {
    type: 'object',
    description: 'What the second step of a login has to answer, by one of the methods.',
    required: ['challenge', 'methods', 'expiresIn'],
    properties: {
      challenge: text('Goes with the answer, and is valid once.', 'o1b5Zk0mYqYbR3J8k2hVw4Xc7TnD6uGsLePfAiNzQyE'),
      methods: {
        type: 'array',
        items: { type: 'string', enum: ['totp', 'passkey', 'recoveryCode'] },
        description: 'The methods that the account has, any of which will do.',
        example: ['totp', 'recoveryCode'],
      },
      expiresIn: { type: 'integer', description: 'The time for the answer, in seconds.', example: 300 },
      passkeyOptions: {
        type: 'object',
        description:
          "If there is a passkey: the argument of WebAuthn's `PublicKeyCredential.parseRequestOptionsFromJSON()`.",
      },
    },
  },
  ErrorCode: {
    type: 'string',
    description: 'The code of an error, for programs.',
    enum: Object.keys(ERROR_CATALOGUE),
  },
};

/**
 * A success in the envelope of its surface.
 *
 * @param schema the result, if there is one
 */
export function enveloped(surface: Surface, schema: Schema | undefined, status: number, message: string): Schema {
  if (surface.name === 'clients') {
    return {
      type: 'object',
      required: ['status', 'message', 'data'],
      properties: {
        status: { type: 'integer', const: status, description: 'The HTTP status.' },
        message: { type: 'string', const: message, description: 'What has been done.' },
        data: { description: 'The result.', ...(schema ?? { type: 'null' }) },
      },
    };
  }
  if (surface.name === 'accounts') {
    const result = {
      type: 'string',
      enum: status === 201 ? ['success', 'created'] : ['success'],
      example: 'success',
      description: '`created` only if the server is configured to answer so when it has created something.',
    };
    const envelope = { type: 'object', required: ['result'], properties: { result } };
    return schema ? { allOf: [envelope, schema] } : envelope;
  }
  return schema ?? { type: 'object' };
}
