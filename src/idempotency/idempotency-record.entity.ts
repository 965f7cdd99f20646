import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A request that was sent with an `Idempotency-Key`, and its answer. */
@Entity()
export class IdempotencyRecord {
  /** SHA-256 of the caller and the key, in hex. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  /** SHA-256 of the request, in hex. */
  @Column({ type: 'varchar', length: 64 })
  fingerprint: string;

  /** The attempt that carries the request out. Once another attempt has taken over the record, the earlier one can no longer commit. */
  @Column({ type: 'varchar', length: 36 })
  attempt: string;

  /** The HTTP status of the answer; `null` while the request is in progress. */
  @Column({ type: 'int', nullable: true })
  status: number | null;

  /** The body of the answer, without secrets. */
  @Column({ type: 'json', nullable: true })
  answer: object | null;

  /** The `ETag` of the answer. */
  @Column({ type: 'varchar', length: 40, nullable: true })
  etag: string | null;

  /** The caller's level at that time. A caller whose level has been lowered since doesn't get the answer. */
  @Column({ type: 'int', default: 0 })
  level: number;

  /** When the record expires. While there is no answer: when another attempt may take over. */
  @Index('idempotency_record_expiry')
  @Column({ name: 'expires_at', type: 'datetime', precision: 3 })
  expiresAt: Date;
}
