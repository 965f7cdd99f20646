import type { DescribedWebhooks } from '../platform/openapi/document.js';
import type { Schema } from '../platform/openapi/passes/schema.js';
import { EVENT_DATA } from './event-data.js';
import { TEST_EVENT } from './event-types.js';

const ID: Schema = { type: 'string', format: 'uuid', example: 'f7fa38ec-0e19-405c-820f-bf65912ab4ec' };

const ABOUT_TEST = {
  id: { ...ID, description: 'The id of the endpoint.' },
  merchantId: { ...ID, description: 'The id of the merchant.' },
};

const ABOUT = {
  id: { ...ID, description: 'The id of what the event is about.' },
  merchantId: { ...ID, description: 'The id of the merchant.' },
  actor: { $ref: '#/components/schemas/AuditActorView', description: 'Who did it.' },
};

const APPLICATION_ID = {
  ...ID,
  type: ['string', 'null'],
  description: 'The id of the application that the key belongs to; `null` for none.',
};

const IS_TOO_LONG = {
  type: 'boolean',
  description: 'Present if the payload would exceed 60,000 bytes. The details are left out; the audit trail has them.',
};

const header = (name: string, description: string, example: string): object => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string', example },
});

const PARAMETERS = [
  header('webhook-id', 'The id of the delivery, the same at every attempt.', 'msg_019aa1b2c3d44e1f0a9b8c7d6e5f4a3b2c'),
  header('webhook-timestamp', 'When the attempt was made, in seconds since 1970.', '1763730000'),
  header(
    'webhook-signature',
    "HMAC-SHA-256 with the endpoint's secret, as Standard Webhooks libraries verify it; two of them after a rotation of the secret.",
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ),
];

const RESPONSES = {
  '2XX': { description: 'The event has been received.' },
  410: { description: 'The endpoint is gone. The server pauses it.' },
  '4XX': { description: 'The event is sent again later, up to three days.' },
};

/** The name of an event's schema: `api_key.first_used` is `ApiKeyFirstUsedEvent`. */
const nameOf = (type: string): string =>
  `${type.replaceAll(/(^|[._])([a-z])/g, (_match, _mark, letter: string) => letter.toUpperCase())}Event`;

function payload(type: string, summary: string, details: Record<string, Schema>): Schema {
  const isTest = type === TEST_EVENT;
  const isOfKey = type.startsWith('api_key.') || type === 'quota.threshold';
  const about = { ...(isTest ? ABOUT_TEST : ABOUT), ...(isOfKey && { applicationId: APPLICATION_ID }) };
  return {
    type: 'object',
    description: `${summary}.`,
    required: ['type', 'timestamp', 'sequence', 'data'],
    properties: {
      type: { type: 'string', const: type, description: 'The type of the event.' },
      timestamp: {
        type: 'string',
        format: 'date-time',
        description: 'When it happened.',
        example: '2026-11-21T13:30:00.000Z',
      },
      sequence: isTest
        ? { type: 'null', description: 'Always `null`: a test has no place in the audit trail.' }
        : { type: 'integer', description: "The event's position in the merchant's audit trail.", example: 4711 },
      data: {
        type: 'object',
        description: 'What happened to what, and who did it.',
        required: Object.keys(about),
        properties: { ...about, ...details, ...(!isTest && { isTooLong: IS_TOO_LONG }) },
      },
    },
  };
}

/** Describes what the server sends to the endpoints of merchants. */
export function describeWebhooks(): DescribedWebhooks {
  const events = Object.entries(EVENT_DATA);
  return {
    schemas: Object.fromEntries(
      events.map(([type, { summary, details }]) => [nameOf(type), payload(type, summary, details)]),
    ),
    webhooks: Object.fromEntries(
      events.map(([type, { summary }]) => [
        type,
        {
          post: {
            operationId: `on${nameOf(type).replace(/Event$/, '')}`,
            summary,
            tags: ['Webhooks'],
            security: [],
            parameters: PARAMETERS,
            requestBody: {
              required: true,
              content: { 'application/json': { schema: { $ref: `#/components/schemas/${nameOf(type)}` } } },
            },
            responses: RESPONSES,
          },
        },
      ]),
    ),
  };
}
