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

  /** Where the process takes hints, as `host:port`; `null` if it takes none. */
  @Column({ name: 'hint_address', type: 'varchar', length: 300, nullable: true })
  hintAddress: string | null;

  /** The key by which hints for the process are authenticated. It is made anew at every start. */
  @Column({ name: 'hint_key', type: 'varchar', length: 43, nullable: true })
  hintKey: string | null;

  /** The version that the process runs; `null` for one before 0.2.0. */
  @Column({ type: 'varchar', length: 50, nullable: true })
  version: string | null;
}
