import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The numbers of a merchant's keys, by what they were counted for, as of a time. Only merchants with many keys have rows. */
@Entity()
export class KeyCensus {
  @PrimaryColumn({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** The keys counted: personal ones, or the others. */
  @PrimaryColumn({ type: 'varchar', length: 8 })
  part: 'personal' | 'issued';

  @Column({ type: 'simple-json' })
  counts: Record<string, number>;

  @Column({ name: 'as_of', type: 'datetime', precision: 3 })
  asOf: Date;
}
