import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A request that was sent with an `Idempotency-Key`, and what it was answered. */
@Entity()
export class IdempotencyRecord {
  /** SHA-256 of who asked and the key, in hex. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  /** SHA-256 of what was asked, in hex. */
  @Column({ type: 'varchar', length: 64 })
  fingerprint: string;

  /** Which attempt carries it out: one whose record has gone to another can commit nothing any more. */
  @Column({ type: 'varchar', length: 36 })
  attempt: string;

  /** The HTTP status of the answer; `null` while there is none. */
  @Column({ type: 'int', nullable: true })
  status: number | null;

  /** The answer without secrets. */
  @Column({ type: 'json', nullable: true })
  answer: object | null;

  /** The `ETag` of the answer. */
  @Column({ type: 'varchar', length: 40, nullable: true })
  etag: string | null;

  /** The level of the caller at that time: with a lower one nobody is told the answer. */
  @Column({ type: 'int', default: 0 })
  level: number;

  /** From when on the record counts no more; while there is no answer, from when on another attempt may take over. */
  @Index('idempotency_record_expiry')
  @Column({ name: 'expires_at', type: 'datetime', precision: 3 })
  expiresAt: Date;
}
