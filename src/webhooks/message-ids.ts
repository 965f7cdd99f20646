import { createHash } from 'node:crypto';
import type { AuditTrailEntry } from '../platform/events/audit-trail-entry.js';

const DIGEST_LENGTH = 22;

/** Returns the id of an event's delivery to an endpoint: always the same for the same two. Ids sort by time. */
export function messageId(entry: Pick<AuditTrailEntry, 'id' | 'occurredAt'>, endpointId: string): string {
  const digest = createHash('sha256').update(`${entry.id}:${endpointId}`).digest('hex');
  return firstMessageId(entry.occurredAt) + digest.slice(0, DIGEST_LENGTH);
}

/** Returns the lowest id of a moment. */
export function firstMessageId(moment: Date): string {
  return `msg_${moment.getTime().toString(16).padStart(12, '0')}`;
}
