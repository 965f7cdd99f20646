import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../../platform/database/bigint.js';

/** A running process and its lease: the time for which it may answer from its key cache. */
@Entity()
export class Instance {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** When the lease expires, in milliseconds since 1970 by the database's clock. */
  @Column({ ...BIGINT, name: 'lease_until' })
  leaseUntil: number;

  /** The revision of the latest key change that the process has applied to its cache. */
  @Column({ ...BIGINT, name: 'applied_revision' })
  appliedRevision: number;
}
