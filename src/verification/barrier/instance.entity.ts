import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A running process, and how long it may go on trusting its keyring without asking. */
@Entity()
export class Instance {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  /** Milliseconds since 1970 by the database's clock. */
  @Column({ name: 'lease_until', type: 'bigint', transformer: { from: Number, to: (value: number) => value } })
  leaseUntil: number;

  /** The latest key change that it knows of. */
  @Column({ name: 'applied_revision', type: 'bigint', transformer: { from: Number, to: (value: number) => value } })
  appliedRevision: number;
}
