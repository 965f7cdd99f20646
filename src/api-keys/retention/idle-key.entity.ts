import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An unused key about which its merchant has been notified. The row is removed when the key is used or changed. */
@Entity()
export class IdleKey {
  /** The key's id. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Index('idle_key_merchant')
  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  /** When the merchant was notified. */
  @Column({ name: 'told_at', type: 'datetime', precision: 3 })
  toldAt: Date;

  /** When the key was disabled because it was unused. */
  @Column({ name: 'disabled_at', type: 'datetime', precision: 3, nullable: true })
  disabledAt: Date | null;
}
