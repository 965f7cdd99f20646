import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** When a merchant is next notified about the expiry of a key. The row is removed after the last notice. */
@Entity()
export class ExpiryNotice {
  /** The key's id. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Index('expiry_notice_due')
  @Column({ name: 'due_at', type: 'datetime', precision: 3 })
  dueAt: Date;
}
