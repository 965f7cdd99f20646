import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A key that nobody uses, from the moment at which its merchant was told so. When somebody uses or changes it, the row goes. */
@Entity()
export class IdleKey {
  /** The key's. */
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @Index('idle_key_merchant')
  @Column({ name: 'merchant_id', type: 'varchar', length: 36 })
  merchantId: string;

  @Column({ name: 'told_at', type: 'datetime', precision: 3 })
  toldAt: Date;

  /** When it was disabled for that. */
  @Column({ name: 'disabled_at', type: 'datetime', precision: 3, nullable: true })
  disabledAt: Date | null;
}
