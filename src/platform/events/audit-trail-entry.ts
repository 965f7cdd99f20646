import type { DomainEvent } from './domain-event.js';

/** Something that happened, once its place in its merchant's audit trail is final: whoever is told of it is told from here. */
export interface AuditTrailEntry extends Omit<DomainEvent, 'invalidates'> {
  /** The audit record's. */
  id: string;
  /** Place in the merchant's trail, from 1, without gaps. */
  sequence: number;
  occurredAt: Date;
}
