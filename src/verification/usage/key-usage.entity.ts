import { Column, Entity, PrimaryColumn } from 'typeorm';

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

  @Column({ type: 'bigint', transformer: { from: Number, to: (value: number) => value } })
  count: number;
}
