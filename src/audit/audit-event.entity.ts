import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { EventDetails } from '../platform/events/domain-event.js';

/** Engines return large numbers as text. A value that isn't a number, which SQLite accepts as well, is read as `null`. */
const SEQUENCE = {
  from: (value: string | number | null): number | null =>
    value === null || Number.isNaN(Number(value)) ? null : Number(value),
  to: (value: number | null): number | null => value,
};

/** Details as JSON. A tampered value that isn't JSON can still be read, so that the verification can report it. */
const DETAILS = {
  from: (stored: string): EventDetails => {
    try {
      return JSON.parse(stored) as EventDetails;
    } catch {
      return { unreadable: stored };
    }
  },
  to: (details: EventDetails): string => JSON.stringify(details),
};

/**
 * Who did what, when and from where. Rows are only ever added; what they say of a person can be erased. Shortly after its insertion a row is
 * sealed: it gets its final position in its merchant's chain.
 */
@Entity()
@Index('audit_event_merchant', ['merchantId', 'createdAt'])
@Index('audit_event_time', ['createdAt'])
@Index('audit_event_unsealed', ['sequence', 'merchantId', 'createdAt', 'id'])
@Index('audit_event_chain', ['merchantId', 'sequence'])
export class AuditEvent {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** The merchant that the target belongs to. */
  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  @Column({ type: 'varchar', length: 40 })
  action: string;

  /** `account`, `key`, `visitor` (not logged in) or `system` (a scheduled job). */
  @Column({ name: 'actor_kind', type: 'varchar', length: 10 })
  actorKind: string;

  @Column({ name: 'actor_account_id', type: 'int', nullable: true })
  actorAccountId: number | null;

  @Column({ name: 'actor_key_id', type: 'varchar', length: 36, nullable: true })
  actorKeyId: string | null;

  /** The uuid of the actor's account, empty for an actor without one; `null` in records that were written without it. */
  @Column({ name: 'actor_member_id', type: 'varchar', length: 36, nullable: true })
  actorMemberId: string | null;

  /** The username of the actor's account when the record was written. */
  @Column({ name: 'actor_username', type: 'varchar', length: 254, nullable: true })
  actorUsername: string | null;

  @Column({ name: 'target_type', type: 'varchar', length: 20 })
  targetType: string;

  @Column({ name: 'target_id', type: 'varchar', length: 36 })
  targetId: string;

  /** The details of the event, without any secret. */
  @Column({ type: 'text', transformer: DETAILS })
  details: EventDetails;

  @Column({ type: 'varchar', length: 45, nullable: true })
  address: string | null;

  @Column({ name: 'user_agent', type: 'varchar', length: 200, nullable: true })
  userAgent: string | null;

  /** What {@link personalDigest} is salted with; `null` once the personal data is erased, and in records that were written without a digest. */
  @Column({ name: 'personal_salt', type: 'varchar', length: 22, nullable: true })
  personalSalt: string | null;

  /** The digest of the personal data, which the chain holds in its place; `null` in records whose hash covers the data itself. */
  @Column({ name: 'personal_digest', type: 'varchar', length: 64, nullable: true })
  personalDigest: string | null;

  @Column({ name: 'request_id', type: 'varchar', length: 36, nullable: true })
  requestId: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  /** The position in the merchant's chain, starting at 1 without gaps; `null` until the event is sealed. */
  @Column({ type: 'bigint', nullable: true, transformer: SEQUENCE })
  sequence: number | null;

  /** SHA-256, in hex, of the record including its position and the previous hash. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  hash: string | null;

  /** The hash of the previous record in the chain. */
  @Column({ name: 'previous_hash', type: 'varchar', length: 64, nullable: true })
  previousHash: string | null;
}

/** The head of a merchant's chain: the position and the hash of its last record. */
@Entity()
export class AuditChain {
  @PrimaryColumn({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  @Column({ type: 'bigint', transformer: SEQUENCE })
  sequence: number;

  @Column({ type: 'varchar', length: 64 })
  hash: string;
}
