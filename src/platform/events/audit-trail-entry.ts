import type { DomainEvent } from './domain-event.js';

/** An event whose place in its merchant's audit trail is final. Webhooks and mails are written from these entries. */
export interface AuditTrailEntry extends Omit<DomainEvent, 'invalidates'> {
  /** The id of the audit record. */
  id: string;
  /** The position in the merchant's trail, from 1, without gaps. */
  sequence: number;
  occurredAt: Date;
}
