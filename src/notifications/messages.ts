import type { ExposureSource } from '../api-keys/api-key.entity.js';
import type { EventDetails } from '../platform/events/domain-event.js';
import type { AuditTrailEntry } from '../platform/events/audit-trail-entry.js';
import type { Mail, MailItem, NewsType } from './mail.entity.js';

/** What a mail's subject says when all of it is of one kind: of one thing, and of several. */
const SUBJECTS: Record<NewsType, [one: string, several: string]> = {
  'api_key.created': ['An API key was created', 'API keys were created'],
  'api_key.updated': ['An API key was changed', 'API keys were changed'],
  'api_key.rotated': ['An API key was rotated', 'API keys were rotated'],
  'api_key.deleted': ['An API key was deleted', 'API keys were deleted'],
  'api_key.disabled': ['An API key was disabled', 'API keys were disabled'],
  'api_key.expiring': ['An API key expires soon', 'API keys expire soon'],
  'api_key.expired': ['An API key has expired', 'API keys have expired'],
  'api_key.first_used': ['An API key was used for the first time', 'API keys were used for the first time'],
  'api_key.exposed': ['An API key is exposed', 'API keys are exposed'],
  'api_key.idle': ['An API key is not used', 'API keys are not used'],
  'application.created': ['An application was created', 'applications were created'],
  'application.updated': ['An application was changed', 'applications were changed'],
  'application.deleted': ['An application was deleted', 'applications were deleted'],
  'member.invited': ['A member was invited', 'members were invited'],
  'member.joined': ['A member has joined', 'members have joined'],
  'member.updated': ['A member was changed', 'members were changed'],
  'member.removed': ['A member was removed', 'members were removed'],
  'quota.threshold': ['A quota is nearly used up', 'quotas are nearly used up'],
  'webhook.paused': ['A webhook is paused', 'webhooks are paused'],
};

/** How it became known that a key is exposed. */
const FOUND: Record<ExposureSource, string> = {
  report: 'was reported as found',
  github: 'was found by GitHub',
  query: 'came in the query of a request, where logs keep it',
  http: 'came over plain HTTP, where everybody on the way can read it',
};

/** What has been done with it. */
const DONE = {
  none: 'Nothing has been done with it.',
  disabled: 'It has been disabled.',
  revoked: 'It has been revoked.',
};

const IF_EXPOSED =
  'Whoever has read an exposed key can use it. Give its users a new one, by rotating it or by making another, and revoke it.';

/** Why a webhook is paused. */
const PAUSED = {
  failing: 'has not taken anything for a day',
  gone: 'answers that it is gone (410)',
};

const IF_PAUSED =
  'What happens is parked for a paused webhook. Once it works again, PATCH /api/v1/webhooks/{id} {"enabled": true} has everything sent.';

/** Whether those whom an event concerns are told of it whatever they have chosen, and before everything else. */
export const isUrgent = (name: string): boolean => name === 'api_key.exposed' || name === 'webhook.paused';

/**
 * What one event is told as. Names and places are their authors' own, and are quoted so that they can't look like more.
 */
export function buildItem(type: NewsType, { targetType, targetId, details, occurredAt }: AuditTrailEntry): MailItem {
  const { name, email, daysLeft, expiresAt, lastUsedAt, disabledAt, deletedAt } = details;
  const called = typeof name === 'string' ? name : email;
  const parts = [
    `${occurredAt.toISOString()}  ${type}`,
    ...(typeof called === 'string' ? [JSON.stringify(called)] : []),
    `(${targetType} ${targetId})`,
    ...(typeof daysLeft === 'number' ? [`ends within ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}`] : []),
    ...(typeof expiresAt === 'string' ? [`at ${expiresAt}`] : []),
    ...(type === 'api_key.idle' ? [typeof lastUsedAt === 'string' ? `last used ${lastUsedAt}` : 'never used'] : []),
    ...(typeof disabledAt === 'string' ? [`to be disabled ${disabledAt}`] : []),
    ...(typeof deletedAt === 'string' ? [`to be deleted ${deletedAt}`] : []),
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
  `${JSON.stringify(host)} ${PAUSED[reason as keyof typeof PAUSED]}, so nothing more is sent there.`,
];

/** A whole mail. */
export function renderText({ items, itemCount }: Pick<Mail, 'items' | 'itemCount'>): { subject: string; text: string } {
  const more = itemCount - items.length;
  const lines = [
    ...items.map(({ text }) => text),
    ...(more > 0 ? [`and ${more} more, which the audit trail lists.`] : []),
    '',
    ...(items.some(({ type }) => type === 'api_key.exposed') ? [IF_EXPOSED, ''] : []),
    ...(items.some(({ type }) => type === 'webhook.paused') ? [IF_PAUSED, ''] : []),
    'You choose what you are told of by PUT /api/v1/members/me/notifications.',
  ];
  return { subject: renderSubject(items, itemCount), text: lines.join('\n') };
}

function renderSubject(items: MailItem[], count: number): string {
  const [type, ...others] = new Set(items.map((item) => item.type));
  // What is urgent comes first; what there was no room for may be anything.
  if (type === 'api_key.exposed' && (others.length > 0 || count > items.length))
    return 'API keys are exposed, and more has happened';
  if (!type || others.length > 0) return `${count} things have happened`;
  const [one, several] = SUBJECTS[type];
  return count === 1 ? one : `${count} ${several}`;
}
