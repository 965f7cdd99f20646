import type { Changes } from './audited-changes.js';
import type { EventDetails } from './domain-event.js';
import type { AuditTrailEntry } from './audit-trail-entry.js';

/** What people can be told of. A type that isn't here is nobody's business but the audit trail's. */
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

/** Of an account's status. */
const INVITED = 0;
const ACTIVE = 1;

/** What happens to an account is told as of its merchant's member. */
const MEMBERS: Record<string, EventType> = {
  'account.created': 'member.invited',
  'account.updated': 'member.updated',
  'account.deleted': 'member.removed',
};

/** What an event is called where people are told of it, the most exact name first: whoever wants several of them is told once. */
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
