import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BIGINT } from '../../platform/database/bigint.js';

/** The number of a key's verifications in one hour with one outcome. */
@Entity()
export class KeyUsage {
  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 36 })
  keyId: string;

  /** The start of the hour (UTC). */
  @PrimaryColumn({ type: 'datetime', precision: 3 })
  hour: Date;

  @PrimaryColumn({ type: 'varchar', length: 20 })
  outcome: string;

  @Column(BIGINT)
  count: number;
}
