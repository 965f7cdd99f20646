import { createHash } from 'node:crypto';
import type { AuditTrailEntry } from '../platform/events/audit-trail-entry.js';

const DIGEST_LENGTH = 22;

/** One event has one id for one endpoint, however often it is written or sent. Ids are in the order of time. */
export function messageId(entry: Pick<AuditTrailEntry, 'id' | 'occurredAt'>, endpointId: string): string {
  const digest = createHash('sha256').update(`${entry.id}:${endpointId}`).digest('hex');
  return firstMessageId(entry.occurredAt) + digest.slice(0, DIGEST_LENGTH);
}

/** What the ids of a moment begin with: earlier messages have lower ids, later ones have higher ids. */
export function firstMessageId(moment: Date): string {
  return `msg_${moment.getTime().toString(16).padStart(12, '0')}`;
}
