import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { InvalidationKind } from '../../platform/events/invalidation.js';

/** A change that instances must know of before it counts. Rows older than any lease are pruned. */
@Entity()
export class KeyChange {
  /** From a counter that the changing transaction locks, so that revisions become visible in their order. */
  @PrimaryColumn({ type: 'bigint', transformer: { from: Number, to: (value: number) => value } })
  revision: number;

  @Column({ type: 'varchar', length: 12 })
  kind: InvalidationKind;

  @Column({ type: 'varchar', length: 36 })
  subject: string;

  /** Milliseconds since 1970 by the database's clock. */
  @Index('key_change_time')
  @Column({ name: 'created_at_ms', type: 'bigint', transformer: { from: Number, to: (value: number) => value } })
  createdAtMs: number;
}

/** The one row whose value is the latest revision. */
@Entity()
export class KeyRevision {
  @PrimaryColumn({ type: 'int' })
  id: number;

  @Column({ type: 'bigint', transformer: { from: Number, to: (value: number) => value } })
  value: number;
}
