import type { AuditEvent } from './audit-event.entity.js';
import type { AuditEventView, AuditVerificationView } from './audit.dto.js';
import { buildRecord } from './record.js';
import type { ChainReport } from './verify/chain-verifier.js';

/** Presents everything that the hash is made of, together with it, so that anyone can check it. */
export const presentAuditEvent = (event: AuditEvent): AuditEventView => ({ ...buildRecord(event), hash: event.hash });

export const presentVerification = ({
  entries,
  unsealed,
  erased,
  head,
  problems,
}: ChainReport): AuditVerificationView => ({
  valid: problems.length === 0,
  entries,
  unsealed,
  erased,
  head: head && { sequence: head.sequence, hash: head.hash },
  problems: problems.map(({ kind, sequence, eventId, message }) => ({ kind, sequence, eventId, message })),
});
