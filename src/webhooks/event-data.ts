import type { Schema } from '../platform/openapi/passes/schema.js';
import type { EventType, TEST_EVENT } from './event-types.js';

type Properties = Record<string, Schema>;

/** What OpenAPI says of an event. */
interface DescribedEvent {
  summary: string;
  /** The details of the event; all events have its subject and its actor beside them. */
  details: Properties;
}

const text = (description: string, example: string): Schema => ({ type: 'string', description, example });
const textOrNull = (description: string, example: string): Schema => ({
  ...text(description, example),
  type: ['string', 'null'],
});
const whole = (description: string, example: number): Schema => ({ type: 'integer', description, example });
const time = (description: string): Schema => text(description, '2026-11-21T13:30:00.000Z');
const timeOrNull = (description: string): Schema => textOrNull(description, '2026-11-21T13:30:00.000Z');
const choice = (description: string, ...values: string[]): Schema => ({ type: 'string', enum: values, description });
const uuidOrNull = (description: string): Schema => textOrNull(description, '5a2f6f0e-58a4-4b51-9a3c-2f1f5d1f7c11');

const CHANGES: Schema = {
  type: 'object',
  description: 'The changed fields, each with its value before and after.',
  example: { level: { from: 4, to: 2 } },
  additionalProperties: {
    type: 'object',
    required: ['from', 'to'],
    properties: { from: { description: 'The value before the change.' }, to: { description: 'The value after it.' } },
  },
};

const FIELDS: Schema = {
  type: 'array',
  items: { type: 'string' },
  description: 'The fields that the request named.',
  example: ['level'],
};

const SCOPES: Schema = {
  type: ['array', 'null'],
  items: { type: 'string' },
  description: 'The scopes that the key is restricted to; `null` means no restriction.',
  example: ['payments:write'],
};

const PUBLIC_ID = text('The public part of the credential.', 'abc1XYZabc1XYZab');
const PREVIOUS_PUBLIC_ID = textOrNull(
  'The public part of the credential before the latest rotation.',
  'xyz1ABCxyz1ABCxy',
);
const SURFACE = choice('The surface on which the key was created.', 'clients', 'merchants', 'accounts');
const NAME = text("The key's name or description.", 'Production API key for checkout service');
const LEVEL = whole('The level of the key, 0 to 8.', 4);
const LAST_USED = timeOrNull('When the key was last verified successfully; `null` means never.');
const EXPIRES = time('When the key expires.');

const KEY_CHANGE: Properties = {
  publicId: PUBLIC_ID,
  previousPublicId: PREVIOUS_PUBLIC_ID,
  surface: SURFACE,
  fields: FIELDS,
  changes: CHANGES,
  isActive: { type: 'boolean', description: 'Whether the key is enabled.', example: true },
  level: LEVEL,
  scopes: SCOPES,
};

const EXPIRY: Properties = { publicId: PUBLIC_ID, surface: SURFACE, name: NAME, level: LEVEL, expiresAt: EXPIRES };

const ROLE = text('The role, which determines the level.', 'readOnly');
const STATUS = whole('The status: 1 active, 0 invited, -1 disabled, -2 blocked.', 1);

const MEMBER: Properties = { email: text('The e-mail address.', 'dev@shop.example'), role: ROLE, status: STATUS };

const MEMBER_CHANGE: Properties = {
  fields: FIELDS,
  changes: CHANGES,
  role: ROLE,
  status: STATUS,
  consent: whole('The version of the terms that the person agreed to; 0 means none.', 1),
};

