import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** When a key's merchant is next told of the key's end. A key that never ends has none, nor one whose end has been told. */
@Entity()
export class ExpiryNotice {
  /** The key's. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Index('expiry_notice_due')
  @Column({ name: 'due_at', type: 'datetime', precision: 3 })
  dueAt: Date;
}
