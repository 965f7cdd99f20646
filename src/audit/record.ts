import { createHash } from 'node:crypto';
import { canonicalJson } from '../platform/runtime/canonical-json.js';
import type { AuditEvent } from './audit-event.entity.js';
import { digestPersonal, isErased, withoutPersonal } from './personal.js';

/** The previous hash of the first record. */
export const GENESIS_HASH = '0'.repeat(64);

/** The permanent form of an audit event. It is hashed, and shown together with its hash. */
export interface AuditRecord {
  id: string;
  action: string;
  actor: {
    kind: 'account' | 'key' | 'visitor' | 'system';
    accountId: number | null;
    keyId: string | null;
    /** Absent from records that were written, or sealed, without it. */
    memberId?: string | null;
    /** As {@link memberId}. */
    username?: string | null;
  };
  target: { type: string; id: string };
  merchantId: string;
  details: AuditEvent['details'];
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
  /** Absent from records whose hash covers the personal data itself; `null` once the data is erased. */
  personalSalt?: string | null;
  /** The digest of the personal data. Absent as {@link personalSalt}. */
  personalDigest?: string;
  createdAt: string;
  sequence: number | null;
  previousHash: string | null;
}

/**
 * A record and its SHA-256 hash, in hex, of canonical JSON (RFC 8785). The hash covers a record as it is when its personal data is erased, with
 * the digest of the data but without its salt: so the chain can be verified afterwards.
 */
interface HashedRecord {
  record: AuditRecord;
  hash: string;
}

/** Builds the record of an event. */
export const buildRecord = (event: AuditEvent): AuditRecord => readRecord(event).record;

/** Returns the hash of an event's record. */
export const hashRecord = (event: AuditEvent): string => readRecord(event).hash;

/** Whether an event has personal data that its hash does not cover. That of a former version's event cannot be erased without breaking the chain. */
export const isErasable = (event: AuditEvent): boolean =>
  event.personalSalt !== null && buildRecord(event).personalDigest !== undefined;

/** An instance of a former version may have sealed the record as it hashes records. */
function readRecord(event: AuditEvent): HashedRecord {
  const { personalSalt, personalDigest } = event;
  if (personalDigest === null) return readFormer(event);
  const erased = isErased(event) ? event : withoutPersonal(event);
  const own = {
    record: { ...record(event, namesOf(event)), personalSalt, personalDigest },
    hash: hashOf({
      ...record(erased, namesOf(erased)),
      personalDigest: isErased(event) ? personalDigest : digestPersonal(event),
    }),
  };
  if (event.hash === null || event.hash === own.hash) return own;
  const former = readFormer(event);
  return event.hash === former.hash ? former : own;
}

/** A former record has no digest, and one that is older still has no names of its actor. */
function readFormer(event: AuditEvent): HashedRecord {
  const named = hashed(record(event, namesOf(event)));
  if (event.actorMemberId === null || event.hash === null || event.hash === named.hash) return named;
  const nameless = hashed(record(event, {}));
  return event.hash === nameless.hash ? nameless : named;
}

const hashed = (built: AuditRecord): HashedRecord => ({ record: built, hash: hashOf(built) });

const hashOf = (built: AuditRecord): string => createHash('sha256').update(canonicalJson(built)).digest('hex');

/** The names of the actor's account, as far as the record has them. */
export const namesOf = ({
  actorMemberId,
  actorUsername,
}: AuditEvent): Pick<AuditRecord['actor'], 'memberId' | 'username'> =>
  actorMemberId === null ? {} : { memberId: actorMemberId === '' ? null : actorMemberId, username: actorUsername };

/** Another field would change the hash of every record that is already sealed. */
const record = (event: AuditEvent, names: ReturnType<typeof namesOf>): AuditRecord => ({
  id: event.id,
  action: event.action,
  actor: {
    kind: event.actorKind as AuditRecord['actor']['kind'],
    accountId: event.actorAccountId,
    keyId: event.actorKeyId,
    ...names,
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
