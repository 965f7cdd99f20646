import type { Changes } from './audited-changes.js';
import type { EventDetails } from './domain-event.js';
import type { AuditTrailEntry } from './audit-trail-entry.js';

/** The event types that webhooks and mails can notify of. All other types appear in the audit trail alone. */
export const EVENT_TYPES = [
  'api_key.created',
  'api_key.updated',
  'api_key.rotated',
  'api_key.deleted',
  'api_key.disabled',
  'api_key.expiring',
  'api_key.expired',
  'api_key.first_used',
  'api_key.exposed',
  'api_key.idle',
  'application.created',
  'application.updated',
  'application.deleted',
  'member.invited',
  'member.joined',
  'member.updated',
  'member.removed',
  'quota.threshold',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** Values of an account's status. */
const INVITED = 0;
const ACTIVE = 1;

/** An event of an account is a notification about a member of its merchant. */
const MEMBERS: Record<string, EventType> = {
  'account.created': 'member.invited',
  'account.updated': 'member.updated',
  'account.deleted': 'member.removed',
};

/** Returns the types under which subscribers receive an event, the most specific first. A subscriber to several of them receives the first. */
export function notifiableTypes({ name, details }: Pick<AuditTrailEntry, 'name' | 'details'>): EventType[] {
  const general = MEMBERS[name] ?? EVENT_TYPES.find((type) => type === name);
  if (!general) return [];
  const exact = mostSpecificType(name, details);
  return exact ? [exact, general] : [general];
}

function mostSpecificType(name: string, details: EventDetails): EventType | null {
  const { isActive, status } = (details.changes ?? {}) as Partial<Changes>;
  if (name === 'api_key.updated' && isActive?.to === false) return 'api_key.disabled';
  const hasJoined = name === 'account.created' ? details.status === ACTIVE : status?.from === INVITED;
  return name in MEMBERS && hasJoined && (status?.to ?? ACTIVE) === ACTIVE ? 'member.joined' : null;
}
