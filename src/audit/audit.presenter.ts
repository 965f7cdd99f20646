import type { PartView } from '../platform/validation/lists.js';
import { presentPage } from '../platform/http/paging/page.dto.js';
import type { AuditEvent } from './audit-event.entity.js';
import type { AuditEventPage, AuditEventView, AuditVerificationView } from './audit.dto.js';
import type { ListedEvents } from './audit.service.js';
import { buildRecord } from './record.js';
import type { ChainReport } from './verify/chain-verifier.js';

/** Presents exactly what is hashed, together with the hash, so that anyone can check it. */
export const presentAuditEvent = (event: AuditEvent): AuditEventView => ({ ...buildRecord(event), hash: event.hash });

export function presentAuditEvents(list: ListedEvents): AuditEventPage | PartView<AuditEventView> {
  if (list.kind === 'page') return presentPage([list.events, list.count], list, presentAuditEvent);
  return { items: list.events.map(presentAuditEvent), limit: list.limit, nextCursor: list.nextCursor };
}

export const presentVerification = ({ entries, unsealed, head, problems }: ChainReport): AuditVerificationView => ({
  valid: problems.length === 0,
  entries,
  unsealed,
  head: head && { sequence: head.sequence, hash: head.hash },
  problems: problems.map(({ kind, sequence, eventId, message }) => ({ kind, sequence, eventId, message })),
});
