import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { EventDetails } from '../platform/events/domain-event.js';

/** Engines give a large number as a text; what is no number, which SQLite takes as well, is no place. */
const SEQUENCE = {
  from: (value: string | number | null): number | null =>
    value === null || Number.isNaN(Number(value)) ? null : Number(value),
  to: (value: number | null): number | null => value,
};

/** Details as JSON. What was written there by somebody else and isn't JSON can still be read, and so be named. */
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

/** Who did what, when and from where. Rows are only ever added; shortly after, each gets its place in its merchant's chain, once and for all. */
@Entity()
@Index('audit_event_merchant', ['merchantId', 'createdAt'])
@Index('audit_event_time', ['createdAt'])
@Index('audit_event_unsealed', ['sequence', 'merchantId', 'createdAt', 'id'])
@Index('audit_event_chain', ['merchantId', 'sequence'])
export class AuditEvent {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** The merchant whose things were touched. */
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

  @Column({ name: 'target_type', type: 'varchar', length: 20 })
  targetType: string;

  @Column({ name: 'target_id', type: 'varchar', length: 36 })
  targetId: string;

  /** What the change was, without any secret. */
  @Column({ type: 'text', transformer: DETAILS })
  details: EventDetails;

  @Column({ type: 'varchar', length: 45, nullable: true })
  address: string | null;

  @Column({ name: 'user_agent', type: 'varchar', length: 200, nullable: true })
  userAgent: string | null;

  @Column({ name: 'request_id', type: 'varchar', length: 36, nullable: true })
  requestId: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  /** Place in the merchant's chain, from 1, without gaps; `null` until it is sealed. */
  @Column({ type: 'bigint', nullable: true, transformer: SEQUENCE })
  sequence: number | null;

  /** SHA-256, in hex, of the record with its place and the hash before. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  hash: string | null;

  /** The hash of the record before. */
  @Column({ name: 'previous_hash', type: 'varchar', length: 64, nullable: true })
  previousHash: string | null;
}

/** The end of a merchant's chain: of as many records as its sequence says, and of its last one's hash. */
@Entity()
export class AuditChain {
  @PrimaryColumn({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  @Column({ type: 'bigint', transformer: SEQUENCE })
  sequence: number;

  @Column({ type: 'varchar', length: 64 })
  hash: string;
}
