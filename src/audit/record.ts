import { createHash } from 'node:crypto';
import { canonicalJson } from '../platform/runtime/canonical-json.js';
import type { AuditEvent } from './audit-event.entity.js';

/** What stands for the record before the first one. */
export const GENESIS_HASH = '0'.repeat(64);

/** An audit event as it is written down for good: what is hashed, and, with its hash, what is shown. */
export interface AuditRecord {
  id: string;
  action: string;
  actor: { kind: 'account' | 'key' | 'visitor' | 'system'; accountId: number | null; keyId: string | null };
  target: { type: string; id: string };
  merchantId: string;
  details: AuditEvent['details'];
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
  createdAt: string;
  sequence: number | null;
  previousHash: string | null;
}

/** Another field here would give every record that is sealed already another hash. */
export const buildRecord = (event: AuditEvent): AuditRecord => ({
  id: event.id,
  action: event.action,
  actor: {
    kind: event.actorKind as AuditRecord['actor']['kind'],
    accountId: event.actorAccountId,
    keyId: event.actorKeyId,
  },
  target: { type: event.targetType, id: event.targetId },
  merchantId: event.merchantId,
  details: event.details,
  address: event.address,
  userAgent: event.userAgent,
  requestId: event.requestId,
  createdAt: canonicalText(event.createdAt),
  sequence: event.sequence,
  previousHash: event.previousHash,
});

/** A time that somebody has put there and that is none has no text. */
const canonicalText = (time: Date): string => (Number.isNaN(time.getTime()) ? '' : time.toISOString());

/** SHA-256, in hex, over the record in canonical JSON (RFC 8785). */
export const hashRecord = (event: AuditEvent): string =>
  createHash('sha256')
    .update(canonicalJson(buildRecord(event)))
    .digest('hex');
