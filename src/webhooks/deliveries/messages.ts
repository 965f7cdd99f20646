import { createHash } from 'node:crypto';
import type { Changes } from '../../domain/changes.js';
import type { EventDetails } from '../../domain/domain-event.js';
import type { TrailEntry } from '../../domain/trail-entry.js';
import { EVENT_TYPES, type EventType } from '../event-types.js';

/** Bytes that every engine stores of a text. */
const PAYLOAD_BYTES = 60_000;

const ID_DIGEST_LENGTH = 22;

/** Of an account's status. */
const INVITED = 0;
const ACTIVE = 1;

/** What happens to an account is told outside as of its merchant's member. */
const MEMBERS: Record<string, EventType> = {
  'account.created': 'member.invited',
  'account.updated': 'member.updated',
  'account.deleted': 'member.removed',
};

/** What an event is called outside, the most exact name first: whoever wants several of them is told once, by the first. */
export function typesOf({ name, details }: Pick<TrailEntry, 'name' | 'details'>): EventType[] {
  const general = MEMBERS[name] ?? EVENT_TYPES.find((type) => type === name);
  if (!general) return [];
  const exact = exactTypeOf(name, details);
  return exact ? [exact, general] : [general];
}

function exactTypeOf(name: string, details: EventDetails): EventType | null {
  const { isActive, status } = (details.changes ?? {}) as Partial<Changes>;
  if (name === 'api_key.updated' && isActive?.to === false) return 'api_key.disabled';
  const hasJoined = name === 'account.created' ? details.status === ACTIVE : status?.from === INVITED;
  return name in MEMBERS && hasJoined && (status?.to ?? ACTIVE) === ACTIVE ? 'member.joined' : null;
}

/** What is sent, by the Standard Webhooks specification: the type, when it happened, and what. The details never hold a secret. */
export function payloadOf(type: EventType, { sequence, occurredAt, ...event }: TrailEntry): string {
  const { kind, accountId, keyId } = event.actor;
  const about = { id: event.targetId, merchantId: event.merchantId, actor: { kind, accountId, keyId } };
  const write = (details: object): string =>
    JSON.stringify({ type, timestamp: occurredAt.toISOString(), sequence, data: { ...details, ...about } });
  const payload = write(event.details);
  return Buffer.byteLength(payload) <= PAYLOAD_BYTES ? payload : write({ isTooLong: true });
}

/** One event has one id for one endpoint, however often it is written or sent. Ids are in the order of time. */
export function messageId(entry: Pick<TrailEntry, 'id' | 'occurredAt'>, endpointId: string): string {
  const time = entry.occurredAt.getTime().toString(16).padStart(12, '0');
  const digest = createHash('sha256').update(`${entry.id}:${endpointId}`).digest('hex');
  return `msg_${time}${digest.slice(0, ID_DIGEST_LENGTH)}`;
}
