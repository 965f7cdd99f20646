import type { ExposureSource } from '../api-keys/api-key.entity.js';
import type { EventDetails } from '../platform/events/domain-event.js';
import type { AuditTrailEntry } from '../platform/events/audit-trail-entry.js';
import type { Mail, MailItem, NewsType } from './mail.entity.js';

/** The subject of a mail whose events are all of one type: for one event, and for several. */
const SUBJECTS: Record<NewsType, [one: string, several: string]> = {
  'api_key.created': ['An API key was created', 'API keys were created'],
  'api_key.updated': ['An API key was changed', 'API keys were changed'],
  'api_key.rotated': ['An API key was rotated', 'API keys were rotated'],
  'api_key.deleted': ['An API key was deleted', 'API keys were deleted'],
  'api_key.disabled': ['An API key was disabled', 'API keys were disabled'],
  'api_key.expiring': ['An API key expires soon', 'API keys expire soon'],
  'api_key.expired': ['An API key has expired', 'API keys have expired'],
  'api_key.first_used': ['An API key was used for the first time', 'API keys were used for the first time'],
  'api_key.exposed': ['An API key was exposed', 'API keys were exposed'],
  'api_key.idle': ['An API key has not been used for some time', 'API keys have not been used for some time'],
  'application.created': ['An application was created', 'applications were created'],
  'application.updated': ['An application was changed', 'applications were changed'],
  'application.deleted': ['An application was deleted', 'applications were deleted'],
  'member.invited': ['A member was invited', 'members were invited'],
  'member.joined': ['A member has joined', 'members have joined'],
  'member.updated': ['A member was changed', 'members were changed'],
  'member.removed': ['A member was removed', 'members were removed'],
  'quota.threshold': ['A quota is nearly exhausted', 'quotas are nearly exhausted'],
  'webhook.paused': ['A webhook is paused', 'webhooks are paused'],
};

/** How an exposed key was found. */
const FOUND: Record<ExposureSource, string> = {
  report: 'was reported as exposed',
  github: 'was found by GitHub secret scanning',
  query: 'was sent in the query of a request, which logs record',
  http: 'was sent over unencrypted HTTP',
};

/** What Keywright has done about an exposed key. */
const DONE = {
  none: 'No action has been taken.',
  disabled: 'It has been disabled.',
  revoked: 'It has been revoked.',
};

const IF_EXPOSED =
  'Anyone who has read an exposed key can use it. Rotate it or create a new key, give that to its users, and revoke the exposed one.';

/** Why a webhook was paused. */
const PAUSED = {
  failing: 'has accepted no delivery for a day',
  gone: 'responds with 410 Gone',
};

const IF_PAUSED =
  'Deliveries to a paused webhook are parked. Once its endpoint works again, send PATCH /api/v1/webhooks/{id} {"enabled": true} to deliver them.';

/** Whether an event is always notified, whatever its recipients have chosen, and comes first in a mail. */
export const isUrgent = (name: string): boolean => name === 'api_key.exposed' || name === 'webhook.paused';

/**
 * Renders one event. Names and places are user input, and are quoted so that they cannot imitate text of the mail.
 */
export function buildItem(type: NewsType, { targetType, targetId, details, occurredAt }: AuditTrailEntry): MailItem {
  const { name, email, daysLeft, expiresAt, lastUsedAt, disabledAt, deletedAt } = details;
  const called = typeof name === 'string' ? name : email;
  const parts = [
    `${occurredAt.toISOString()}  ${type}`,
    ...(typeof called === 'string' ? [JSON.stringify(called)] : []),
    `(${targetType} ${targetId})`,
    ...(typeof daysLeft === 'number' ? [`expires within ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}`] : []),
    ...(typeof expiresAt === 'string' ? [`at ${expiresAt}`] : []),
    ...(type === 'api_key.idle' ? [typeof lastUsedAt === 'string' ? `last used ${lastUsedAt}` : 'never used'] : []),
    ...(typeof disabledAt === 'string' ? [`will be disabled ${disabledAt}`] : []),
    ...(typeof deletedAt === 'string' ? [`will be deleted ${deletedAt}`] : []),
    ...(type === 'api_key.exposed' ? exposureIn(details) : []),
    ...(type === 'webhook.paused' ? pauseIn(details) : []),
  ];
  return { type, text: parts.join(' ') };
}

function exposureIn({ keyPrefix, source, where, action }: EventDetails): string[] {
  const place = typeof where === 'string' ? ` (${JSON.stringify(where)})` : '';
  const known = typeof keyPrefix === 'string' ? [`${keyPrefix}…`] : [];
  return [...known, `${FOUND[source as ExposureSource]}${place}. ${DONE[action as keyof typeof DONE]}`];
}

const pauseIn = ({ host, reason }: EventDetails): string[] => [
  `${JSON.stringify(host)} ${PAUSED[reason as keyof typeof PAUSED]}, so deliveries to it are paused.`,
];

/** Renders a mail. */
export function renderText({ items, itemCount }: Pick<Mail, 'items' | 'itemCount'>): { subject: string; text: string } {
  const more = itemCount - items.length;
  const lines = [
    ...items.map(({ text }) => text),
    ...(more > 0 ? [`and ${more} more; the audit trail lists them.`] : []),
    '',
    ...(items.some(({ type }) => type === 'api_key.exposed') ? [IF_EXPOSED, ''] : []),
    ...(items.some(({ type }) => type === 'webhook.paused') ? [IF_PAUSED, ''] : []),
    'To choose your notifications, send PUT /api/v1/members/me/notifications.',
  ];
  return { subject: renderSubject(items, itemCount), text: lines.join('\n') };
}

function renderSubject(items: MailItem[], count: number): string {
  const [type, ...others] = new Set(items.map((item) => item.type));
  // Urgent events come first; the events that didn't fit may be of any type.
  if (type === 'api_key.exposed' && (others.length > 0 || count > items.length))
    return 'API keys were exposed, and other events';
  if (!type || others.length > 0) return `${count} events`;
  const [one, several] = SUBJECTS[type];
  return count === 1 ? one : `${count} ${several}`;
}
