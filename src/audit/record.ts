import { createHash } from 'node:crypto';
import { canonicalJson } from '../platform/runtime/canonical-json.js';
import type { AuditEvent } from './audit-event.entity.js';

/** The previous hash of the first record. */
export const GENESIS_HASH = '0'.repeat(64);

/** The permanent form of an audit event. It is hashed, and shown together with its hash. */
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

/** Builds the record of an event. Another field would change the hash of every record that is already sealed. */
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

/** Returns an empty text for a tampered value that isn't a time. */
const canonicalText = (time: Date): string => (Number.isNaN(time.getTime()) ? '' : time.toISOString());

/** Returns the SHA-256 hash, in hex, of an event's record in canonical JSON (RFC 8785). */
export const hashRecord = (event: AuditEvent): string =>
  createHash('sha256')
    .update(canonicalJson(buildRecord(event)))
    .digest('hex');