/** The events of webhooks by type, in the order of the document. */
export const EVENT_DATA: Record<EventType | typeof TEST_EVENT, DescribedEvent> = {
  'api_key.created': {
    summary: 'An API key was created',
    details: {
      surface: SURFACE,
      name: NAME,
      level: LEVEL,
      scopes: SCOPES,
      selfRotate: { type: 'boolean', description: 'Whether the key may rotate itself.', example: false },
      serviceId: uuidOrNull('The service under which the key was created (clients surface).'),
      expiresAt: timeOrNull('When the key expires; `null` means never.'),
    },
  },
  'api_key.updated': { summary: 'An API key was changed', details: KEY_CHANGE },
  'api_key.disabled': { summary: 'An API key was disabled', details: KEY_CHANGE },
  'api_key.rotated': {
    summary: 'An API key got a new credential',
    details: {
      publicId: PUBLIC_ID,
      previousPublicId: text('The public part of the replaced credential.', 'xyz1ABCxyz1ABCxy'),
      endedPublicId: textOrNull(
        'The public part of a credential replaced before, which expired with this rotation.',
        'abc',
      ),
      mode: choice(
        'When the replaced credential expires.',
        'immediately',
        'after_overlap',
        'on_first_use',
        'when_quiet',
      ),
      overlapSeconds: whole('How long the replaced credential stays valid at most, in seconds.', 86_400),
      quietSeconds: whole('After how many seconds without use it expires earlier, with `when_quiet`.', 3600),
      validUntil: time('When the replaced credential expires, at the latest.'),
      changes: CHANGES,
    },
  },
  'api_key.deleted': {
    summary: 'An API key was revoked',
    details: {
      publicId: PUBLIC_ID,
      previousPublicId: PREVIOUS_PUBLIC_ID,
      surface: SURFACE,
      name: NAME,
      level: LEVEL,
      reason: text('Why it was revoked.', 'deleted'),
      lastUsedAt: LAST_USED,
    },
  },
  'api_key.expiring': {
    summary: 'An API key is about to expire',
    details: { ...EXPIRY, daysLeft: whole('The number of days until then.', 7) },
  },
  'api_key.expired': { summary: 'An API key has expired', details: EXPIRY },
  'api_key.first_used': {
    summary: 'An API key was used for the first time',
    details: { surface: SURFACE, name: NAME, lastUsedAt: time('When the key was first verified successfully.') },
  },
  'api_key.exposed': {
    summary: 'An API key was found where it should not be',
    details: {
      publicId: PUBLIC_ID,
      keyPrefix: text('The first 12 characters of the full key.', 'ks_live_abc1'),
      surface: SURFACE,
      name: NAME,
      source: choice('How the exposure was discovered.', 'report', 'github', 'query', 'http'),
      where: textOrNull('Where the key was found; `null` if that is not known.', 'https://paste.example/x7Fq'),
      policy: choice("The merchant's reaction.", 'off', 'notify', 'disable', 'revoke'),
      action: choice('What was done.', 'none', 'disabled', 'revoked'),
    },
  },
  'api_key.idle': {
    summary: 'An API key has not been used for some time',
    details: {
      publicId: PUBLIC_ID,
      surface: SURFACE,
      name: NAME,
      level: LEVEL,
      lastUsedAt: LAST_USED,
      disabledAt: timeOrNull('When the key will be disabled; `null` means never.'),
      deletedAt: timeOrNull('When the key will be deleted; `null` means never.'),
    },
  },
  'application.created': {
    summary: 'An application was created',
    details: { name: text('The name.', 'UK store'), environment: choice('The environment.', 'live', 'test') },
  },
  'application.updated': {
    summary: 'An application was changed, enabled or disabled',
    details: {
      fields: FIELDS,
      isEnabled: { type: 'boolean', description: "Whether the application's keys are accepted, if that was set." },
      changes: CHANGES,
    },
  },
  'application.deleted': {
    summary: 'An application was deleted, with all its keys',
    details: { name: text('The name.', 'UK store') },
  },
  'member.invited': { summary: 'A member was invited', details: MEMBER },
  'member.joined': { summary: 'A member signed up', details: { ...MEMBER, ...MEMBER_CHANGE } },
  'member.updated': { summary: 'A member was changed', details: MEMBER_CHANGE },
  'member.removed': { summary: 'A member was removed', details: { role: ROLE } },
  'quota.threshold': {
    summary: 'A key has used up a part of its quota',
    details: {
      name: NAME,
      percent: whole('The part of the quota, in percent.', 80),
      used: whole('The requests in this period.', 80_000),
      limit: whole('The requests that the quota allows in a period.', 100_000),
      period: choice('The period.', 'day', 'month'),
      periodStart: time('When the period began.'),
    },
  },
  'webhook.paused': {
    summary: 'Another endpoint was paused by the server',
    details: {
      host: text('The host of the paused endpoint.', 'hooks.shop.example'),
      reason: choice('Why it was paused.', 'failing', 'gone'),
      consecutiveFailures: whole('The number of failed attempts since the last success.', 40),
      ownerId: uuidOrNull('The id of the member who created the endpoint.'),
    },
  },
  'webhook.test': { summary: 'A test was requested', details: {} },
};
