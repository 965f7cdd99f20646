import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../platform/database/bigint.js';
import type { InvalidationKind } from '../platform/events/invalidation.js';

/** A change that every instance must apply to its key cache. Rows that are older than any lease are deleted. */
@Entity()
export class KeyChange {
  /** Taken from a counter that the transaction locks until it commits, so that revisions become visible in order. */
  @PrimaryColumn(BIGINT)
  revision: number;

  @Column({ type: 'varchar', length: 12 })
  kind: InvalidationKind;

  /** The key's public id, or the id of the account, application, merchant or import. */
  @Column({ type: 'varchar', length: 36 })
  subject: string;

  /** The merchant whose keys the change concerns; `null` in rows of version 0.1. */
  @Column({ name: 'merchant_id', type: 'varchar', length: 36, nullable: true })
  merchantId: string | null;

  /** What the change took away, as the revocation journal has it; `null` if nothing. A process that starts adds what is missing there. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  revocation: string | null;

  /** In milliseconds since 1970, by the database's clock. */
  @Index('key_change_time')
  @Column({ ...BIGINT, name: 'created_at_ms' })
  createdAtMs: number;
}

/** The revision counter. Its only row holds the latest revision. */
@Entity()
export class KeyRevision {
  @PrimaryColumn({ type: 'int' })
  id: number;

  @Column(BIGINT)
  value: number;
}
