import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../../platform/database/bigint.js';

/** Counts the valid verifications of a credential that a rotation has replaced, by hour and source. */
@Entity()
export class PreviousUse {
  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  /** The public id of the credential. */
  @PrimaryColumn({ name: 'public_id', type: 'varchar', length: 36 })
  publicId: string;

  /** The start of the hour (UTC). */
  @PrimaryColumn({ type: 'datetime', precision: 3 })
  hour: Date;

  /** The network of the address; empty if it isn't known, and for what exceeds the number of sources that are told apart. */
  @PrimaryColumn({ type: 'varchar', length: 43 })
  network: string;

  /** The name of the program; empty as the network is. */
  @PrimaryColumn({ type: 'varchar', length: 40 })
  agent: string;

  @Column(BIGINT)
  count: number;
}
